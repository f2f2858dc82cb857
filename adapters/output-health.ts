import type { Log } from '../contract/log.js';
import type { OutputStatus } from '../contract/payloads/output.js';

export type OutputCondition = Omit<OutputStatus, 'adapter' | 'source' | 'session' | 'timestamp'>;

/** Counts what an output does and what goes wrong, and tells where that changes: the first failure and the end. */
export class OutputHealth {
  private readonly log: Log;
  private readonly changed: () => void;
  private failures = 0;
  private failing: string | undefined;
  private degraded: string | undefined;
  private quietBecause: string | null = null;
  private opened = false;
  private states = 0;
  private events = 0;
  private dropped = 0;

  /** @param changed called when its condition is another than before, but for the counts. */
  constructor(log: Log, changed: () => void = () => {}) {
    this.log = log;
    this.changed = changed;
  }

  get condition(): OutputCondition {
    const { states, events, failures } = this;
    const reason = this.failing ?? this.degraded;
    const state = reason !== undefined ? 'degraded' : this.opened ? 'ok' : 'starting';
    const quiet = this.quietBecause;
    return { state, ...(reason === undefined ? {} : { reason }), quiet, states, events, failures };
  }

  open(): void {
    this.opened = true;
    this.recover();
    this.changed();
  }

  failed(reason: string): void {
    this.failures += 1;
    const fields = { code: 'OUTPUT_FAILED', reason, failures: this.failures };
    const wasFailing = this.failing;
    this.failing = reason;
    if (wasFailing !== undefined) this.log.debug(fields, 'output still fails');
    else this.log.warn(fields, 'output failed');
    if (wasFailing !== reason) this.changed();
  }

  wrote(): void {
    this.states += 1;
    this.recover();
  }

  tookEvent(): void {
    this.events += 1;
    this.recover();
  }

  /** The output says by itself that something is wrong, or with null that it is right again. */
  degrade(reason: string | null): void {
    if (reason === (this.degraded ?? null)) return;
    this.degraded = reason ?? undefined;
    if (reason === null) this.log.info({}, 'output works again');
    else this.log.warn({ code: 'OUTPUT_FAILED', reason }, 'output degraded');
    this.changed();
  }

  /** Why it is quiet; null while it acts. */
  quiet(reason: string | null): void {
    if (reason === this.quietBecause) return;
    this.quietBecause = reason;
    this.changed();
  }

  /** The output is too slow for the events. */
  droppedEvent(): void {
    this.dropped += 1;
    if (this.dropped === 1) this.log.warn({}, 'output is too slow, events are dropped');
  }

  private recover(): void {
    if (this.dropped > 0) this.log.info({ dropped: this.dropped }, 'output takes events again');
    this.dropped = 0;
    if (this.failing === undefined) return;
    this.failing = undefined;
    this.log.info({ failures: this.failures }, 'output works again');
    this.changed();
  }
}
