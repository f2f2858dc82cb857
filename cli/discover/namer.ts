/** Of a node and of a channel. */
export const LONGEST_NAME = 64;

/** Makes a function that gives a name once: the second time it is name-2, and so on. */
export function createNamer(): (name: string) => string {
  const used = new Set<string>();
  const next = new Map<string, number>();
  return (name) => {
    let free = name;
    let number = next.get(name) ?? 2;
    for (; used.has(free); number += 1) {
      const suffix = `-${number}`;
      free = `${name.slice(0, LONGEST_NAME - suffix.length)}${suffix}`;
    }
    next.set(name, number);
    used.add(free);
    return free;
  };
}
