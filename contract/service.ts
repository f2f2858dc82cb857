import type { MeshError } from './errors.js';

/** A part that runs: it exists once it serves, and is stopped by `close`. */
export interface Service extends AsyncDisposable {
  readonly name: string;
  /** Resolves when the part has stopped: to the error that ended it, or to undefined. Never rejects. */
  readonly closed: Promise<MeshError | undefined>;
  /** Says goodbye and stops; may be called more than once. Never rejects. */
  close(): Promise<void>;
}

/**
 * Makes a Service of a function that stops it.
 *
 * @param stop runs once, at the first `close` or `fail`; what it throws is swallowed, for nobody could act on it.
 */
export function createService(
  name: string,
  stop: () => Promise<void> | void,
): Service & { fail(error: MeshError): void } {
  let settle: (error: MeshError | undefined) => void = () => {};
  const closed = new Promise<MeshError | undefined>((resolve) => {
    settle = resolve;
  });
  let stopping: Promise<void> | undefined;
  const finish = (error?: MeshError): Promise<void> => {
    stopping ??= Promise.resolve()
      .then(stop)
      .catch(() => {})
      .then(() => settle(error));
    return stopping;
  };
  return {
    name,
    closed,
    close: () => finish(),
    fail: (error) => void finish(error),
    [Symbol.asyncDispose]: () => finish(),
  };
}
