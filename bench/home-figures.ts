import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { createLevelEncoder } from '../kairos/level-encoder.js';
import { createLocalPhase } from '../kairos/local-phase.js';
import { createRhythmEncoder } from '../kairos/rhythm-encoder.js';
import { rootUrl } from './host-bond.js';
import { drawChart } from './line-chart.js';
import { createRandom } from './random.js';

const STEP_SECONDS = 0.05;
/** Awake, asleep, and awake again towards the morning. */
const ASLEEP_SECONDS = [600, 1800] as const;
const NIGHT_SECONDS = 2400;

/** What becomes of a sleeper's breath, by second. */
export interface Night {
  readonly seconds: readonly number[];
  readonly coherence: readonly number[];
  /** Of the lamp, as examples/home.yaml maps it. */
  readonly brightness: readonly number[];
  /** Of the speaker, as examples/home.yaml maps it. */
  readonly volume: readonly number[];
}

/**
 * A made night: how loud a sleeper's breath is, in decibels of full scale, as the microphone of examples/home.yaml hears
 * it. Awake, each breath takes another time, 2.5 to 7 s; asleep, 4 s within a twentieth.
 */
export function bedroomNight(seed = 20261124): Night {
  const random = createRandom(seed);
  const encoder = createRhythmEncoder({ frequencyHz: 0.25, bandwidthHz: 0.05 });
  const local = createLocalPhase({ tauBaseSeconds: 40 });
  const [seconds, coherence]: [number[], number[]] = [[], []];
  let cycles = 0;
  let breathSeconds = 4;
  for (let step = 0; step * STEP_SECONDS < NIGHT_SECONDS; step += 1) {
    const time = step * STEP_SECONDS;
    const before = Math.floor(cycles);
    cycles += STEP_SECONDS / breathSeconds;
    if (Math.floor(cycles) > before) {
      const isAsleep = time >= ASLEEP_SECONDS[0] && time < ASLEEP_SECONDS[1];
      breathSeconds = isAsleep ? 4 * (1 + 0.1 * (random() - 0.5)) : 2.5 + 4.5 * random();
    }
    const loudness = -50 + 8 * Math.cos(2 * Math.PI * cycles) + 4 * (random() - 0.5);
    encoder.encode(loudness, 0, Math.floor(time), time - Math.floor(time));
    local.update(encoder.real, encoder.imag, step === 0 ? 0 : STEP_SECONDS);
    if (step % 20 !== 0) continue;
    seconds.push(time);
    coherence.push(local.coherence);
  }
  return {
    seconds,
    coherence,
    brightness: coherence.map((one) => (1 - one) ** 2),
    volume: coherence.map((one) => (1 - one) / 4),
  };
}

/** An oven that is heated to 180 °C, held there and left to cool, as a level of 0 to 250 °C. */
export function ovenLevel(): { readonly minutes: number[]; readonly coherence: number[] } {
  const encoder = createLevelEncoder({ min: 0, max: 250 });
  const local = createLocalPhase({ tauBaseSeconds: 1 });
  const [minutes, coherence]: [number[], number[]] = [[], []];
  for (let second = 0; second <= 7200; second += 10) {
    const heated = 20 + 160 * (1 - Math.exp(-second / 500));
    const celsius = second < 4200 ? heated : 20 + 160 * Math.exp(-(second - 4200) / 1200);
    encoder.encode(celsius, 0, second, 0);
    local.update(encoder.real, encoder.imag, second === 0 ? 0 : 10);
    minutes.push(second / 60);
    coherence.push(local.coherence);
  }
  return { minutes, coherence };
}

/** The figures of docs/home.md, by file name. */
export function homeFigures(): Record<string, string> {
  const { seconds, coherence, brightness, volume } = bedroomNight();
  const minutes = seconds.map((one) => one / 60);
  const oven = ovenLevel();
  return {
    'home-bedroom.svg': drawChart({
      title: 'A sleeper’s breath, steady from minute 10 to 30, and what the bedroom does with it',
      xName: 'minutes',
      yName: 'share',
      yRange: [0, 1],
      level: { at: 0.75, name: 'threshold' },
      series: [
        { name: 'coherence', x: minutes, y: coherence },
        { name: 'brightness of the lamp', x: minutes, y: brightness },
        { name: 'volume of the speaker', x: minutes, y: volume },
      ],
    }),
    'home-oven.svg': drawChart({
      title: 'An oven at 180 °C for an hour: its level of 0 to 250 °C',
      xName: 'minutes',
      yName: 'coherence',
      yRange: [0, 1],
      series: [{ name: 'kitchen-oven', x: oven.minutes, y: oven.coherence }],
    }),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [name, svg] of Object.entries(homeFigures())) {
    writeFileSync(new URL(`docs/figures/${name}`, rootUrl()), svg);
  }
}
