/** One line, or one row of dots, of a chart. */
export interface Series {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly dots?: boolean;
}

export interface Chart {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  /** Least and most of the vertical axis. */
  readonly yRange: readonly [number, number];
  readonly logarithmic?: boolean;
  /** A horizontal line with its name. */
  readonly level?: { readonly at: number; readonly name: string };
  readonly series: readonly Series[];
}

const WIDTH = 720;
const HEIGHT = 360;
const LEFT = 64;
const RIGHT = 20;
const TOP = 48;
const BOTTOM = 52;
const COLOURS = ['#1f5fa8', '#e08e0b', '#2e8b57', '#8e44ad'];

/** Draws a chart as an SVG document. */
export function drawChart({
  title,
  xName,
  yName,
  yRange,
  logarithmic = false,
  level,
  series,
}: Chart): string {
  const scaled = (value: number): number => (logarithmic ? Math.log10(value) : value);
  const all = series.flatMap(({ x }) => x.map(scaled));
  const least = Math.min(...all);
  const most = Math.max(...all);
  const px = (value: number): number =>
    LEFT + ((scaled(value) - least) / (most - least)) * (WIDTH - LEFT - RIGHT);
  const py = (value: number): number =>
    TOP + ((yRange[1] - value) / (yRange[1] - yRange[0])) * (HEIGHT - TOP - BOTTOM);
  const yTicks = Array.from({ length: 6 }, (_, index) => yRange[0] + (index * (yRange[1] - yRange[0])) / 5);
  const xTicks = Array.from({ length: 6 }, (_, index) => least + (index * (most - least)) / 5);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(LEFT, 20, title, 'font-size="15"'),
    text(8, TOP - 8, yName),
    text((WIDTH + LEFT) / 2, HEIGHT - 10, xName, 'text-anchor="middle"'),
    ...yTicks.flatMap((tick) => [
      `<line x1="${LEFT}" y1="${py(tick).toFixed(1)}" x2="${WIDTH - RIGHT}" y2="${py(tick).toFixed(1)}" stroke="#e4e4e4"/>`,
      text(LEFT - 8, py(tick) + 4, label(tick), 'text-anchor="end"'),
    ]),
    ...xTicks.map((tick) => {
      const value = logarithmic ? 10 ** tick : tick;
      return text(px(value), HEIGHT - BOTTOM + 18, label(value), 'text-anchor="middle"');
    }),
    ...(level === undefined
      ? []
      : [
          `<line x1="${LEFT}" y1="${py(level.at).toFixed(1)}" x2="${WIDTH - RIGHT}" y2="${py(level.at).toFixed(1)}" stroke="#c0392b" stroke-dasharray="6 4"/>`,
          text(WIDTH - RIGHT, py(level.at) - 6, level.name, 'text-anchor="end" fill="#c0392b"'),
        ]),
    ...series.flatMap((one, index) => drawSeries(one, COLOURS[index % COLOURS.length] ?? '#333', px, py)),
    ...series.map(({ name }, index) =>
      text(LEFT + 110 + 135 * index, 36, name, `fill="${COLOURS[index % COLOURS.length]}"`),
    ),
    '</svg>',
    '',
  ].join('\n');
}

function drawSeries(
  { x, y, dots = false }: Series,
  colour: string,
  px: (value: number) => number,
  py: (value: number) => number,
): string[] {
  const points = x.map((value, index) => [px(value).toFixed(1), py(y[index] ?? 0).toFixed(1)] as const);
  if (dots) return points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}"/>`);
  return [
    `<polyline points="${points.map((point) => point.join(',')).join(' ')}" fill="none" stroke="${colour}" stroke-width="1.8"/>`,
  ];
}

function label(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${content}</text>`;
}
