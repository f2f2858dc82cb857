import type { AnalysisResult } from './analysis.js';

const WIDTH = 720;
const HEIGHT = 380;
const LEFT = 64;
const RIGHT = 24;
const TOP = 44;
const BOTTOM = 56;

/**
 * Draws |T|^2 over lag, the lag on a logarithmic axis, with the line of collapse.
 *
 * @param collapse I_c, in (0, 1].
 * @returns an SVG document.
 */
export function plotResonance(result: AnalysisResult, collapse: number, title: string): string {
  const lags = result.resonance;
  const least = lags[0]?.tau ?? 1;
  const most = Math.max(lags.at(-1)?.tau ?? 10, least * 10);
  const x = (tau: number): number =>
    LEFT + (Math.log(tau / least) / Math.log(most / least)) * (WIDTH - LEFT - RIGHT);
  const y = (power: number): number => TOP + (1 - power) * (HEIGHT - TOP - BOTTOM);
  const points = lags.map(({ tau, power }) => `${x(tau).toFixed(1)},${y(power).toFixed(1)}`);
  const { best } = result;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(LEFT, 22, escapeXml(title), 'font-size="15"'),
    ...[0, 0.2, 0.4, 0.6, 0.8, 1].flatMap((power) => [
      line(LEFT, y(power), WIDTH - RIGHT, y(power), '#e4e4e4'),
      text(LEFT - 8, y(power) + 4, power.toFixed(1), 'text-anchor="end"'),
    ]),
    ...decades(least, most).flatMap((tau) => [
      line(x(tau), TOP, x(tau), HEIGHT - BOTTOM, '#e4e4e4'),
      text(x(tau), HEIGHT - BOTTOM + 18, `${tau}`, 'text-anchor="middle"'),
    ]),
    text((WIDTH + LEFT) / 2, HEIGHT - 12, 'lag in seconds', 'text-anchor="middle"'),
    text(14, HEIGHT / 2, '|T|²', ''),
    line(LEFT, y(collapse), WIDTH - RIGHT, y(collapse), '#c0392b', ' stroke-dasharray="6 4"'),
    text(WIDTH - RIGHT, y(collapse) - 6, `collapse ${collapse}`, 'text-anchor="end" fill="#c0392b"'),
    `<polyline points="${points.join(' ')}" fill="none" stroke="#1f5fa8" stroke-width="2"/>`,
    ...points.map((point) => dot(point, 2.5, '#1f5fa8')),
    ...(best === null ? [] : [dot(`${x(best.tau).toFixed(1)},${y(best.power).toFixed(1)}`, 6, '#e08e0b')]),
    '</svg>',
    '',
  ].join('\n');
}

/** 1, 2 and 5 in every power of ten between the two. */
function decades(least: number, most: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power += 1) {
    for (const digit of [1, 2, 5]) ticks.push(Number((digit * 10 ** power).toPrecision(6)));
  }
  return ticks.filter((tau) => tau >= least && tau <= most);
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string, more = ''): string {
  const at = [x1, y1, x2, y2].map((value) => value.toFixed(1));
  return `<line x1="${at[0]}" y1="${at[1]}" x2="${at[2]}" y2="${at[3]}" stroke="${colour}"${more}/>`;
}

function text(x: number, y: number, content: string, more: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${content}</text>`;
}

function dot(point: string, radius: number, colour: string): string {
  const [x, y] = point.split(',');
  return `<circle cx="${x}" cy="${y}" r="${radius}" fill="${colour}"/>`;
}

function escapeXml(content: string): string {
  return content.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
