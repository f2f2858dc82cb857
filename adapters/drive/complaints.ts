/** Says in a sentence what is wrong; null when it is right again. */
export type Complain = (reason: string | null) => void;

/** Makes a function that gives each part of an output a way of its own to complain, where the output has but one. */
export function createComplaints(degrade: Complain): () => Complain {
  const reasons = new Map<symbol, string>();
  return () => {
    const part = Symbol('part');
    return (reason) => {
      if (reason === null && !reasons.delete(part)) return;
      if (reason !== null) reasons.set(part, reason);
      degrade(reasons.size === 0 ? null : [...reasons.values()].join('; '));
    };
  };
}
