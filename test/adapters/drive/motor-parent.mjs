/**
 * A process with the motors output as it is built, on a unified mesh that says so ten times a second, until it is
 * killed: node motor-parent.mjs '{"dry_run": "pins.log", ...}' [for how many seconds the mesh is heard]
 */
import { motorsOutput } from '../../../dist/adapters/output/motors.js';
import { systemClock } from '../../../dist/contract/clock.js';
import { silentLog } from '../../../dist/contract/log.js';

const [options, heardSeconds = '3600'] = process.argv.slice(2);
const state = {
  coherence: 0.9,
  phase: { real: 1, imag: 0.5 },
  identity: { real: 1, imag: 0.5 },
  threshold: 0.75,
  unified: true,
  order: { magnitude: 0.9, angle: 0.5, p_chance: 0.01 },
  nodes: { live: 3, known: 3 },
  messages: 1,
  session: 'k3f9',
  sequence: 1,
  timestamp: '2026-11-23T23:00:00.000Z',
};
const context = {
  name: 'robot',
  clock: systemClock,
  log: silentLog,
  terminal: process.stdout,
  dataFolder: '/nonexistent',
  say: () => true,
  publish: () => true,
  hear: async () => () => {},
  degrade: () => {},
};
const motors = await motorsOutput.create(motorsOutput.options.parse(JSON.parse(options)), context);
const { signal } = new AbortController();
const tell = () => motors.write(state, signal);
const started = performance.now();
tell();
const timer = setInterval(() => {
  if (performance.now() - started < Number(heardSeconds) * 1000) return tell();
  clearInterval(timer);
  process.stdout.write(`${(performance.timeOrigin + performance.now()) / 1000}\n`);
  setInterval(() => {}, 1000);
}, 100);
