import { createLineSplitter } from '../line-splitter.js';

/** More characters than this in one event are no token, and are not gathered. */
export const MOST_EVENT_CHARACTERS = 1024 * 1024;

/**
 * The data of each event of an event stream, as its bytes come, however they are cut.
 *
 * Comments and the fields event, id and retry are passed over; an event that the end cuts short is dropped.
 *
 * @throws RangeError when an event is longer than `MOST_EVENT_CHARACTERS`.
 * @see WHATWG HTML, 9.2.5 Parsing an event stream, 9.2.6 Interpreting an event stream.
 */
export async function* serverSentEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const ready: string[] = [];
  let data: string | undefined;
  const tooLong = (): never => {
    throw new RangeError(`an event of more than ${MOST_EVENT_CHARACTERS} characters came`);
  };
  const splitter = createLineSplitter(
    MOST_EVENT_CHARACTERS,
    (line) => {
      if (line === '') {
        if (data !== undefined) ready.push(data);
        data = undefined;
        return;
      }
      const value = dataOf(line);
      if (value === undefined) return;
      data = data === undefined ? value : `${data}\n${value}`;
      if (data.length > MOST_EVENT_CHARACTERS) tooLong();
    },
    tooLong,
  );
  for await (const bytes of body) {
    splitter.push(decoder.decode(bytes, { stream: true }));
    yield* ready.splice(0);
  }
}

/** The value of a data field; undefined for every other line. */
function dataOf(line: string): string | undefined {
  if (line === 'data') return '';
  if (!line.startsWith('data:')) return undefined;
  return line.slice(line.startsWith('data: ') ? 'data: '.length : 'data:'.length);
}
