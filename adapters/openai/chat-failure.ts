/**
 * Why there is no answer. `gone`: no server is there, or its connection broke. `busy`: it may answer later.
 * `refused`: it would refuse the same again.
 */
export type ChatFailureKind = 'gone' | 'busy' | 'refused';

/** What a chat that fails throws; its message is a sentence that names the server, and never its key. */
export class ChatFailure extends Error {
  override readonly name = 'ChatFailure';
  readonly kind: ChatFailureKind;
  /** How long the server asks us to wait; 0 where it does not. */
  readonly retryAfterSeconds: number;

  constructor(kind: ChatFailureKind, reason: string, retryAfterSeconds = 0) {
    super(reason);
    this.kind = kind;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
