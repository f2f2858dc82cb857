/** What is wrong, by what it is wrong with; all of it is said in one sentence. */
export type Complaints = (about: string) => (reason: string | null) => void;

/** @param say gets what is wrong, whenever that changes, and null when nothing is. */
export function createComplaints(say: (reason: string | null) => void): Complaints {
  const reasons = new Map<string, string>();
  return (about) => (reason) => {
    if (reason === (reasons.get(about) ?? null)) return;
    if (reason === null) reasons.delete(about);
    else reasons.set(about, reason);
    say(reasons.size === 0 ? null : [...reasons.values()].join('; '));
  };
}
