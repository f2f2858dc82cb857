import { writeFileSync } from 'node:fs';
import type { Encoder } from '../kairos/encoder.js';
import { createLocalPhase } from '../kairos/local-phase.js';
import { meshOrder } from '../kairos/mesh-state.js';
import { MeshSums } from '../kairos/mesh-sums.js';
import { Resonance } from '../kairos/resonance.js';
import { createRhythmEncoder } from '../kairos/rhythm-encoder.js';
import { createTrendEncoder } from '../kairos/trend-encoder.js';
import { WeBond } from '../kairos/we-bond.js';
import { Witness } from '../kairos/witness.js';
import { hostBond, rootUrl } from './host-bond.js';
import { drawChart } from './line-chart.js';
import { createRandom } from './random.js';

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const angle = ({ real, imag }: { real: number; imag: number }): number => Math.atan2(imag, real);

function anglesOf(encoder: Encoder, times: readonly number[], readings: readonly number[]): number[] {
  return times.map((time, index) => {
    encoder.encode(readings[index] ?? 0, 0, Math.floor(time), time - Math.floor(time));
    return angle(encoder);
  });
}

function encodersFigure(): string {
  const random = createRandom(1);
  const times = range(1200).map((step) => step / 10);
  const readings = times.map((time) => 20 + 3 * Math.cos(2 * Math.PI * 0.05 * time) + 0.3 * (random() - 0.5));
  const shown = times.filter((time) => time >= 60);
  const last = (angles: readonly number[]): number[] => angles.slice(-shown.length);
  return drawChart({
    title: 'A cosine of 0.05 Hz with noise: where trend and rhythm say it is',
    xName: 'seconds',
    yName: 'angle, radians',
    yRange: [-4, 4],
    series: [
      {
        name: 'trend',
        x: shown,
        y: last(anglesOf(createTrendEncoder({ tauBaseSeconds: 1 }), times, readings)),
      },
      {
        name: 'rhythm at 0.05 Hz',
        x: shown,
        y: last(anglesOf(createRhythmEncoder({ frequencyHz: 0.05, bandwidthHz: 0.01 }), times, readings)),
      },
    ],
  });
}

function coherenceFigure(): string {
  const turns = range(41).map((step) => 10 ** (-2 + step / 10));
  const measured = turns.map((omega) => {
    const local = createLocalPhase({ tauBaseSeconds: 1 });
    const dt = 0.01 / Math.max(1, omega);
    const steps = Math.ceil(10 / dt);
    for (let step = 0; step < steps; step += 1)
      local.update(Math.cos(omega * step * dt), Math.sin(omega * step * dt), dt);
    return local.coherence;
  });
  return drawChart({
    title: 'Coherence of a pure rotation at W rad/s',
    xName: 'W tau_base',
    yName: 'coherence',
    yRange: [0, 1],
    logarithmic: true,
    series: [
      { name: '1/sqrt(1 + (W tau)^2)', x: turns, y: turns.map((omega) => 1 / Math.sqrt(1 + omega * omega)) },
      { name: 'the estimator', x: turns, y: measured, dots: true },
    ],
  });
}

function ladder(phiRad: (step: number) => number): { x: number[]; y: number[] } {
  const resonance = new Resonance({ periodSeconds: 0.1, tauBaseSeconds: 0.1, tauMaxSeconds: 60 });
  resonance.start(0, 0);
  for (const step of range(20_000)) resonance.push(Math.cos(phiRad(step)), Math.sin(phiRad(step)));
  resonance.measure();
  return { x: [...resonance.tauSeconds], y: [...resonance.power] };
}

function resonanceFigure(): string {
  const random = createRandom(2);
  let walk = 0;
  return drawChart({
    title: 'Resonance over lag: what keeps its course, and what does not',
    xName: 'lag tau, seconds',
    yName: '|T|^2',
    yRange: [0, 1],
    logarithmic: true,
    level: { at: 0.8, name: 'collapse 0.8' },
    series: [
      { name: 'a steady turn', ...ladder((step) => 0.3 * step) },
      { name: 'a turn that sways', ...ladder((step) => 0.05 * step + 1.2 * Math.sin(0.02 * step)) },
      {
        name: 'a random walk',
        ...ladder(() => {
          walk += random() - 0.5;
          return walk;
        }),
      },
    ],
  });
}

