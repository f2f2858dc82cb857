/** Who said that a device is there. */
export type Source = 'Zigbee2MQTT' | 'Tasmota' | 'ESPHome' | 'Home Assistant';

/** A value that a device publishes, and what is known of it. */
export interface FoundValue {
  readonly topic: string;
  /** Where it stands in a JSON message; the whole text is the value unless given. */
  readonly path?: string | undefined;
  /** What the device calls it: temperature, Power, co2. */
  readonly name: string;
  /** A longer name, for a device that has two of that name. */
  readonly fullName?: string | undefined;
  /** What came last: text, or a part of JSON. */
  readonly last?: unknown;
  /** What it is measured in, as far as it is known. */
  readonly unit?: string | undefined;
  /** Where a JSON message says what it is measured in. */
  readonly unitPath?: string | undefined;
  /** Home Assistant's name of the quantity. */
  readonly deviceClass?: string | undefined;
  readonly isBinary?: boolean | undefined;
  /** What it says for on and off. */
  readonly words?: { readonly on: string; readonly off: string } | undefined;
  readonly range?: { readonly min: number; readonly max: number } | undefined;
  /** A setting or a diagnosis of the device itself: told of, not measured. */
  readonly isAside?: boolean | undefined;
}

/** Where a device says whether it is there, as the input's `availability` takes it. */
export interface FoundAvailability {
  readonly topic: string;
  readonly path?: string | undefined;
  readonly online?: string | undefined;
  readonly offline?: string | undefined;
}

export interface FoundDevice {
  readonly source: Source;
  /** What people call it. */
  readonly name: string;
  readonly values: readonly FoundValue[];
  readonly availability?: FoundAvailability | undefined;
}

/** What one way of recognising devices made of what was heard. */
export interface Finding {
  readonly devices: readonly FoundDevice[];
  /** Whether a topic belongs to such devices, whether it was of use or not. */
  readonly claims: (topic: string) => boolean;
  /** What was understood but cannot be written down, each in a sentence. */
  readonly remarks?: readonly string[];
}

/** What a value is known by: two ways of recognising a device meet there. */
export function keyOf({ topic, path }: Pick<FoundValue, 'topic' | 'path'>): string {
  return `${topic}\n${path ?? ''}`;
}
