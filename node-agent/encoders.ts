import { CHANNEL_RANGES, type EncoderConfig } from '../contract/config/encoder.js';
import { MeshError, reasonOf } from '../contract/errors.js';
import { carriesAngle, type Encoder, type EncoderName } from '../kairos/encoder.js';
import type { ExpressionOptions } from '../kairos/expression-encoder.js';
import { createLevelEncoder } from '../kairos/level-encoder.js';
import { createPairEncoder } from '../kairos/pair-encoder.js';
import { createPulseEncoder } from '../kairos/pulse-encoder.js';
import { createRhythmEncoder } from '../kairos/rhythm-encoder.js';
import { createTokenEncoder } from '../kairos/token-encoder.js';
import { createTrendEncoder } from '../kairos/trend-encoder.js';

/** The bandwidth of a rhythm, as a share of its frequency, unless the configuration gives one. */
const RHYTHM_BANDWIDTH = 0.1;

/** Which input an encoder is for. */
export interface EncoderPlace {
  readonly node: string;
  readonly channel: string;
  /** The node's tau_base, over which a trend's rate is smoothed. */
  readonly tauBaseSeconds: number;
  /** Makes encoders of formulas; given where there are any, since it takes loading. */
  readonly expressions?: ((options: ExpressionOptions) => Encoder) | undefined;
}

/**
 * Makes the encoder that a configuration names.
 *
 * @throws MeshError CONFIG_INVALID for a level without a range on a channel whose range nobody knows, or for a formula
 *   that is none.
 */
export function createEncoder(config: EncoderConfig, place: EncoderPlace): Encoder {
  switch (config.name) {
    case 'level':
      return createLevelEncoder(rangeOf(config, place));
    case 'trend':
      return createTrendEncoder({
        tauBaseSeconds: place.tauBaseSeconds,
        ...(config.memory === undefined ? {} : { memorySeconds: config.memory }),
      });
    case 'token':
      return createTokenEncoder({ context: config.context });
    case 'pair':
      return createPairEncoder();
    case 'rhythm':
      return createRhythmEncoder({
        frequencyHz: config.frequency,
        bandwidthHz: config.bandwidth ?? config.frequency * RHYTHM_BANDWIDTH,
      });
    case 'pulse':
      return createPulseEncoder();
    case 'expression':
      return createFormula(config.formula, place);
  }
}

function createFormula(formula: string, { node, channel, expressions }: EncoderPlace): Encoder {
  if (expressions === undefined) throw new RangeError('loadExpressionEncoders comes first');
  try {
    return expressions({ formula });
  } catch (error) {
    const place = `nodes.${node}.inputs.${channel}.encoder.formula`;
    throw new MeshError('CONFIG_INVALID', `${place}: ${reasonOf(error)}`, { cause: error });
  }
}

function rangeOf(
  config: Extract<EncoderConfig, { name: 'level' }>,
  { node, channel }: EncoderPlace,
): { min: number; max: number } {
  const known = Object.hasOwn(CHANNEL_RANGES, channel) ? CHANNEL_RANGES[channel] : undefined;
  const { min = known?.min, max = known?.max } = config;
  if (min !== undefined && max !== undefined) return { min, max };
  throw new MeshError(
    'CONFIG_INVALID',
    `nodes.${node}.inputs.${channel}.encoder: found level without min and max, expected both, because only ` +
      `${Object.keys(CHANNEL_RANGES).join(', ')} have a known range`,
  );
}

/** Whether readings of an encoder have two parts: a pair's real and imag, a token's position and log probability. */
export function takesPair(encoder: EncoderName): boolean {
  return encoder === 'pair' || encoder === 'token';
}

/** What the phase of several encoders together is called: their common name, else whether it carries an angle. */
export function commonEncoder(names: readonly EncoderName[]): EncoderName {
  const [first = 'pair'] = names;
  if (names.every((name) => name === first)) return first;
  return names.every(carriesAngle) ? 'pair' : 'level';
}
