/** "Unacceptable protocol version" of 3.1.1, "unsupported protocol version" of 5. */
const OTHER_VERSION: ReadonlySet<unknown> = new Set([1, 132]);
/**
 * The broker knows us and will not have us: wrong user or password, not authorised, wrong method; of 3.1.1 and of 5.
 * Only at the start: later the same codes come from a broker that is being set up anew, or a clock that jumped.
 */
const NOT_WANTED: ReadonlySet<unknown> = new Set([4, 5, 134, 135, 140]);

/** Whether a CONNACK code means that an older protocol could work. */
export function isOtherVersion(code: unknown): boolean {
  return OTHER_VERSION.has(code);
}

/** Whether a CONNACK code means that trying again as we are is of no use. */
export function isNotWanted(code: unknown): boolean {
  return NOT_WANTED.has(code);
}
