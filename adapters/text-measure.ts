import { z } from 'zod';
import type { EncoderConfig } from '../contract/config/encoder.js';

/** What of a text becomes a reading. */
export const measureOption = z
  .enum(['rhythm', 'length', 'words'])
  .default('rhythm')
  .describe('rhythm: when texts come; length: their characters; words: their words');
export type TextMeasure = z.output<typeof measureOption>;

/** The encoder that suits a measure: texts that come are events, lengths go up and down. */
export function measureEncoder(measure: TextMeasure): EncoderConfig {
  return { name: measure === 'rhythm' ? 'pulse' : 'trend' };
}

/** Letters and digits in a row; an apostrophe between them belongs to the word. */
const WORD = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu;

/**
 * What a text measures.
 *
 * @returns rhythm: 1, an event. length: its Unicode code points. words: its words; a language that is written without
 *   spaces has few.
 */
export function measureText(measure: TextMeasure, text: string): number {
  switch (measure) {
    case 'rhythm':
      return 1;
    case 'length':
      return [...text].length;
    case 'words':
      return text.match(WORD)?.length ?? 0;
  }
}
