import { type LightColour, rgbOf } from './light-colour.js';
import type { Command } from './paced-publisher.js';

/** Below this a lamp is off: half a percent. */
const DARK = 0.005;

export interface LightTarget {
  readonly topic: string;
  readonly saturation: number;
  /** How long the lamp takes to get there. */
  readonly transitionSeconds: number;
}

/** Makes the command that gives a lamp a colour; null turns it off. */
export type LightCommand = (colour: LightColour | null, target: LightTarget) => Command;

const isOff = (colour: LightColour | null): colour is null => colour === null || colour.brightness < DARK;

/**
 * `topic` is `zigbee2mqtt/<name>/set`; brightness is 0 to 254.
 *
 * @see Zigbee2MQTT, "Exposes", light: the properties of set.
 */
const zigbee2mqtt: LightCommand = (colour, { topic, saturation, transitionSeconds: transition }) => ({
  topic,
  text: JSON.stringify(
    isOff(colour)
      ? { state: 'OFF', transition }
      : {
          state: 'ON',
          brightness: Math.round(colour.brightness * 254),
          color: { hue: Math.round(colour.hueDegrees) % 360, saturation: Math.round(saturation * 100) },
          transition,
        },
  ),
});

/**
 * `topic` is `cmnd/<topic>/Backlog`. Fade2 and Speed2 hold for the next command alone; Speed2 counts half seconds.
 *
 * @see Tasmota, "Commands", Light and Backlog.
 */
const tasmota: LightCommand = (colour, { topic, saturation, transitionSeconds }) => {
  const halfSeconds = Math.min(40, Math.round(transitionSeconds * 2));
  const fade = halfSeconds === 0 ? 'Fade2 0' : `Fade2 1; Speed2 ${halfSeconds}`;
  if (isOff(colour)) return { topic, text: `${fade}; Power OFF` };
  const { hueDegrees, brightness } = colour;
  const [hue, percent] = [Math.round(hueDegrees) % 360, Math.max(1, Math.round(brightness * 100))];
  return { topic, text: `${fade}; HSBColor ${hue},${Math.round(saturation * 100)},${percent}` };
};

/**
 * `topic` is `<prefix>/light/<name>/command`; brightness and colours are 0 to 255.
 *
 * @see ESPHome, "MQTT Client Component", JSON schema of lights; Home Assistant, MQTT light, JSON schema.
 */
const esphome: LightCommand = (colour, { topic, saturation, transitionSeconds: transition }) => {
  if (isOff(colour)) return { topic, text: JSON.stringify({ state: 'OFF', transition }) };
  const { red, green, blue } = rgbOf({ ...colour, brightness: 1 });
  const pale = (part: number): number => Math.round(255 - (255 - part) * saturation);
  return {
    topic,
    text: JSON.stringify({
      state: 'ON',
      brightness: Math.round(colour.brightness * 255),
      color_mode: 'rgb',
      color: { r: pale(red), g: pale(green), b: pale(blue) },
      transition,
    }),
  };
};

/** How each kind of lamp is told what to do. */
export const LIGHT_COMMANDS = { zigbee2mqtt, tasmota, esphome } as const;
