/** Folders that somebody in this process works in. */
const holders = new Map<string, Promise<void>>();

/**
 * Waits until nobody else in this process works in a folder.
 *
 * @returns lets the next one in.
 */
export async function holdFolder(folder: string): Promise<() => void> {
  while (holders.has(folder)) await holders.get(folder);
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  holders.set(folder, held);
  return () => {
    holders.delete(folder);
    letGo();
  };
}
