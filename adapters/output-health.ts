import type { Log } from '../contract/log.js';

/** Counts what goes wrong with an output, and logs where it changes: not each failure, but the first and the end. */
export class OutputHealth {
  private readonly log: Log;
  private failures = 0;
  private failing = false;
  private dropped = 0;

  constructor(log: Log) {
    this.log = log;
  }

  failed(reason: string): void {
    this.failures += 1;
    const fields = { code: 'OUTPUT_FAILED', reason, failures: this.failures };
    if (this.failing) this.log.debug(fields, 'output still fails');
    else this.log.warn(fields, 'output failed');
    this.failing = true;
  }

  succeeded(): void {
    if (this.failing) this.log.info({ failures: this.failures }, 'output works again');
    if (this.dropped > 0) this.log.info({ dropped: this.dropped }, 'output takes events again');
    this.failing = false;
    this.dropped = 0;
  }

  /** The output is too slow for the events. */
  droppedEvent(): void {
    this.dropped += 1;
    if (this.dropped === 1) this.log.warn({}, 'output is too slow, events are dropped');
  }
}
