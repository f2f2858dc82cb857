import { readFileSync } from 'node:fs';

/** A complex number as the vectors write it. */
export interface Complex {
  readonly real: number;
  readonly imag: number;
}

/**
 * Reads a file of independently computed values; `test/vectors` is a copy of the project's shared vectors.
 */
export function readVectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')) as T;
}

/** How far two complex numbers are apart. */
export function distance(a: Complex, b: Complex): number {
  return Math.hypot(a.real - b.real, a.imag - b.imag);
}

/** An instant as the encoders take it. */
export function split(seconds: number): [wholeSeconds: number, fraction: number] {
  const whole = Math.floor(seconds);
  return [whole, seconds - whole];
}

/** exp(i rad). */
export function unit(rad: number): Complex {
  return { real: Math.cos(rad), imag: Math.sin(rad) };
}

/** arg of a complex number. */
export function argument(z: Complex): number {
  return Math.atan2(z.imag, z.real);
}

/** How far two angles are apart, in [0, pi]. */
export function angleBetween(a: number, b: number): number {
  return Math.abs(Math.atan2(Math.sin(a - b), Math.cos(a - b)));
}
