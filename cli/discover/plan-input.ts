import { mqttInput } from '../../adapters/input/mqtt.js';
import { convertUnit } from '../../adapters/units.js';
import { CHANNEL_RANGES } from '../../contract/config/encoder.js';
import { placeholdersOf } from '../../contract/config/node-template.js';
import { hasWildcard } from '../../contract/topic-filter.js';
import type { FoundAvailability, FoundValue } from './found-device.js';
import { isPlain } from './heard-topics.js';
import type { JsonObject } from './json-values.js';
import { isBinary, knownChannelOf } from './known-channel.js';
import { mapOf } from './last-value.js';

/** An input as the configuration will have it. */
export interface PlannedInput {
  readonly config: JsonObject;
  /** What a person who reads it should know, if anything. */
  readonly remark: string | undefined;
}

const BINARY_RANGE = { min: 0, max: 1 };

/**
 * Plans the input that reads a value.
 *
 * @param channel what it will be called.
 * @returns null where no input can be told to read it.
 */
export function planInput(
  value: FoundValue,
  channel: string,
  availability: FoundAvailability | undefined,
): PlannedInput | null {
  const known = knownChannelOf(value);
  const { settings, isUnitTaken } = unitSettings(value, known);
  const options = withoutNothing({
    topic: value.topic,
    path: value.path,
    ...settings,
    map: mapOf(value),
    availability: availability && withoutNothing(availabilitySettings(availability)),
  });
  if (!isWritable(options, value.topic)) return null;
  const encoder = encoderOf(value, channel, known);
  return {
    config: { adapter: mqttInput.name, ...options, ...(encoder && { encoder }) },
    remark: remarkOf(value, isUnitTaken ? CHANNEL_RANGES[known ?? '']?.unit : undefined),
  };
}

/** What is to be said of units, and whether the unit is a guess. */
function unitSettings(
  { unit, unitPath }: FoundValue,
  known: string | undefined,
): { readonly settings: JsonObject; readonly isUnitTaken: boolean } {
  const wanted = known === undefined ? '' : (CHANNEL_RANGES[known]?.unit ?? '');
  if (wanted === '') return { settings: {}, isUnitTaken: false };
  if (unitPath !== undefined) return { settings: { unit: wanted, unit_path: unitPath }, isUnitTaken: false };
  if (unit === undefined) return { settings: {}, isUnitTaken: true };
  const isSame = [0, 1].every((number) => convertUnit(number, unit, wanted) === number);
  return { settings: isSame ? {} : { unit: wanted, source_unit: unit }, isUnitTaken: false };
}

/** The input's own words for being there are left out. */
function availabilitySettings({ topic, path, online, offline }: FoundAvailability): JsonObject {
  const isUsual = online?.toLowerCase() === 'online' && offline?.toLowerCase() === 'offline';
  return { topic, path, ...(isUsual ? {} : { online, offline }) };
}

/** How it becomes a phase, where the channel's name alone would not say it. */
function encoderOf(
  value: FoundValue,
  channel: string,
  known: string | undefined,
): JsonObject | string | undefined {
  if (known !== undefined && known === channel) return undefined;
  const knownRange = known === undefined ? undefined : CHANNEL_RANGES[known];
  const range = knownRange ?? (isBinary(value) ? BINARY_RANGE : value.range);
  if (range !== undefined) return { name: 'level', min: range.min, max: range.max };
  // A name that has a range would lend it to a value that is something else.
  return Object.hasOwn(CHANNEL_RANGES, channel) ? 'trend' : undefined;
}

function remarkOf({ last, unit }: FoundValue, taken: string | undefined): string | undefined {
  const heard = last === undefined || typeof last === 'object' ? 'not heard yet' : String(last);
  return `${heard}${unit === undefined || last === undefined ? '' : ` ${unit}`}${taken === undefined ? '' : `, taken to be in ${taken}`}`;
}

function isWritable(options: JsonObject, topic: string): boolean {
  if (hasWildcard(topic) || placeholdersOf(topic).length > 0) return false;
  return textsIn(options).every(isPlain) && mqttInput.options.safeParse(options).success;
}

/** Every key and every text, at any depth. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.entries(value).flat().flatMap(textsIn) : [];
}

function withoutNothing(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
