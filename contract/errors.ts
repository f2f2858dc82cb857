/** Every code we throw, with its meaning; a test compares this table with docs/errors.md both ways. */
export const ERROR_CODES = {
  ANALYSIS_INVALID: 'The recording cannot be analysed so.',
  BROKER_LISTEN_INVALID: 'A listen address of the broker is not one it can serve.',
  BROKER_NOT_LOOPBACK:
    'A listener beyond this machine needs users, or your explicit word that it needs none.',
  BROKER_PORT_IN_USE: 'Another process already listens on the port.',
  CONFIG_INVALID: 'The configuration is not valid.',
  CONFIG_UNREADABLE: 'The configuration file cannot be read.',
  HTTP_LISTEN_FAILED: 'The HTTP server cannot listen.',
  INPUT_FAILED: 'An input stopped working.',
  LINK_AWAY: 'The broker cannot be reached.',
  LINK_REFUSED: 'The broker refused the connection.',
  OUTPUT_FAILED: 'An output could not do what the mesh asked of it.',
  SETTINGS_UNREADABLE: 'The kept run-time settings cannot be read.',
  SETTINGS_UNWRITABLE: 'The run-time settings cannot be kept.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The one error class callers branch on: switch on `code`, never on `message`. */
export class MeshError extends Error {
  override readonly name = 'MeshError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, detail: string, options?: ErrorOptions) {
    super(`${ERROR_CODES[code]} (${detail})`, options);
    this.code = code;
  }
}

/** The message of whatever was thrown, for a log line or a reason. */
export function reasonOf(error: unknown): string {
  return error instanceof Error || (typeof error === 'object' && error !== null && 'message' in error)
    ? String((error as Error).message)
    : String(error);
}