function chanceFigure(): string {
  const random = createRandom(3);
  const shares = (nodes: number): number[] => {
    const chances = range(4000).map(() => {
      const sums = new MeshSums();
      for (let node = 0; node < nodes; node += 1) {
        const rad = 2 * Math.PI * random();
        sums.add({
          weight: 1,
          real: Math.cos(rad),
          imag: Math.sin(rad),
          coherence: 1,
          angle: true,
          hasResonance: false,
          resonanceReal: 0,
          resonanceImag: 0,
        });
      }
      return meshOrder(sums).magnitude;
    });
    return range(51).map((step) => chances.filter((one) => one > step / 50).length / chances.length);
  };
  const x = range(51).map((step) => step / 50);
  return drawChart({
    title: 'How often random phases agree by more than r',
    xName: 'order r',
    yName: 'share of meshes',
    yRange: [0, 1],
    series: [2, 3, 5, 20].map((nodes) => ({ name: `${nodes} nodes`, x, y: shares(nodes) })),
  });
}

function witnessFigure(): string {
  const witness = new Witness();
  const random = createRandom(4);
  const residual: number[] = [];
  const surprise: number[] = [];
  let rad = 0;
  for (const step of range(400)) {
    rad += step < 200 ? 0.1 : 0.6;
    witness.step(0.8 * Math.cos(rad) + 0.01 * random(), 0.8 * Math.sin(rad) + 0.01 * random());
    residual.push(witness.residual);
    surprise.push(witness.surprise);
  }
  const x = range(400);
  return drawChart({
    title: 'The witness of a mesh that changes its pace at step 200',
    xName: 'messages of the mesh',
    yName: 'residual, surprise',
    yRange: [0, 0.2],
    series: [
      { name: 'residual |G[W] - W|', x, y: residual },
      { name: 'surprise', x, y: surprise },
    ],
  });
}

function weFigure(): string {
  const bond = new WeBond();
  const strength: number[] = [];
  const centred: number[] = [];
  const x = range(1800).map((step) => step / 10);
  let [a, b] = [0, 1];
  for (const time of x) {
    const moving = time >= 60;
    a += moving ? 0.11 : 0;
    b += moving ? (time < 120 ? 0.17 : 0.11) : 0;
    const at = (rad: number) => ({ real: Math.cos(rad), imag: Math.sin(rad), coherence: 0.9 });
    bond.step(at(a), at(b), 0.1);
    strength.push(bond.strength);
    centred.push(bond.centredStrength);
  }
  return drawBond(
    'Two nodes: standing still, each at its own pace from 60 s on, in step from 120 s on',
    x,
    strength,
    centred,
  );
}

function drawBond(title: string, x: number[], strength: number[], centred: number[]): string {
  return drawChart({
    title,
    xName: 'seconds',
    yName: 'strength',
    yRange: [0, 1],
    level: { at: 0.75, name: 'a WE above 0.75' },
    series: [
      { name: 'strength (PLV)', x, y: strength },
      { name: 'centred strength', x, y: centred },
    ],
  });
}

function hostFigure(): string {
  const { times, strength, centred } = hostBond();
  return drawBond('The bond of processor and memory on one machine', times, strength, centred);
}

/** Every figure of docs/mathematics.md but the Kuramoto transition, by file name. */
export function figures(): Record<string, string> {
  return {
    'encoders.svg': encodersFigure(),
    'coherence.svg': coherenceFigure(),
    'resonance.svg': resonanceFigure(),
    'chance.svg': chanceFigure(),
    'witness.svg': witnessFigure(),
    'we.svg': weFigure(),
    'host.svg': hostFigure(),
  };
}

if (process.argv[1]?.endsWith('figures.js')) {
  for (const [name, svg] of Object.entries(figures()))
    writeFileSync(new URL(`docs/figures/${name}`, rootUrl()), svg);
}
