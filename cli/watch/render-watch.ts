import { eventLine } from '../../adapters/describe-event.js';
import { barOf, tintOf } from '../../adapters/mesh-swatch.js';
import { SILENCE_SECONDS } from '../../adapters/silence.js';
import { quietBlock, stateBlock } from '../../adapters/state-block.js';
import { type Canvas, lineOf, printable, type Span } from '../../adapters/terminal-line.js';
import { formatTimestamp, parseTimestamp } from '../../contract/instant.js';
import type { EventMessage } from '../../contract/payloads/event.js';
import { carriesAngle } from '../../kairos/encoder.js';
import type { WatchedMesh, WatchedNode } from './watched-mesh.js';

/** The terminal, and the moment on the monotonic clock that ages are counted to. */
export interface WatchCanvas extends Canvas {
  readonly rows: number;
  readonly nowSeconds: number;
}

const LONGEST_NAME = 32;
const BAR_CELLS = 10;
/** Nodes that are shown before events take their place. */
const LEAST_NODES = 3;
const ARROWS = ['→', '↗', '↑', '↖', '←', '↙', '↓', '↘'];

/** The view of the mesh: the whole, its nodes by name, the last events; never taller or wider than the terminal. */
export function renderWatch(mesh: WatchedMesh, canvas: WatchCanvas): string {
  const head = [...headOf(mesh, canvas), ''];
  // One row stays free for the cursor below the block, one holds the table's heading.
  const room = canvas.rows - 2 - head.length;
  const events = eventLines(mesh.events, room - Math.min(LEAST_NODES, mesh.nodes.size), canvas);
  const nodes = nodeLines([...mesh.nodes.values()], Math.max(1, room - events.length), canvas);
  return [...head, ...nodes, ...events].slice(0, Math.max(1, canvas.rows - 1)).join('\n');
}

function headOf({ state, stateAtSeconds, served }: WatchedMesh, canvas: WatchCanvas): string[] {
  const silentSeconds = canvas.nowSeconds - stateAtSeconds;
  if (!served) return quietBlock('the sync worker is offline', canvas);
  if (silentSeconds >= SILENCE_SECONDS)
    return quietBlock(`no word from the mesh for ${ageText(silentSeconds)}`, canvas);
  return state === undefined ? quietBlock('waiting for the mesh', canvas) : stateBlock(state, canvas);
}

function nodeLines(nodes: readonly WatchedNode[], room: number, canvas: WatchCanvas): string[] {
  if (nodes.length === 0) return [lineOf(['no nodes yet'], canvas)];
  const sorted = [...nodes].sort((a, b) => (a.name < b.name ? -1 : 1));
  const shown = sorted.slice(0, nodes.length <= room ? room : room - 1);
  const width = Math.min(LONGEST_NAME, Math.max(4, ...shown.map(({ name }) => name.length)));
  const heading = `${'node'.padEnd(width)}    |z|  ${'coherence'.padEnd(BAR_CELLS + 6)}  encoder         age`;
  const lines = [[heading], ...shown.map((node) => nodeSpans(node, width, canvas.nowSeconds))];
  if (shown.length < nodes.length) lines.push([`... and ${nodes.length - shown.length} more`]);
  return lines.map((spans) => lineOf(spans, canvas));
}

function nodeSpans(
  { name, message, heardAtSeconds }: WatchedNode,
  width: number,
  nowSeconds: number,
): Span[] {
  const { phase, encoder = 'pair' } = message;
  const magnitude = Math.hypot(phase.real, phase.imag);
  const coherence = Math.min(1, Math.max(0, message.coherence ?? magnitude));
  const ink = tintOf(phase);
  const called = name.length > width ? `${name.slice(0, width - 1)}…` : name.padEnd(width);
  return [
    `${called}  `,
    { text: carriesAngle(encoder) && magnitude > 0 ? arrowOf(Math.atan2(phase.imag, phase.real)) : '·', ink },
    ` ${magnitude.toFixed(2)}  `,
    { text: barOf(coherence, BAR_CELLS), ink },
    ` ${coherence.toFixed(3)}  ${printable(encoder).slice(0, 10).padEnd(10)}  ${ageText(nowSeconds - heardAtSeconds).padStart(6)}`,
  ];
}

/** The arrow nearest to an angle, counted counterclockwise from the right as in the complex plane. */
function arrowOf(angleRad: number): string {
  return ARROWS[(Math.round(angleRad / (Math.PI / 4)) + 8) % 8] ?? '·';
}

/** An empty line and the newest events, as many as there is room for. */
function eventLines(events: readonly EventMessage[], room: number, canvas: Canvas): string[] {
  const count = Math.min(events.length, room - 1);
  if (count < 1) return [];
  return ['', ...events.slice(-count).map((event) => lineOf([eventText(event)], canvas))];
}

function eventText(event: EventMessage): string {
  const time = formatTimestamp(parseTimestamp(event.timestamp).wholeSeconds).slice(11, 19);
  return `${time} ${eventLine(event)}`;
}

function ageText(seconds: number): string {
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  return seconds < 120 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(0)} m`;
}
