import { createLineSplitter } from './line-splitter.js';

/** Longer lines are refused: whoever writes them does not write text. */
export const MOST_LINE_CHARACTERS = 64 * 1024;

/** Takes the bytes of a text in UTF-8 however they are cut, and gives its lines. */
export interface LineDecoder {
  push(bytes: Uint8Array): void;
  /** The text is over: what stands after its last end of line is a line, too. */
  end(): void;
}

/** Where lines go, or why one does not. */
export interface LineSink {
  line(text: string): void;
  reject(reason: string): void;
}

/** @param place where the text comes from, for the sentence about a line that is too long. */
export function createLineDecoder(place: string, { line, reject }: LineSink): LineDecoder {
  const decoder = new TextDecoder();
  const splitter = createLineSplitter(MOST_LINE_CHARACTERS, line, () => reject(lineTooLong(place)));
  return {
    push(bytes) {
      splitter.push(decoder.decode(bytes, { stream: true }));
    },
    end() {
      splitter.push(decoder.decode());
      splitter.end();
    },
  };
}

export function lineTooLong(place: string): string {
  return `found a line of more than ${MOST_LINE_CHARACTERS} characters in ${place}, expected shorter ones`;
}
