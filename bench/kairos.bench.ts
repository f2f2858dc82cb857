import { copyContribution, createContribution } from '../kairos/contribution.js';
import type { Encoder } from '../kairos/encoder.js';
import { createExpressionEncoder } from '../kairos/expression-encoder.js';
import { createLevelEncoder } from '../kairos/level-encoder.js';
import { createLocalPhase } from '../kairos/local-phase.js';
import { meshOrder } from '../kairos/mesh-state.js';
import { MeshSums } from '../kairos/mesh-sums.js';
import { Oscillator } from '../kairos/oscillator.js';
import { Resonance } from '../kairos/resonance.js';
import { createRhythmEncoder } from '../kairos/rhythm-encoder.js';
import { createTrendEncoder } from '../kairos/trend-encoder.js';
import { WeBond } from '../kairos/we-bond.js';
import { Witness } from '../kairos/witness.js';

/** A measured time of one operation, in nanoseconds. */
export interface KairosFigure {
  readonly name: string;
  readonly medianNs: number;
  readonly leastNs: number;
  readonly mostNs: number;
}

const RUNS = 9;
const SAMPLES = 4096;
const HISTORY = 10_000;

/** Unit phases and jittered times, the same in every run of the program. */
const phases = Array.from({ length: SAMPLES }, (_, sample) => Math.sin(sample * sample * 12.9898) * 43_758);
const real = Float64Array.from(phases, Math.cos);
const imag = Float64Array.from(phases, Math.sin);
const stepSeconds = Float64Array.from(phases, (rad) => 0.01 + 0.003 * Math.abs(Math.sin(rad)));

/** Runs `work(count)` on a fresh subject several times; the first run warms up and does not count. */
function measure(name: string, count: number, prepare: () => (count: number) => unknown): KairosFigure {
  const times: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const work = prepare();
    const start = process.hrtime.bigint();
    work(count);
    if (run > 0) times.push(Number(process.hrtime.bigint() - start) / count);
  }
  times.sort((a, b) => a - b);
  const at = (index: number): number => times[index] ?? Number.NaN;
  return { name, medianNs: at(RUNS >> 1), leastNs: at(0), mostNs: at(RUNS - 1) };
}

function resonance(periodSeconds: number, tauMaxSeconds: number, omega = 0): KairosFigure {
  const name = `resonance, ladder ${periodSeconds} s .. ${tauMaxSeconds} s${omega === 0 ? '' : `, omega ${omega}`}`;
  return measure(name, 500_000, () => {
    const subject = new Resonance({ periodSeconds, tauBaseSeconds: periodSeconds, tauMaxSeconds, omega });
    subject.start(1_800_000_000, 0);
    return (count) => {
      for (let sample = 0; sample < count; sample++) {
        subject.push(real[sample % SAMPLES] as number, imag[sample % SAMPLES] as number);
      }
    };
  });
}

function encoder(name: string, create: () => Encoder): KairosFigure {
  return measure(name, 500_000, () => {
    const subject = create();
    return (count) => {
      let wholeSeconds = 1_800_000_000;
      let fraction = 0;
      for (let sample = 0; sample < count; sample++) {
        fraction += stepSeconds[sample % SAMPLES] as number;
        if (fraction >= 1) {
          fraction -= 1;
          wholeSeconds++;
        }
        subject.encode(real[sample % SAMPLES] as number, 0, wholeSeconds, fraction);
      }
    };
  });
}

/** What the ladder replaces: each of its lags anew, directly over a history of 10,000 samples. */
function directSum(): KairosFigure {
  const ladder = new Resonance({ periodSeconds: 0.01, tauBaseSeconds: 0.01, tauMaxSeconds: 50 });
  const lags = Array.from(ladder.tauSeconds, (tau) => Math.round(tau / 0.01)).filter((lag) => lag < HISTORY);
  return measure(`direct sums over ${HISTORY} samples, ${lags.length} lags`, 1, () => () => {
    let greatest = 0;
    for (const lag of lags) {
      let [sumReal, sumImag] = [0, 0];
      for (let now = lag; now < HISTORY; now++) {
        const a = now % SAMPLES;
        const b = (now - lag) % SAMPLES;
        sumReal += (real[a] as number) * (real[b] as number) + (imag[a] as number) * (imag[b] as number);
        sumImag += (imag[a] as number) * (real[b] as number) - (real[a] as number) * (imag[b] as number);
      }
      greatest = Math.max(greatest, sumReal * sumReal + sumImag * sumImag);
    }
    return greatest;
  });
}

