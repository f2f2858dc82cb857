import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { inputDefinitions } from '../adapters/input/registry.js';
import { sleep, systemClock } from '../contract/clock.js';
import { silentLog } from '../contract/log.js';
import { mqttLinks } from '../link/mqtt-links.js';

const SECONDS = 60;
const PERIOD_SECONDS = 0.01;
const LATE_SECONDS = 0.005;
const TOPIC = 'bench/wave';
const MAIN = fileURLToPath(new URL('../cli/main.js', import.meta.url));
const TICKS_A_SECOND = 100;

const every = PERIOD_SECONDS;
const synthetic = { adapter: 'synthetic', frequency: 1, every };
const mqtt = { adapter: 'mqtt', topic: TOPIC, every };
const microphone = {
  adapter: 'microphone',
  program: 'ffmpeg',
  format: 'lavfi',
  device: 'sine=frequency=440:sample_rate=16000',
  every,
};
/** What each agent reads; the first reads nothing. */
const AGENTS: Readonly<Record<string, Record<string, object>>> = {
  'an agent without inputs': {},
  synthetic: { wave: synthetic },
  mqtt: { wave: mqtt },
  microphone: { amplitude: microphone },
  'all three': { wave: synthetic, other: mqtt, amplitude: microphone },
};

/** A `becomingone` process, and the address that it says it serves. */
async function start(args: readonly string[]): Promise<{ child: ChildProcess; ready: string }> {
  const child = spawn(process.execPath, [MAIN, ...args, '--log-level', 'error'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [text] = await once(child.stdout, 'data');
  child.stdout.resume();
  return { child, ready: String(text).split(/\s+/)[1] ?? '' };
}

/** Seconds of processor that a process has used (man 5 proc, stat: utime and stime). */
function cpuSeconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

function residentMiB({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** How late an input's readings come, each against the one before; in this process, as the agent would run it. */
async function periodsOf(config: Record<string, unknown>, url: string): Promise<number[]> {
  const { adapter, every: _, ...options } = config;
  const definition = inputDefinitions.find(({ name }) => name === adapter);
  if (definition === undefined) throw new Error(`there is no adapter ${adapter}`);
  const stop = new AbortController();
  const link = await mqttLinks({ url, clock: systemClock, log: silentLog })({ name: 'bench' }, stop.signal);
  const at: number[] = [];
  const running = definition
    .create(definition.options.parse(options), {
      clock: systemClock,
      log: silentLog,
      everySeconds: PERIOD_SECONDS,
      emit: () => at.push(performance.now() / 1000),
      reject: (reason) => console.log(`  ${adapter}: ${reason}`),
      lose: (reason) => console.log(`  ${adapter}: ${reason}`),
      onMessage: () => () => {},
      hear: (filter, handler) =>
        link.subscribe(filter, ({ topic, payload, retained }) =>
          handler({ topic, text: Buffer.from(payload).toString(), retained }),
        ),
    })
    .run(stop.signal);
  await sleep(systemClock, SECONDS);
  stop.abort();
  await running;
  await link.close();
  return at.slice(1).map((second, index) => second - (at[index] ?? 0) - PERIOD_SECONDS);
}

/** Publishes a number a hundred times a second until it is stopped. */
async function publishWave(url: string): Promise<() => Promise<void>> {
  const links = mqttLinks({ url, clock: systemClock, log: silentLog });
  const link = await links({ name: 'wave' }, new AbortController().signal);
  const stop = systemClock.every(PERIOD_SECONDS, () =>
    link.publish(TOPIC, Math.sin(systemClock.nowSeconds()).toFixed(4), { qos: 0, retain: false }),
  );
  return async () => {
    stop();
    await link.close();
  };
}

/** What inputs at 100 Hz cost an agent, side by side, and whether their readings come in time. */
export async function inputsBench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'becomingone-bench-'));
  const broker = await start(['broker', '--port', '0', '--http-port', '0']);
  const stopWave = await publishWave(broker.ready);
  const agents: ChildProcess[] = [];
  for (const [index, inputs] of Object.values(AGENTS).entries()) {
    const file = join(folder, `${index}.yaml`);
    await writeFile(file, stringify({ nodes: { [`bench-${index}`]: { inputs } } }));
    agents.push((await start(['node-agent', '--config', file, '--broker', broker.ready])).child);
  }
  await sleep(systemClock, 5);
  const before = agents.map(cpuSeconds);
  await sleep(systemClock, SECONDS);
  const used = agents.map((agent, index) => ((cpuSeconds(agent) - (before[index] ?? 0)) / SECONDS) * 100);
  console.log(
    `An agent with inputs at 100 Hz, ${SECONDS} s side by side: % of a core (more than without), MiB resident`,
  );
  for (const [index, name] of Object.keys(AGENTS).entries()) {
    const more = (used[index] ?? 0) - (used[0] ?? 0);
    const memory = residentMiB(agents[index] as ChildProcess).toFixed(0);
    console.log(`  ${name.padEnd(24)} ${used[index]?.toFixed(2)} % (+${more.toFixed(2)}), ${memory} MiB`);
  }
  for (const agent of agents) agent.kill();
  console.log(`Readings at 100 Hz over ${SECONDS} s: late by more than 5 ms, the median and the most, ms`);
  for (const config of [synthetic, mqtt, microphone]) {
    const late = (await periodsOf(config, broker.ready)).sort((a, b) => a - b);
    const share = late.filter((seconds) => seconds > LATE_SECONDS).length / late.length;
    const [median, most] = [late[late.length >> 1] ?? 0, late.at(-1) ?? 0].map((s) => (s * 1000).toFixed(2));
    console.log(
      `  ${config.adapter.padEnd(12)} ${(share * 100).toFixed(2)} % of ${late.length}, ${median}, ${most}`,
    );
  }
  await stopWave();
  broker.child.kill();
  await rm(folder, { recursive: true });
}
