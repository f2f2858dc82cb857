import type { Complex } from '../contract/payloads/phase.js';

/** A colour, each part a whole number from 0 to 255. */
export interface Rgb {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/**
 * The hue of a phase, in degrees in [0, 360).
 *
 * @see seed, OutputAdapter: hue = phase.real * 360, here modulo 360.
 */
export function hueOf(phase: Complex): number {
  return (((phase.real * 360) % 360) + 360) % 360;
}

/**
 * A fully saturated colour of the HSV model (Smith 1978).
 *
 * @param hueDegrees in [0, 360).
 * @param value brightness in [0, 1].
 */
export function hsvToRgb(hueDegrees: number, value: number): Rgb {
  const part = (offset: number): number => {
    const sector = (offset + hueDegrees / 60) % 6;
    return Math.round(255 * value * (1 - Math.max(0, Math.min(sector, 4 - sector, 1))));
  };
  return { red: part(5), green: part(3), blue: part(1) };
}

/**
 * The colour of a state: hue by the phase, brightness by the coherence.
 *
 * @see seed, OutputAdapter: brightness = coherence.
 */
export function swatchOf({ phase, coherence }: { readonly phase: Complex; readonly coherence: number }): Rgb {
  return hsvToRgb(hueOf(phase), coherence);
}

/** The colour of a phase at full brightness, to draw with. */
export function tintOf(phase: Complex): Rgb {
  return hsvToRgb(hueOf(phase), 1);
}

/**
 * A bar of `cells` characters.
 *
 * @param share how much of it is filled, in [0, 1].
 * @param mark where a line stands across it, in [0, 1]; none unless given.
 */
export function barOf(share: number, cells: number, mark?: number): string {
  const filled = Math.round(share * cells);
  const bar = '█'.repeat(filled) + '░'.repeat(cells - filled);
  if (mark === undefined) return bar;
  const at = Math.min(cells - 1, Math.floor(mark * cells));
  return `${bar.slice(0, at)}┃${bar.slice(at + 1)}`;
}