/** A frozen sensor: what is left of the past must not turn into slow denormal numbers. */
function stillResonance(): KairosFigure {
  return measure('resonance, 0.01 s .. 60 s, frozen for 300 windows', 500_000, () => {
    const subject = new Resonance({
      periodSeconds: 0.01,
      tauBaseSeconds: 0.01,
      tauMaxSeconds: 60,
      windowSeconds: 6,
    });
    for (let sample = 0; sample < 1000; sample++)
      subject.push(real[sample] as number, imag[sample] as number);
    for (let sample = 0; sample < 200_000; sample++) subject.push(1, 0);
    return (count) => {
      for (let sample = 0; sample < count; sample++) subject.push(1, 0);
    };
  });
}

/**
 * A phase message as the sync worker sums it: the old phase out, the new one in, for the mesh and for one
 * zone.
 */
function phaseMessage(hasResonance: boolean): KairosFigure {
  const name = `phase message into mesh and zone sums${hasResonance ? ', with resonance' : ''}`;
  return measure(name, 500_000, () => {
    const mesh = new MeshSums();
    const zone = new MeshSums();
    const nodes = Array.from({ length: 1000 }, (_, node) => {
      const contribution = { ...createContribution(1 + (node % 4)), hasResonance, resonanceReal: 0.5 };
      contribution.real = real[node] as number;
      mesh.add(contribution);
      zone.add(contribution);
      return contribution;
    });
    const next = { ...createContribution(), hasResonance };
    return (count) => {
      for (let message = 0; message < count; message++) {
        const node = nodes[message % 1000] as (typeof nodes)[number];
        next.weight = node.weight;
        next.real = real[message % SAMPLES] as number;
        next.imag = imag[message % SAMPLES] as number;
        mesh.replace(node, next);
        zone.replace(node, next);
        copyContribution(next, node);
      }
    };
  });
}

function small(): KairosFigure[] {
  const local = measure('local phase', 500_000, () => {
    const subject = createLocalPhase({ tauBaseSeconds: 1 });
    return (count) => {
      for (let sample = 0; sample < count; sample++)
        subject.update(real[sample % SAMPLES] as number, 0, 0.01);
    };
  });
  const order = measure('order and p_chance of a mesh', 500_000, () => {
    const sums = new MeshSums();
    for (let node = 0; node < 100; node++) {
      sums.add({ ...createContribution(), real: real[node] as number, imag: imag[node] as number });
    }
    return (count) => {
      for (let time = 0; time < count; time++) meshOrder(sums);
    };
  });
  const witness = measure('witness', 500_000, () => {
    const subject = new Witness();
    return (count) => {
      for (let step = 0; step < count; step++) subject.step(real[step % SAMPLES] as number, 0.1);
    };
  });
  const bond = measure('WE bond', 500_000, () => {
    const subject = new WeBond();
    const [a, b] = [createContribution(), createContribution()];
    a.imag = 1;
    return (count) => {
      for (let step = 0; step < count; step++) {
        b.real = real[step % SAMPLES] as number;
        subject.step(a, b, 0.1);
      }
    };
  });
  const oscillator = measure('oscillator', 500_000, () => {
    const subject = new Oscillator({ frequencyHz: 1, coupling: 2 });
    subject.observe(0.5, 0);
    return (count) => {
      for (let step = 0; step < count; step++) subject.advance(0.01);
    };
  });
  return [local, order, witness, bond, oscillator];
}

/**
 * Measures what kairos costs an operation, and prints a table.
 *
 * @returns the figures, in the order of the table.
 */
export async function kairosBench(): Promise<readonly KairosFigure[]> {
  const expression = await createExpressionEncoder({ formula: 'exp(i * 2 * pi * x / 24)' });
  const direct = directSum();
  const figures = [
    resonance(0.01, 1),
    resonance(0.01, 60),
    resonance(0.01, 600),
    resonance(0.01, 3600),
    resonance(0.01, 3600, 1.5),
    stillResonance(),
    direct,
    encoder('rhythm', () => createRhythmEncoder({ frequencyHz: 1.3, bandwidthHz: 0.2 })),
    encoder('trend', () => createTrendEncoder({ tauBaseSeconds: 1 })),
    encoder('level', () => createLevelEncoder({ min: -1, max: 1 })),
    encoder('expression exp(i 2 pi x/24)', () => expression),
    phaseMessage(false),
    phaseMessage(true),
    ...small(),
  ];
  console.log(`kairos, nanoseconds an operation (median of ${RUNS} runs, least and most):`);
  for (const { name, medianNs, leastNs, mostNs } of figures) {
    const [median, least, most] = [medianNs, leastNs, mostNs].map((ns) => ns.toFixed(1).padStart(12));
    console.log(`  ${name.padEnd(52)}${median}${least}${most}`);
  }
  const hour = figures[3]?.medianNs ?? Number.NaN;
  console.log(
    `  one sample of the ladder is ${Math.round(direct.medianNs / hour)} times cheaper than the direct sums`,
  );
  return figures;
}
