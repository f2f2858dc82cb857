import type { Lag } from '../../kairos/resonance.js';
import type { AnalysisResult } from './analysis.js';

/** What a recording shows, as a table for a person. */
export function reportAnalysis(result: AnalysisResult): string {
  const { local, coherence, best, period } = result;
  return [
    `samples    ${result.samples} (${result.rejected} rejected, ${result.limited} limited), encoder ${result.encoder}`,
    `grid       ${period === null ? 'none: a single sample has no period' : `${period} s, window ${result.window} s, omega ${result.omega} rad/s`}`,
    `local      ${complex(local)}`,
    `coherence  ${coherence.toFixed(6)}`,
    `resonance  ${best === null ? 'none: no lag has enough moving pairs behind it' : `|T|^2 ${best.power.toFixed(6)} at ${seconds(best.tau)} s`}`,
    `collapsed  ${result.collapsed ? 'yes: it keeps its course, or repeats itself' : 'no'}`,
    '',
    '     tau s       real       imag      |T|^2      n_eff',
    ...result.resonance.map((lag) => row(lag, lag === best)),
    '',
  ].join('\n');
}

function row({ tau, real, imag, power, n_eff }: Lag, isBest: boolean): string {
  const cells = [seconds(tau), real.toFixed(6), imag.toFixed(6), power.toFixed(6), n_eff.toFixed(1)];
  return cells.map((cell) => cell.padStart(10)).join(' ') + (isBest ? '  <' : '');
}

function seconds(tau: number): string {
  return String(Number(tau.toPrecision(6)));
}

function complex({ real, imag }: { readonly real: number; readonly imag: number }): string {
  return `${real.toFixed(6)} ${imag < 0 ? '-' : '+'} ${Math.abs(imag).toFixed(6)}i`;
}
