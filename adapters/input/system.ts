import { cpus, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { defineInput } from '../../contract/adapters.js';
import { type Clock, sleep, systemClock } from '../../contract/clock.js';
import { reasonOf } from '../../contract/errors.js';
import { thisMachine } from '../sensors/machine.js';
import { attributesIn, readFile } from '../sensors/sysfs.js';

const options = z.strictObject({
  signal: z
    .enum(['cpu', 'memory', 'temperature', 'network'])
    .describe('cpu and memory: shares 0 to 1; temperature: °C, the hottest sensor; network: bytes a second'),
});
export type SystemSignal = z.output<typeof options>['signal'];

/** What this machine says of itself, read from Node and from Linux's /sys and /proc; nothing is spawned. */
export const systemInput = defineInput({
  name: 'system',
  options,
  everySeconds: () => 1,
  encoder: () => ({ name: 'trend' }),
  async probe({ signal }) {
    try {
      await createSystemReader(signal, systemClock)();
      return { ok: true };
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  },
  create: ({ signal: which }, { clock, everySeconds, emit }) => ({
    async run(signal) {
      const read = createSystemReader(which, clock);
      while (!signal.aborted) {
        const value = await read();
        if (value !== null && !signal.aborted) emit({ value });
        await sleep(clock, everySeconds, signal);
      }
    },
  }),
});

/** Where Linux shows its devices and its processes; elsewhere only in tests. */
export interface SystemRoots {
  readonly sys: string;
  readonly proc: string;
}

/**
 * Makes a function that reads a signal once.
 *
 * @returns the reading; null where a rate needs another one to be measured from. It rejects, with a sentence, when
 * this machine does not have the signal.
 */
export function createSystemReader(
  signal: SystemSignal,
  clock: Clock,
  roots: SystemRoots = thisMachine,
): () => Promise<number | null> {
  switch (signal) {
    case 'cpu':
      return createCpuReader();
    case 'memory':
      return async () => 1 - freemem() / totalmem();
    case 'temperature':
      return createTemperatureReader(roots.sys);
    case 'network':
      return createNetworkReader(join(roots.proc, 'net/dev'), clock);
  }
}

function createCpuReader(): () => Promise<number | null> {
  let last: { busy: number; total: number } | undefined;
  return async () => {
    const times = cpus().map((cpu) => cpu.times);
    if (times.length === 0) throw new Error('this machine does not tell how busy its processors are');
    let total = 0;
    let idle = 0;
    for (const { user, nice, sys, irq, idle: rest } of times) {
      total += user + nice + sys + irq + rest;
      idle += rest;
    }
    const now = { busy: total - idle, total };
    const before = last;
    last = now;
    if (before === undefined || now.total <= before.total) return null;
    return Math.min(1, Math.max(0, (now.busy - before.busy) / (now.total - before.total)));
  };
}

/** Sensors that are not connected read far beyond these, in degrees C. */
const COLDEST = -55;
const HOTTEST = 150;

function createTemperatureReader(sys: string): () => Promise<number> {
  let sensors: readonly string[] | undefined;
  return async () => {
    sensors ??= [
      ...(await attributesIn(join(sys, 'class/thermal'), /^temp$/)),
      ...(await attributesIn(join(sys, 'class/hwmon'), /^temp\d+_input$/)),
    ];
    const readings = (await Promise.all(sensors.map(readMilli))).filter((c) => c >= COLDEST && c <= HOTTEST);
    if (readings.length > 0) return Math.max(...readings);
    throw new Error(`this machine shows no temperature under ${sys}/class/thermal or ${sys}/class/hwmon`);
  };
}

/** A file of thousandths as a number; NaN when the sensor does not answer. */
async function readMilli(path: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return /^-?\d+\s*$/.test(text) ? Number(text) / 1000 : Number.NaN;
}

function createNetworkReader(path: string, clock: Clock): () => Promise<number | null> {
  let last: { bytes: number; seconds: number } | undefined;
  return async () => {
    const text = await readFile(path, 'utf8').catch(() => '');
    const bytes = bytesOf(text);
    if (bytes === null) throw new Error(`this machine shows no network but its own loopback in ${path}`);
    const now = { bytes, seconds: clock.monotonicSeconds() };
    const before = last;
    last = now;
    // Counters start again when an interface goes or comes.
    if (before === undefined || now.bytes < before.bytes || now.seconds <= before.seconds) return null;
    return (now.bytes - before.bytes) / (now.seconds - before.seconds);
  };
}

/** Bytes received and sent over every interface but lo since they came up, out of /proc/net/dev (man 5 proc). */
function bytesOf(netDev: string): number | null {
  const lines = [...netDev.matchAll(/^\s*([^\s:]+):\s*(\d+)((?:\s+\d+)*)/gm)].filter(
    ([, name]) => name !== 'lo',
  );
  if (lines.length === 0) return null;
  return lines.reduce((sum, [, , received, rest]) => {
    const sent = rest?.trim().split(/\s+/)[7];
    return sum + Number(received) + Number(sent ?? 0);
  }, 0);
}
