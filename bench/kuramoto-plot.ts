import type { TransitionPoint } from './kuramoto.js';

const WIDTH = 720;
const HEIGHT = 400;
const LEFT = 60;
const RIGHT = 20;
const TOP = 44;
const BOTTOM = 54;
const MOST_COUPLING = 4.25;
const COLOURS = ['#1f5fa8', '#e08e0b'];

/** Draws order over coupling: the runs of the mesh as dots with their spread, the theory as a line. */
export function plotTransition(
  points: readonly TransitionPoint[],
  theory: (ratio: number) => number,
): string {
  const x = (coupling: number): number => LEFT + (coupling / MOST_COUPLING) * (WIDTH - LEFT - RIGHT);
  const y = (order: number): number => TOP + (1 - order) * (HEIGHT - TOP - BOTTOM);
  const curve = Array.from({ length: 426 }, (_, index) => index / 100).map(
    (ratio) => `${x(ratio).toFixed(1)},${y(theory(ratio)).toFixed(1)}`,
  );
  const means = [...new Set(points.map(({ meanFrequencyHz }) => meanFrequencyHz))];
  const colour = (mean: number): string => COLOURS[means.indexOf(mean) % COLOURS.length] ?? '#333';
  const shift = (mean: number): number => (means.indexOf(mean) - 0.5) * 6;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="24" font-size="15">The Kuramoto transition on the real mesh, 200 oscillator nodes over MQTT</text>`,
    ...[0, 0.2, 0.4, 0.6, 0.8, 1].map(
      (order) =>
        `<line x1="${LEFT}" y1="${y(order)}" x2="${WIDTH - RIGHT}" y2="${y(order)}" stroke="#e4e4e4"/><text x="${LEFT - 8}" y="${y(order) + 4}" text-anchor="end">${order}</text>`,
    ),
    ...[0, 1, 2, 3, 4].map(
      (ratio) => `<text x="${x(ratio)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${ratio}</text>`,
    ),
    `<text x="${(WIDTH + LEFT) / 2}" y="${HEIGHT - 12}" text-anchor="middle">coupling K / K_c</text>`,
    `<text x="10" y="${TOP - 10}">order r</text>`,
    `<polyline points="${curve.join(' ')}" fill="none" stroke="#888" stroke-width="2"/>`,
    `<text x="${x(2.6)}" y="${y(0.66)}" fill="#666">theory, sqrt(1 - K_c/K)</text>`,
    ...points.map(({ coupling, order, spread, meanFrequencyHz }) => {
      const at = x(coupling) + shift(meanFrequencyHz);
      const bar = `<line x1="${at}" y1="${y(order - spread)}" x2="${at}" y2="${y(order + spread)}" stroke="${colour(meanFrequencyHz)}"/>`;
      return `${bar}<circle cx="${at}" cy="${y(order)}" r="5" fill="${colour(meanFrequencyHz)}"/>`;
    }),
    ...means.map(
      (mean, index) =>
        `<circle cx="${LEFT + 20}" cy="${TOP + 12 + 20 * index}" r="5" fill="${colour(mean)}"/><text x="${LEFT + 32}" y="${TOP + 16 + 20 * index}">mean frequency ${mean} Hz</text>`,
    ),
    '</svg>',
    '',
  ].join('\n');
}
