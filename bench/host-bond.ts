import { readFileSync } from 'node:fs';
import { createLocalPhase } from '../kairos/local-phase.js';
import { createTrendEncoder } from '../kairos/trend-encoder.js';
import { WeBond } from '../kairos/we-bond.js';

/** The recording of docs/data/host.csv, a column as numbers. */
function column(index: number): number[] {
  const text = readFileSync(new URL('docs/data/host.csv', rootUrl()), 'utf8').trim();
  return text
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',')[index]));
}

/** The project's folder, from its sources or from dist. */
export function rootUrl(): URL {
  return new URL(import.meta.url.includes('/dist/') ? '../../' : '../', import.meta.url);
}

/**
 * The bond of processor and memory over the recording, by their trends, one value a reading.
 *
 * @param shiftRows moves memory against the processor by so many readings, circularly: a control, in which what the two
 *   share at one moment is gone, and what each does on its own is not.
 */
export function hostBond(shiftRows = 0): { times: number[]; strength: number[]; centred: number[] } {
  const times = column(0);
  const [cpu, memory] = [localPhases(times, column(1)), localPhases(times, column(2))];
  const bond = new WeBond();
  const [strength, centred]: [number[], number[]] = [[], []];
  for (const [row, phase] of cpu.entries()) {
    const other = memory[(row + shiftRows) % memory.length] ?? phase;
    bond.step(phase, other, row === 0 ? 0 : (times[row] ?? 0) - (times[row - 1] ?? 0));
    strength.push(bond.strength);
    centred.push(bond.centredStrength);
  }
  return { times: times.map((time) => time - (times[0] ?? 0)), strength, centred };
}

function localPhases(times: readonly number[], readings: readonly number[]) {
  const encoder = createTrendEncoder({ tauBaseSeconds: 1 });
  const local = createLocalPhase({ tauBaseSeconds: 1 });
  return times.map((time, row) => {
    encoder.encode(readings[row] ?? 0, 0, Math.floor(time), time - Math.floor(time));
    local.update(encoder.real, encoder.imag, encoder.dtSeconds);
    return { real: local.real, imag: local.imag, coherence: local.coherence };
  });
}
