import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { MqttClient } from 'mqtt';
import { temporaryFolder } from '../../support/cli.js';
import { freePort } from '../../support/free-port.js';
import { startMosquitto } from '../../support/mosquitto.js';
import { connectClient } from '../../support/test-broker.js';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const RECEIVER = fileURLToPath(new URL('webhook-receiver.mjs', import.meta.url));
/** Without anything new for so long, what is missing will not come. */
const PATIENCE_MS = 60_000;

export interface WebhookTrial {
  readonly events: number;
  /** How often our process is killed, and the receiver. */
  readonly kills: number;
  /** Of the moments of the kills. */
  readonly seed: number;
}

export interface WebhookTrialResult {
  /** The nodes of the events, in the order in which each came first. */
  readonly nodes: readonly string[];
  /** Posts of events that had come before. */
  readonly repeats: number;
  readonly unsigned: number;
  readonly seconds: number;
}

interface Received {
  readonly id: string;
  readonly signed: boolean;
  readonly body: string;
}

/**
 * Publishes events to a Mosquitto from which the api output's process takes them to a receiver, while both are killed
 * with SIGKILL and started again at random; ends when all have come, or when no more do.
 */
export async function runWebhookTrial({ events, kills, seed }: WebhookTrial): Promise<WebhookTrialResult> {
  const start = performance.now();
  await using mosquitto = await startMosquitto({ config: ['allow_anonymous true', 'max_queued_messages 0'] });
  await using folder = await temporaryFolder();
  const port = await freePort();
  const file = join(folder.path, 'received');
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const config = join(folder.path, 'mesh.yaml');
  await writeFile(file, '');
  await writeFile(config, configuration(port));
  const ours = ['adapters', '--config', config, '--broker', mosquitto.url, '--data', folder.path];
  await using sender = new Victim([MAIN, ...ours], { WEBHOOK_SECRET: secret });
  await using receiver = new Victim([RECEIVER, String(port), file, secret]);
  // The broker keeps events for who has been there once.
  await Promise.all([sender.start(), receiver.start()].map((child) => ready(child)));
  const publisher = await connectClient(mosquitto.url);
  const random = mulberry32(seed);
  const share = events / (kills + 1);
  for (let round = 0; round <= kills; round += 1) {
    const publishing = publish(publisher, Math.ceil(round * share) + 1, Math.ceil((round + 1) * share));
    if (round < kills) {
      const [whenMs, downMs] = [random() * 2500, random() * 500];
      const [otherWhenMs, otherDownMs] = [random() * 2500, random() * 1000];
      await Promise.all([sender.kill(whenMs, downMs), receiver.kill(otherWhenMs, otherDownMs)]);
    }
    await publishing;
  }
  publisher.end(true);
  const received = await untilAll(file, events);
  const nodes = new Map<string, string>();
  for (const { id, body } of received) if (!nodes.has(id)) nodes.set(id, JSON.parse(body).node);
  return {
    nodes: [...nodes.values()],
    repeats: received.length - nodes.size,
    unsigned: received.filter(({ signed }) => !signed).length,
    seconds: (performance.now() - start) / 1000,
  };
}

function configuration(port: number): string {
  return `
outputs:
  hook:
    adapter: api
    url: http://127.0.0.1:${port}/events
    on: events
    types: [node_joined]
    secret_env: WEBHOOK_SECRET
`;
}

/** A process that is killed and started again. */
class Victim {
  private readonly args: readonly string[];
  private readonly variables: Readonly<Record<string, string>>;
  private child: ChildProcess | undefined;

  constructor(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
    this.args = args;
    this.variables = variables;
  }

  start(): ChildProcess {
    const env = { ...process.env, ...this.variables };
    this.child = spawn(process.execPath, this.args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    return this.child;
  }

  /** Kills it at a moment, whatever it does then, and starts it again after a while. */
  async kill(whenMs: number, downMs: number): Promise<void> {
    await delay(whenMs);
    await this.end();
    await delay(downMs);
    this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  private async end(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}

async function ready(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`a process of the trial ended with ${code} before it was ready`);
  });
  const said = (async () => {
    for await (const text of child.stdout ?? []) if (String(text).includes('ready')) return;
  })();
  await Promise.race([said, ended]);
  ended.catch(() => {});
  // Nobody reads on; a full pipe would stop it.
  child.stdout?.resume();
}

async function publish(client: MqttClient, first: number, last: number): Promise<void> {
  const timestamp = '2026-11-23T23:00:00.000Z';
  for (let number = first; number <= last; number += 1) {
    const event = { type: 'node_joined', node: `n${number}`, timestamp, session: 'k3f9' };
    const published = client.publishAsync('mesh/event', JSON.stringify(event), { qos: 1 });
    if (number % 100 === 0 || number === last) await published;
  }
}

/** What has been received, once there are events enough or nothing new has come for long. */
async function untilAll(file: string, events: number): Promise<Received[]> {
  let distinct = 0;
  for (let changedMs = performance.now(); ; await delay(100)) {
    const received = readReceived(await readFile(file, 'utf8'));
    const ids = new Set(received.map(({ id }) => id)).size;
    if (ids !== distinct) changedMs = performance.now();
    distinct = ids;
    if (distinct >= events || performance.now() - changedMs > PATIENCE_MS) return received;
  }
}

function readReceived(text: string): Received[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Received];
    } catch {
      // Torn by a kill: it was not answered, and comes again.
      return [];
    }
  });
}

/** Numbers in [0, 1) out of a seed. @see https://github.com/bryc/code/blob/master/jshash/PRNGs.md */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
