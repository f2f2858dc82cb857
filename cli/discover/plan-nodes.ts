import { CHANNEL_RANGES } from '../../contract/config/encoder.js';
import { toLegalName } from '../../contract/names.js';
import type { FoundDevice, FoundValue, Source } from './found-device.js';
import { isAside, knownChannelOf, wordsOf } from './known-channel.js';
import { mapOf, numberOf } from './last-value.js';
import { createNamer, LONGEST_NAME } from './namer.js';
import { type PlannedInput, planInput } from './plan-input.js';

/** A node of a device. */
export interface PlannedNode {
  readonly name: string;
  /** What the device is called where it comes from. */
  readonly device: string;
  readonly source: Source;
  /** By channel. */
  readonly inputs: ReadonlyMap<string, PlannedInput>;
  /** Values that are there and no inputs, each with what it said last. */
  readonly leftOut: readonly string[];
}

const ORDER = Object.keys(CHANNEL_RANGES);

/** One node a device, by name, their names legal and unique; a device without a value of use has no inputs. */
export function planNodes(devices: readonly FoundDevice[]): PlannedNode[] {
  const unique = createNamer();
  return devices
    .map((device) => ({ device, legal: legalName(device), inputs: planInputs(device) }))
    .toSorted((a, b) => compare(a.legal, b.legal) || compare(placeOf(a.device), placeOf(b.device)))
    .map(({ device, legal, inputs }) => ({
      name: inputs.size === 0 ? legal : unique(legal),
      device: device.name,
      source: device.source,
      inputs,
      leftOut: device.values.filter(isAside).flatMap(toldOf),
    }));
}

function placeOf({ name, values }: FoundDevice): string {
  return `${name}\n${values[0]?.topic ?? ''}`;
}

/** A name of letters that the mesh has none of gives way to the topic's. */
function legalName({ name, values }: FoundDevice): string {
  const isSpeaking = /[a-z0-9]/i.test(name.normalize('NFKD'));
  const legal = toLegalName(isSpeaking ? name : (values[0]?.topic ?? name));
  // JavaScript's own name for something else: as a key of the configuration it would be passed over.
  return legal === '__proto__' ? 'proto' : legal;
}

function planInputs({ values, availability }: FoundDevice): Map<string, PlannedInput> {
  const unique = createNamer();
  const named = channelsOf(values.filter((value) => !isAside(value) && isOfUse(value)));
  const inputs = named.flatMap(({ value, channel }): [string, PlannedInput][] => {
    const name = unique(channel);
    const input = planInput(value, name, availability);
    return input === null ? [] : [[name, input]];
  });
  return new Map(inputs.toSorted(([a], [b]) => rank(a) - rank(b) || compare(a, b)));
}

/** Whether an input could read it: what it said last is a number or one of its words, or it is known to say such. */
function isOfUse(value: FoundValue): boolean {
  const { last, unit, isBinary: isKnownBinary } = value;
  if (last === undefined || numberOf(last) !== undefined || unit !== undefined || isKnownBinary === true)
    return true;
  return Object.keys(mapOf(value) ?? {}).includes(String(last));
}

/** Channels with a range are called as that is; where a device has two of them, each by its own full name. */
function channelsOf(values: readonly FoundValue[]): { value: FoundValue; channel: string }[] {
  const short = values.map((value) => ({ value, channel: knownChannelOf(value) ?? channelName(value.name) }));
  const count = new Map<string, number>();
  for (const { channel } of short) count.set(channel, (count.get(channel) ?? 0) + 1);
  return short.map(({ value, channel }) =>
    count.get(channel) === 1
      ? { value, channel }
      : { value, channel: channelName(value.fullName ?? value.name) },
  );
}

function channelName(name: string): string {
  const words = wordsOf(name).join('_').slice(0, LONGEST_NAME);
  return words === '' ? 'value' : words;
}

function rank(channel: string): number {
  const at = ORDER.indexOf(channel);
  return at === -1 ? ORDER.length : at;
}

function toldOf({ path, name, last }: FoundValue): string[] {
  return numberOf(last) === undefined ? [] : [`${path ?? name} = ${String(last)}`];
}

/** By code points, so that the order is the same in every place. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
