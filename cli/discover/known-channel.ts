import { convertUnit } from '../../adapters/units.js';
import { CHANNEL_RANGES } from '../../contract/config/encoder.js';
import type { FoundValue } from './found-device.js';
import { numberOf } from './last-value.js';

/** Channels with a known range, by the last word of a value's name and by Home Assistant's device class. */
const BY_WORD: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  temp: 'temperature',
  humidity: 'humidity',
  pressure: 'pressure',
  battery: 'battery',
  motion: 'motion',
  occupancy: 'motion',
  presence: 'motion',
  pir: 'motion',
};
const BY_CLASS: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  humidity: 'humidity',
  pressure: 'pressure',
  atmospheric_pressure: 'pressure',
  battery: 'battery',
  motion: 'motion',
  moving: 'motion',
  occupancy: 'motion',
  presence: 'motion',
};
/** Boilers and tyres have a pressure, too: what is no weather's is not meant, in hPa. */
const WEATHER = { least: 800, most: 1200 };

/** What a device says of itself and not of its place, by a word anywhere in the name, by its last, by its class. */
const ASIDE_WORDS = new Set(
  'linkquality lqi rssi snr signal wifi uptime heap version calibration firmware tamper color colour update outage'.split(
    ' ',
  ),
);
const ASIDE_LAST_WORDS = new Set(
  'voltage current yesterday today period total factor seen low offset quality'.split(' '),
);
const ASIDE_NAMES = new Set(['apparent_power', 'reactive_power']);
const ASIDE_CLASSES = new Set(
  'apparent_power connectivity current date duration power_factor problem reactive_power signal_strength tamper timestamp update voltage'.split(
    ' ',
  ),
);

/** The words of a name, in small letters: DewPoint is dew and point. */
export function wordsOf(name: string): string[] {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** Whether a value is one of two: by what is known of it, else by what it said last. */
export function isBinary({ isBinary: known, last }: FoundValue): boolean {
  if (known !== undefined) return known;
  return typeof last === 'boolean' || (typeof last === 'string' && /^\s*[a-z_]/i.test(last));
}

/** Whether a value is of no interest to a mesh: a setting, a diagnosis, a counter, a share of something else. */
export function isAside(value: FoundValue): boolean {
  const words = wordsOf(value.name);
  if (value.isAside === true || words.some((word) => ASIDE_WORDS.has(word))) return true;
  if (value.deviceClass !== undefined)
    return ASIDE_CLASSES.has(value.deviceClass) || (value.deviceClass === 'battery' && isBinary(value));
  return ASIDE_LAST_WORDS.has(words.at(-1) ?? '') || ASIDE_NAMES.has(words.join('_'));
}

/** The channel with a known range that a value is, in a unit that converts to that range's; undefined where it is none. */
export function knownChannelOf(value: FoundValue): string | undefined {
  const channel = namedChannelOf(value);
  const range = channel === undefined ? undefined : CHANNEL_RANGES[channel];
  if (channel === undefined || range === undefined) return undefined;
  if (isBinary(value) !== (channel === 'motion')) return undefined;
  if (value.unit !== undefined && range.unit !== '' && convertUnit(1, value.unit, range.unit) === null)
    return undefined;
  return channel === 'pressure' && !isWeather(value, range.unit) ? undefined : channel;
}

function namedChannelOf({ name, deviceClass }: FoundValue): string | undefined {
  if (deviceClass !== undefined)
    return Object.hasOwn(BY_CLASS, deviceClass) ? BY_CLASS[deviceClass] : undefined;
  const last = wordsOf(name)
    .filter((word) => !/^\d+$/.test(word))
    .at(-1);
  return last !== undefined && Object.hasOwn(BY_WORD, last) ? BY_WORD[last] : undefined;
}

function isWeather({ last, unit }: FoundValue, wanted: string): boolean {
  const number = numberOf(last);
  if (number === undefined) return true;
  const converted = convertUnit(number, unit ?? wanted, wanted) ?? number;
  return converted >= WEATHER.least && converted <= WEATHER.most;
}
