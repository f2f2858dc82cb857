import type { OutputContext, OutputDefinition } from '../contract/adapters.js';
import type { Config, OutputConfig } from '../contract/config/schema.js';
import { reasonOf } from '../contract/errors.js';
import type { PartContext } from '../contract/part.js';
import { createService, type Service } from '../contract/service.js';
import { MeshListener } from './mesh-listener.js';
import { OutputRunner } from './output-runner.js';

export interface OutputsOptions {
  readonly outputs: Config['outputs'];
  /** Every kind of output there is. */
  readonly definitions: readonly OutputDefinition[];
  /** Where an output that speaks to a person in the terminal writes. */
  readonly terminal: OutputContext['terminal'];
}

/**
 * Runs the outputs: each acts on fresh states of what it follows, and is quiet while the mesh is not there.
 * One that cannot be made is logged and left out.
 *
 * @returns once the subscriptions stand.
 * @throws MeshError LINK_REFUSED or LINK_AWAY when there is no way to the mesh.
 */
export async function startOutputs(
  options: OutputsOptions,
  context: PartContext,
  signal: AbortSignal,
): Promise<Service> {
  const followers = Object.entries(options.outputs).flatMap(([name, config]) => {
    const runner = createRunner(name, config, options, context);
    return runner === undefined ? [] : [{ source: config.source, runner }];
  });
  const link = await context.openLink({ name: 'outputs' }, signal);
  const listener = new MeshListener(context, link, followers);
  await listener.listen();
  const service = createService('outputs', async () => {
    listener.stop();
    await Promise.all(followers.map(({ runner }) => runner.close()));
    await link.close();
  });
  void link.closed.then((error) => (error === undefined ? service.close() : service.fail(error)));
  return service;
}

function createRunner(
  name: string,
  { adapter, source: _source, ...settings }: OutputConfig,
  { definitions, terminal }: OutputsOptions,
  { clock, log: partLog }: PartContext,
): OutputRunner | undefined {
  const log = partLog.child({ output: name });
  try {
    const definition = definitions.find((one) => one.name === adapter);
    if (definition === undefined) throw new Error(`there is no adapter ${adapter}`);
    return new OutputRunner(definition.create(settings, { name, clock, log, terminal }), clock, log);
  } catch (error) {
    log.error({ code: 'OUTPUT_FAILED', reason: reasonOf(error) }, 'output left out');
    return undefined;
  }
}
