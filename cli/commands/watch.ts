import { openEnvironment, partContext } from '../environment.js';
import { wayOverMqtt } from '../mesh-way.js';
import type { CommonOptions } from '../options.js';
import { runWatch } from '../watch/run-watch.js';

/** `becomingone watch`. */
export async function watch(options: CommonOptions): Promise<void> {
  const environment = await openEnvironment({
    ...options,
    logLevel: options.logLevel === 'info' ? 'warn' : options.logLevel,
  });
  const { openLink } = await wayOverMqtt(environment, options);
  const context = partContext(environment, 'watch', openLink);
  process.stdout.once('error', () => environment.lifecycle.requestStop());
  try {
    await runWatch({ context, terminal: process.stdout, signal: environment.lifecycle.signal });
  } finally {
    await environment.lifecycle.stop();
  }
}
