import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MOST_EVENT_CHARACTERS, serverSentEvents } from '../../../adapters/openai/server-sent-events.js';

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let start = 0, turn = 0; start < bytes.length; turn += 1) {
    const end = start + (cuts[turn % cuts.length] ?? 1);
    yield bytes.subarray(start, end);
    start = end;
  }
}

async function read(text: string, cuts: readonly number[] = [7]): Promise<string[]> {
  const events: string[] = [];
  for await (const data of serverSentEvents(pieces(Buffer.from(text), cuts))) events.push(data);
  return events;
}

describe('an event stream', () => {
  test.each([
    ['data: one\n\ndata: two\n\n', ['one', 'two']],
    ['data: one\r\n\r\ndata: two\r\n\r\n', ['one', 'two']],
    ['data: one\r\rdata: two\r\r', ['one', 'two']],
    ['\ufeffdata: one\n\n', ['one']],
    ['data: a\ndata: b\n\n', ['a\nb']],
    ['data:a\n\n', ['a']],
    ['data:  a\n\n', [' a']],
    ['data\n\ndata:\ndata\n\n', ['', '\n']],
    [': keep-alive\n\ndata: one\n\n', ['one']],
    ['event: error\nid: 7\nretry: 3\ndata: one\n\n', ['one']],
    ['datum: one\n\nDATA: one\n\n data: one\n\n', []],
    ['data: {"a": "x: y"}\n\n', ['{"a": "x: y"}']],
    ['\n\n\ndata: one\n\n', ['one']],
    ['data: one\n\ndata: cut off', ['one']],
    ['data: one\n\ndata: cut off\n', ['one']],
    ['', []],
  ])('%j gives %j', async (text, events) => {
    expect(await read(text)).toEqual(events);
  });

  test('gives the same events however it is cut, in the middle of a character too', async () => {
    const line = fc
      .string({ unit: 'binary', maxLength: 20 })
      .map((text) => text.replace(/[\r\n\0\ufeff]/g, 'é'));
    const event = fc.array(line, { minLength: 1, maxLength: 3 });
    const ends = fc.constantFrom('\n', '\r\n', '\r');
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(event), ends, cuts, fc.boolean(), async (events, end, sizes, comments) => {
        const text = events
          .map((lines) => {
            const fields = lines.map((data) => `data: ${data}${end}`).join('');
            return `${comments ? `: ping${end}` : ''}${fields}${end}`;
          })
          .join('');
        const whole = events.map((lines) => lines.join('\n'));
        expect(await read(text, sizes)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  test('gives an event before the next one comes', async () => {
    let isAsked = false;
    async function* body() {
      yield Buffer.from('data: one\n\n');
      isAsked = true;
      yield Buffer.from('data: two\n\n');
    }
    const events = serverSentEvents(body());
    expect(await events.next()).toEqual({ done: false, value: 'one' });
    expect(isAsked).toBe(false);
  });

  test.each([
    ['a line', `data: ${'x'.repeat(MOST_EVENT_CHARACTERS)}`],
    ['many lines', `data: ${'x'.repeat(1000)}\n`.repeat(MOST_EVENT_CHARACTERS / 1000)],
  ])('refuses an event that has no end: %s', async (_what, text) => {
    await expect(read(`data: one\n\n${text}`, [65_536])).rejects.toThrow(
      'an event of more than 1048576 characters came',
    );
  });
});
