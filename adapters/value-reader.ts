import { z } from 'zod';
import { show } from '../contract/explain.js';
import { createJsonPath, jsonPathSchema } from './json-path.js';
import { convertUnit, isUnit } from './units.js';

const unitSchema = z.string().refine(isUnit, 'a unit such as °C, F, hPa, %, W, kWh, lx, m/s or s');

/** The options of every input that reads a number out of somebody else's message. */
export const valueOptions = {
  path: jsonPathSchema
    .optional()
    .describe('where the value stands in a JSON message; all of it unless given'),
  map: z
    .record(z.string(), z.number())
    .default({})
    .describe('words to numbers; ON, OFF, open, closed, true, false and their like are known'),
  unit: unitSchema.optional().describe('what readings are wanted in: °C converts 70.7 °F'),
  source_unit: unitSchema.optional().describe('what the value is in where the message does not say'),
  unit_path: jsonPathSchema.optional().describe('where a JSON message says what the value is in'),
};
export type ValueOptions = z.output<z.ZodObject<typeof valueOptions>>;

/** A number out of a message, or why there is none: what was found, where, and what would be right. */
export type ReadValue = { readonly value: number } | { readonly reason: string };

/** What devices say instead of 1 and 0, in any case. */
const WORDS: ReadonlyMap<string, number> = new Map(
  [
    ['on', 'true', 'yes', 'open', 'online', 'home', 'detected', 'occupied', 'wet', 'unlocked', 'motion'],
    ['off', 'false', 'no', 'closed', 'offline', 'not_home', 'clear', 'vacant', 'dry', 'locked', 'no_motion'],
  ].flatMap((words, index) => words.map((word) => [word, 1 - index] as const)),
);
const NUMBER = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*([\p{L}%°]\S*)?$/iu;
const EXPECTED = 'a number, a number with its unit, or a word of map';

/** Makes a function that reads the value out of a message, as text or as parsed JSON. */
export function createValueReader(options: ValueOptions): (message: string | object) => ReadValue {
  const { path, unit_path } = options;
  const find = path === undefined ? undefined : createJsonPath(path);
  const findUnit = unit_path === undefined ? undefined : createJsonPath(unit_path);
  const words = new Map(Object.entries(options.map).map(([word, value]) => [word.toLowerCase(), value]));
  return (message) => {
    const document = documentOf(message, find !== undefined || findUnit !== undefined);
    if ('reason' in document) return document;
    const found = find === undefined ? document.content : find(document.content);
    const number = numberIn(found, words);
    const place = path === undefined ? '' : `${path}: `;
    if (number === null) return { reason: `${place}found ${show(found)}, expected ${EXPECTED}` };
    const unit = number.unit === '' ? findUnit?.(document.content) : number.unit;
    const converted = convert(number.value, unit, options);
    return typeof converted === 'number' ? { value: converted } : { reason: `${place}${converted}` };
  };
}

function documentOf(
  message: string | object,
  isJson: boolean,
): { readonly content: unknown } | { readonly reason: string } {
  if (typeof message !== 'string' || !isJson) return { content: message };
  try {
    return { content: JSON.parse(message) };
  } catch {
    return { reason: `found ${show(message)}, which is not JSON, expected a JSON document` };
  }
}

/** The number that a value is, says or stands for, and the unit that it names; null where it is none. */
function numberIn(
  found: unknown,
  words: ReadonlyMap<string, number>,
): { value: number; unit: string } | null {
  const text = typeof found === 'boolean' || typeof found === 'number' ? String(found) : found;
  if (typeof text !== 'string') return null;
  const word = text.trim().toLowerCase();
  const mapped = words.get(word) ?? WORDS.get(word);
  if (mapped !== undefined) return { value: mapped, unit: '' };
  const match = NUMBER.exec(text.trim());
  const value = Number(match?.[1] ?? Number.NaN);
  return Number.isFinite(value) ? { value, unit: match?.[2] ?? '' } : null;
}

/** The value in the unit that is wanted, or what is wrong with the unit that was found. */
function convert(
  value: number,
  found: unknown,
  { unit, source_unit, unit_path }: ValueOptions,
): number | string {
  if (unit === undefined) return value;
  if (found === undefined && source_unit === undefined) {
    return unit_path === undefined
      ? value
      : `found no unit at ${unit_path}, expected one that converts to ${unit}`;
  }
  const from = found ?? source_unit;
  const converted = typeof from === 'string' ? convertUnit(value, from, unit) : null;
  return converted ?? `found the unit ${show(from)}, expected one that converts to ${unit}`;
}
