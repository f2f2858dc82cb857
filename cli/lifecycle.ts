import type { Log } from '../contract/log.js';
import type { Service } from '../contract/service.js';

/** However stuck a part is, the process is gone after so long. */
const STOP_WITHIN_MS = 1900;

/** Starts services in order, and stops them in reverse order at a signal or when one of them fails. */
export class Lifecycle {
  private readonly services: Service[] = [];
  private readonly aborter = new AbortController();
  private readonly log: Log;
  private failure: Error | undefined;

  constructor(log: Log) {
    this.log = log;
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => this.onSignal(name));
  }

  /** Aborts when the process is to stop; hand it to everything that starts. */
  get signal(): AbortSignal {
    return this.aborter.signal;
  }

  /** Takes charge of a service that has started. */
  add<Started extends Service>(service: Started): Started {
    this.services.push(service);
    void service.closed.then((error) => {
      if (this.signal.aborted) return;
      this.failure = error ?? new Error(`${service.name} stopped by itself`);
      this.aborter.abort();
    });
    return service;
  }

  /**
   * Resolves once everything has stopped.
   *
   * @throws the error of the service that failed, if that is why.
   */
  async untilStopped(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.signal.aborted) resolve();
      else this.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await this.stop();
    if (this.failure !== undefined) throw this.failure;
  }

  /** Stops every service, the last started first. */
  async stop(): Promise<void> {
    this.aborter.abort();
    setTimeout(() => process.exit(this.failure === undefined ? 0 : 1), STOP_WITHIN_MS).unref();
    for (const service of this.services.toReversed()) {
      await service.close();
      this.log.debug({ part: service.name }, 'stopped');
    }
  }

  /** Asks for the stop that a signal would bring. */
  requestStop(): void {
    this.aborter.abort();
  }

  private onSignal(name: string): void {
    if (this.signal.aborted) process.exit(1);
    this.log.info({ signal: name }, 'stopping');
    this.aborter.abort();
  }
}
