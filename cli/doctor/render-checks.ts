import type { Rgb } from '../../adapters/mesh-swatch.js';
import { type Canvas, lineOf } from '../../adapters/terminal-line.js';
import type { Check, CheckState, Section } from './check.js';
import { wrapWords } from './wrap-words.js';

const LONGEST_NAME = 36;
const LEAST_WORDS = 20;
const INKS: Readonly<Record<CheckState, Rgb>> = {
  ok: { red: 0, green: 160, blue: 60 },
  warning: { red: 200, green: 140, blue: 0 },
  problem: { red: 220, green: 40, blue: 40 },
};
/** Before the name: two spaces, the longest state, two spaces. */
const MARGIN = '  warning  '.length;

/** The checks as a table, never wider than the canvas; it tells everything without colours, too. */
export function renderChecks(sections: readonly Section[], canvas: Canvas): string {
  const shown = sections.filter(({ checks }) => checks.length > 0);
  const lines = shown.flatMap(({ title, checks }) => [title, ...sectionLines(checks, canvas), '']);
  return [...lines, verdict(sections.flatMap(({ checks }) => checks)), ''].join('\n');
}

function sectionLines(checks: readonly Check[], canvas: Canvas): string[] {
  const names = checks.map(({ name }) => name.length).filter((length) => length <= LONGEST_NAME);
  const width = Math.max(4, ...names);
  return checks.flatMap((check) => checkLines(check, width, canvas));
}

function checkLines({ state, name, words }: Check, width: number, canvas: Canvas): string[] {
  const room = Math.max(LEAST_WORDS, canvas.columns - MARGIN - width - 2);
  const wrapped = wrapWords(safe(words), room);
  const head = { text: state.padEnd(7), ink: INKS[state] };
  const indent = ' '.repeat(MARGIN + width + 2);
  const isLong = name.length > width;
  const [first = '', ...rest] = isLong ? ['', ...wrapped] : wrapped;
  const called = isLong ? safe(name) : safe(name).padEnd(width);
  const firstLine = lineOf(['  ', head, `  ${called}  ${first}`.trimEnd()], canvas);
  return [firstLine, ...rest.map((line) => lineOf([`${indent}${line}`], canvas))];
}

/** What others wrote, safe for a terminal: no control characters, and nothing wider than one column. */
function safe(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[^\x20-\x7e\xa1-\xac\xae-\xff]/gu, '?');
}

function verdict(checks: readonly Check[]): string {
  const amount = (state: CheckState): number => checks.filter((check) => check.state === state).length;
  const [problems, warnings] = [amount('problem'), amount('warning')];
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
  return `${problems === 0 ? 'no problem' : count(problems, 'problem')}, ${count(warnings, 'warning')}`;
}
