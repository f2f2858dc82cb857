import type { Probe } from '../../contract/adapters.js';
import { type Clock, within } from '../../contract/clock.js';
import { reasonOf } from '../../contract/errors.js';

/** How long a probe may take. */
const PROBE_SECONDS = 3;

/** What a probe says; one that throws or hangs cannot work, and says so. Never rejects. */
export async function probeWithin(clock: Clock, probe: () => Promise<Probe>): Promise<Probe> {
  let said: Probe = { ok: false, reason: `gave no answer within ${PROBE_SECONDS} s` };
  const asking = Promise.resolve()
    .then(probe)
    .catch((error: unknown): Probe => ({ ok: false, reason: reasonOf(error) }));
  await within(
    clock,
    PROBE_SECONDS,
    asking.then((answer) => {
      said = answer;
    }),
  );
  return said;
}
