import { parseTimestamp } from '../../contract/instant.js';
import type { InputStatus } from '../../contract/payloads/status.js';
import type { Check } from './check.js';
import type { LiveMesh } from './read-live-mesh.js';

/** A node tells how its inputs are every ten seconds: after three times that it may have gone. */
const TOLD_WITHIN_SECONDS = 30;
const MOST_CHECKS = 500;

/** Of the node that told how an input is. */
interface Circumstances {
  readonly isGone: boolean;
  readonly toldSeconds: number;
}

/** Whether what a node told holds now. */
export function isFresh(timestamp: string | number, nowSeconds: number): boolean {
  return agoOf(timestamp, nowSeconds) <= TOLD_WITHIN_SECONDS;
}

/** How the inputs of a running mesh are, as its nodes told it. */
export function checkLive({ sync, nodes, offline }: LiveMesh, nowSeconds: number): Check[] {
  const inputs = [...nodes]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([node, { inputs: ofNode, timestamp }]) => {
      const toldSeconds = agoOf(timestamp, nowSeconds);
      const isGone = offline.has(node);
      return Object.entries(ofNode).map(([channel, status]): Check => {
        const doubts = doubtsOf(status, { toldSeconds, isGone });
        const words = [...doubts, figures(status, nowSeconds)].join('; ');
        return { state: doubts.length === 0 ? 'ok' : 'warning', name: `${node}/${channel}`, words, status };
      });
    });
  const more = inputs.length - MOST_CHECKS;
  const rest: Check[] = more > 0 ? [{ state: 'ok', name: '...', words: `and ${more} more inputs` }] : [];
  return [checkSync(sync), ...inputs.slice(0, MOST_CHECKS), ...rest];
}

function checkSync(sync: LiveMesh['sync']): Check {
  const name = 'sync worker';
  if (sync === undefined)
    return { state: 'warning', name, words: 'none has spoken here: npm start starts one' };
  if (sync.state === 'offline')
    return { state: 'warning', name, words: 'is offline: nobody combines the phases' };
  const { received, rejected } = sync;
  const counts = received === undefined ? '' : `; ${received} messages received, ${rejected ?? 0} rejected`;
  return { state: 'ok', name, words: `is online${counts}` };
}

/** What is to be said of an input before its figures; all of it is a warning. */
function doubtsOf({ state, reason }: InputStatus, { isGone, toldSeconds }: Circumstances): string[] {
  return [
    ...(isGone ? ['the node is offline'] : []),
    ...(toldSeconds > TOLD_WITHIN_SECONDS ? [`told ${ageText(toldSeconds)} ago`] : []),
    ...(state === 'starting' ? ['waits for its first reading'] : []),
    ...(state === 'degraded' ? [reason ?? 'degraded'] : []),
  ];
}

function figures(
  { adapter, encoder, rate, readings, errors, last }: InputStatus,
  nowSeconds: number,
): string {
  const latest =
    last === undefined ? '' : `, last ${lastText(last)} ${ageText(agoOf(last.timestamp, nowSeconds))} ago`;
  return `${adapter} as ${encoder}, ${round(rate, 2)}/s, ${count(readings, 'reading')}, ${count(errors, 'error')}${latest}`;
}

function lastText({ value, imag }: NonNullable<InputStatus['last']>): string {
  return imag === undefined ? round(value) : `${round(value)} and ${round(imag)}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function round(value: number, digits = 5): string {
  return String(Number(value.toPrecision(digits)));
}

function agoOf(timestamp: string | number, nowSeconds: number): number {
  const { wholeSeconds, fraction } = parseTimestamp(timestamp);
  return nowSeconds - wholeSeconds - fraction;
}

function ageText(seconds: number): string {
  if (seconds < 120) return `${Math.max(0, seconds).toFixed(0)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(0)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(0)} h` : `${(seconds / 86_400).toFixed(0)} d`;
}
