import type { InputContext, TopicText } from '../contract/adapters.js';

/**
 * Hears the live messages of a topic filter until `signal` aborts or the returned function is called.
 *
 * @returns resolves once it stands, or at `signal`: a broker that is away must not hold up who is to stop.
 */
export async function hearUntil(
  signal: AbortSignal,
  { hear, lose }: InputContext,
  filter: string,
  handler: (message: TopicText) => void,
): Promise<() => void> {
  const over = new AbortController();
  let unhear = (): void => {};
  const end = (): void => {
    over.abort();
    signal.removeEventListener('abort', end);
    unhear();
  };
  if (signal.aborted) return end;
  signal.addEventListener('abort', end, { once: true });
  const take = (message: TopicText): void => {
    if (!over.signal.aborted) handler(message);
  };
  const away = (reason: string | null): void => {
    if (reason !== null && !over.signal.aborted) lose(reason);
  };
  const stands = hear(filter, take, { away }).then((stop) => {
    unhear = stop;
    if (over.signal.aborted) stop();
  });
  await Promise.race([stands, new Promise((resolve) => over.signal.addEventListener('abort', resolve))]);
  return end;
}
