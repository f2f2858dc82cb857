import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type EventSpool, openEventSpool } from '../../adapters/event-spool.js';
import { decodeRecord, encodeRecord, readRecords } from '../../adapters/spool-record.js';
import { temporaryFolder } from '../support/cli.js';
import { settled } from './samples.js';

const forever = new AbortController().signal;
const WRITER = fileURLToPath(new URL('spool-writer.mjs', import.meta.url));

/** A spool in a folder of its own that can be opened again and again, as by one process after another. */
async function openBench(limitBytes = 1e6) {
  const folder = await temporaryFolder();
  const path = join(folder.path, 'events');
  const dropped: number[] = [];
  const damaged: number[] = [];
  let spool = await openAnew();
  function openAnew(): Promise<EventSpool> {
    return openEventSpool({
      folder: path,
      limitBytes,
      dropped: (records) => dropped.push(records),
      damaged: (bytes) => damaged.push(bytes),
    });
  }
  return {
    path,
    dropped,
    damaged,
    get spool() {
      return spool;
    },
    async reopen(meanwhile: () => Promise<void> = async () => {}): Promise<void> {
      await spool.close();
      await meanwhile();
      spool = await openAnew();
    },
    async segments(): Promise<string[]> {
      const names = (await readdir(path)).filter((name) => name.endsWith('.log'));
      return names.sort().map((name) => join(path, name));
    },
    async [Symbol.asyncDispose]() {
      await spool.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function append(spool: EventSpool, ...texts: readonly (string | number)[]): Promise<void> {
  await Promise.all(texts.map((text) => spool.append(String(text))));
}

/** Takes and forgets what waits, up to a number of records. */
async function deliver(spool: EventSpool, most = Number.POSITIVE_INFINITY): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < most && spool.waiting > 0) {
    const event = await spool.next(forever);
    if (event === undefined) break;
    texts.push(event.text);
    await spool.delivered(event);
  }
  return texts;
}

function range(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
}

describe('a spool', () => {
  test('hands out in order what was appended, and each until it has been delivered', async () => {
    await using bench = await openBench();
    const { spool } = bench;
    await append(spool, 'a', 'b', 'c');
    expect(spool.waiting).toBe(3);
    const first = await spool.next(forever);
    expect(first?.text).toBe('a');
    expect((await spool.next(forever))?.text).toBe('a');
    expect(await deliver(spool)).toEqual(['a', 'b', 'c']);
    expect(spool.waiting).toBe(0);
  });

  test('lets whoever takes wait, until there is something or it is to stop', async () => {
    await using bench = await openBench();
    const { spool } = bench;
    const next = spool.next(forever);
    await settled();
    await append(spool, 'late');
    expect((await next)?.text).toBe('late');
    await deliver(spool);
    const stop = new AbortController();
    const none = spool.next(stop.signal);
    await settled();
    stop.abort();
    expect(await none).toBeUndefined();
    expect(await spool.next(AbortSignal.abort())).toBeUndefined();
  });

  test('keeps what has not been delivered for the next process, and that alone', async () => {
    await using bench = await openBench();
    await append(bench.spool, ...range(1, 10));
    await deliver(bench.spool, 4);
    await bench.reopen();
    expect(bench.spool.waiting).toBe(6);
    await append(bench.spool, 11);
    expect(await deliver(bench.spool)).toEqual(range(5, 11));
    await bench.reopen();
    expect(bench.spool.waiting).toBe(0);
    await append(bench.spool, 12);
    expect(await deliver(bench.spool)).toEqual(['12']);
  });

  test('keeps any text that has no line break, and refuses one that has', async () => {
    await using bench = await openBench();
    const texts = ['', ' ', '{"a": "\\n"}', 'Küche \u2028 \u{1F300}', 'x'.repeat(100_000)];
    await append(bench.spool, ...texts);
    await bench.reopen();
    expect(await deliver(bench.spool)).toEqual(texts);
    expect(() => bench.spool.append('a\nb')).toThrow('found a line break in a record, expected one line');
  });

  test('forgets the files of what has been delivered', async () => {
    await using bench = await openBench(160_000);
    for (let round = 0; round < 40; round += 1) {
      await append(bench.spool, ...range(1, 10).map((text) => text.padEnd(500, '.')));
      expect(await deliver(bench.spool)).toHaveLength(10);
    }
    expect(await bench.segments()).toHaveLength(1);
    expect(bench.dropped).toEqual([]);
  });

  test('behaves as a queue, whatever is done to it and however often it is opened again', async () => {
    const step = fc.oneof(
      fc.record({ append: fc.integer({ min: 1, max: 8 }) }),
      fc.record({ deliver: fc.integer({ min: 1, max: 8 }) }),
      fc.record({ torn: fc.option(fc.string({ maxLength: 40 })) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await using bench = await openBench(100_000);
        const queue: string[] = [];
        let count = 0;
        for (const one of steps) {
          if ('append' in one) {
            const texts = range(count + 1, count + one.append).map((text) => text.padEnd(700, '.'));
            count += one.append;
            queue.push(...texts);
            await append(bench.spool, ...texts);
          } else if ('deliver' in one) {
            expect(await deliver(bench.spool, one.deliver)).toEqual(queue.splice(0, one.deliver));
          } else {
            await bench.reopen(async () => {
              const newest = (await bench.segments()).at(-1);
              if (newest !== undefined && one.torn !== null) await appendFile(newest, one.torn);
            });
          }
          expect(bench.spool.waiting).toBe(queue.length);
        }
        expect(await deliver(bench.spool)).toEqual(queue);
        expect([bench.dropped, bench.damaged]).toEqual([[], []]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('after a death in the middle of a write', () => {
  test('every record before the torn one is there, wherever it was torn, and appending goes on', async () => {
    await using bench = await openBench();
    const texts = range(1, 6).map((text) => `{"number":${text}}`);
    await append(bench.spool, ...texts);
    await bench.spool.close();
    const [file = ''] = await bench.segments();
    const whole = await readFile(file);
    for (let bytes = 0; bytes <= whole.length; bytes += 1) {
      await bench.reopen(() => writeFile(file, whole.subarray(0, bytes)));
      const intact = whole.subarray(0, bytes).toString().split('\n').length - 1;
      await append(bench.spool, 'after');
      expect(await deliver(bench.spool)).toEqual([...texts.slice(0, intact), 'after']);
      await bench.reopen(() => rm(join(bench.path, 'cursor')));
    }
    expect(bench.damaged).toEqual([]);
  });

  test('garbage behind the last record is nothing, however long', async () => {
    await using bench = await openBench();
    await append(bench.spool, 'a', 'b');
    await bench.reopen(async () => {
      const [file = ''] = await bench.segments();
      await appendFile(file, `${'\0'.repeat(5000)}\n0123456789abcdef c\n`);
    });
    await append(bench.spool, 'd');
    expect(await deliver(bench.spool)).toEqual(['a', 'b', 'd']);
    expect(bench.damaged).toEqual([]);
  });

  test('a record that is damaged where it lies is passed over, and told', async () => {
    await using bench = await openBench();
    await append(bench.spool, 'first', 'second', 'third');
    await bench.reopen(async () => {
      const [file = ''] = await bench.segments();
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace('second', 'sEcond'));
    });
    expect(bench.spool.waiting).toBe(2);
    expect(await deliver(bench.spool)).toEqual(['first', 'third']);
    expect(bench.damaged).toEqual([encodeRecord('second').length]);
  });

  test.each([
    ['gone', async (file: string) => rm(file)],
    ['empty', async (file: string) => truncate(file)],
    ['torn', async (file: string) => truncate(file, 7)],
    ['garbage', async (file: string) => writeFile(file, 'over there\n')],
    ['of another place', async (file: string) => writeFile(file, encodeRecord('0000000001 9999999999'))],
  ])('a cursor that is %s loses nothing', async (_how, spoil) => {
    await using bench = await openBench(160_000);
    const texts = range(1, 60).map((text) => text.padEnd(500, '.'));
    for (let at = 0; at < texts.length; at += 5) await append(bench.spool, ...texts.slice(at, at + 5));
    expect(await deliver(bench.spool, 45)).toHaveLength(45);
    const left = (await bench.segments()).length;
    expect(left).toBeLessThan(4);
    await bench.reopen(() => spoil(join(bench.path, 'cursor')));
    const again = await deliver(bench.spool);
    expect(texts.slice(-again.length)).toEqual(again);
    expect(again.length).toBeGreaterThanOrEqual(15);
    // At most what the segment holds that was being delivered.
    expect(again.length).toBeLessThanOrEqual(15 + 25);
  });

  test('a cursor behind the end of its segment hides nothing that comes then', async () => {
    await using bench = await openBench();
    await append(bench.spool, 'a', 'b');
    await bench.reopen(() => writeFile(join(bench.path, 'cursor'), encodeRecord('0000000001 0000009999')));
    await append(bench.spool, 'c');
    expect(await deliver(bench.spool)).toEqual(['c']);
  });

  test('a cursor without segments: what comes then is new', async () => {
    await using bench = await openBench();
    await append(bench.spool, 'a', 'b');
    await deliver(bench.spool);
    await bench.reopen(async () => {
      for (const file of await bench.segments()) await rm(file);
    });
    await append(bench.spool, 'c');
    await bench.reopen();
    expect(await deliver(bench.spool)).toEqual(['c']);
  });

  test('kill -9 loses nothing that a writer was told is safe', async () => {
    await using folder = await temporaryFolder();
    let first = 1;
    for (let round = 0; round < 4; round += 1) {
      const safe = await killedWriter(folder.path, first, 100 + 150 * round);
      const spool = await openEventSpool({
        folder: folder.path,
        limitBytes: 1e6,
        dropped() {},
        damaged() {},
      });
      const there = await deliver(spool);
      await spool.close();
      expect(there).toEqual(range(first, first + there.length - 1));
      expect(there.length).toBeGreaterThanOrEqual(safe.length);
      expect(safe).toEqual(there.slice(0, safe.length));
      first += there.length;
    }
    expect(first).toBeGreaterThan(100);
  });
});

/** Runs a writer until it has said so much, and kills it. @returns what it said is safe. */
async function killedWriter(folder: string, first: number, bytes: number): Promise<string[]> {
  const child = spawn(process.execPath, [WRITER, folder, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.length >= bytes) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return said.split('\n').slice(0, -1);
}

describe('a full spool', () => {
  const size = async (files: readonly string[]): Promise<number> =>
    (await Promise.all(files.map((file) => stat(file)))).reduce((sum, { size: bytes }) => sum + bytes, 0);

  test('loses the oldest, counts them, and keeps within its limit', async () => {
    await using bench = await openBench(100_000);
    for (let at = 1; at <= 500; at += 10) {
      await append(bench.spool, ...range(at, at + 9).map((text) => text.padEnd(600, '.')));
      expect(await size(await bench.segments())).toBeLessThanOrEqual(100_000);
    }
    const dropped = bench.dropped.reduce((sum, records) => sum + records, 0);
    expect(bench.spool.waiting).toBe(500 - dropped);
    expect(dropped).toBeGreaterThan(500 - 162);
    await bench.reopen();
    const there = (await deliver(bench.spool)).map((text) => Number.parseInt(text, 10));
    expect(there.map(String)).toEqual(range(dropped + 1, 500));
  });

  test('does not count what has been delivered, and goes on behind what is being delivered', async () => {
    await using bench = await openBench(100_000);
    const line = (number: number): string => String(number).padEnd(600, '.');
    await append(bench.spool, line(1), line(2));
    await deliver(bench.spool, 1);
    const second = await bench.spool.next(forever);
    for (let number = 3; number <= 200; number += 1) await append(bench.spool, line(number));
    const dropped = bench.dropped.reduce((sum, records) => sum + records, 0);
    expect(bench.spool.waiting).toBe(199 - dropped);
    if (second !== undefined) await bench.spool.delivered(second);
    expect(bench.spool.waiting).toBe(199 - dropped);
    const there = (await deliver(bench.spool)).map((text) => Number.parseInt(text, 10));
    expect(there.map(String)).toEqual(range(dropped + 2, 200));
  });

  test('takes one that is larger than it is', async () => {
    await using bench = await openBench(1000);
    await append(bench.spool, 'a', 'x'.repeat(5000));
    await append(bench.spool, 'c');
    expect(bench.dropped).toEqual([2]);
    expect(await deliver(bench.spool)).toEqual(['c']);
  });
});

describe('a disk that does not do as it should', () => {
  test('what cannot be written is refused with a sentence, and can be once it is mended', async () => {
    await using bench = await openBench();
    await append(bench.spool, 'a');
    const [file = ''] = await bench.segments();
    await rm(file);
    await mkdir(file);
    await expect(append(bench.spool, 'b')).rejects.toThrow(
      new RegExp(`^cannot keep events in ${bench.path}: EISDIR`),
    );
    await rm(bench.path, { recursive: true });
    await append(bench.spool, 'c');
    expect(await deliver(bench.spool)).toEqual(['c']);
  });

  test('a folder that is none is refused with a sentence, and is not held', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'file');
    await writeFile(path, 'here');
    const options = { folder: path, limitBytes: 1e6, dropped() {}, damaged() {} };
    await expect(openEventSpool(options)).rejects.toThrow(`cannot keep events in ${path}: EEXIST`);
    await rm(path);
    await (await openEventSpool(options)).close();
  });

  test('a second one of the same folder waits until the first is closed', async () => {
    await using bench = await openBench();
    let isOpen = false;
    const second = openEventSpool({ folder: bench.path, limitBytes: 1e6, dropped() {}, damaged() {} });
    void second.then(() => {
      isOpen = true;
    });
    const writing = append(bench.spool, 'a');
    await writing;
    expect(isOpen).toBe(false);
    await bench.spool.close();
    expect(await deliver(await second)).toEqual(['a']);
    await (await second).close();
    await expect(append(bench.spool, 'b')).rejects.toThrow(`the spool in ${bench.path} is closed`);
  });

  test('closing waits for what is being written', async () => {
    await using bench = await openBench();
    const writing = append(bench.spool, ...range(1, 50));
    await bench.reopen();
    await writing;
    expect(await deliver(bench.spool)).toEqual(range(1, 50));
  });
});

describe('a record', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!text.includes('\n'));
        const line = encodeRecord(text);
        expect(decodeRecord(line.slice(0, -1))).toBe(text);
        expect(readRecords(Buffer.from(line + line), 100)).toEqual([
          { text, startByte: 100, endByte: 100 + Buffer.byteLength(line) },
          { text, startByte: 100 + Buffer.byteLength(line), endByte: 100 + 2 * Buffer.byteLength(line) },
        ]);
      }),
    );
  });

  test('is none with any byte changed, and nothing of another shape is one', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (noise, at, by) => {
          const line = Buffer.from(encodeRecord('{"type":"emerged"}'));
          const index = at % (line.length - 1);
          line[index] = (line[index] ?? 0) ^ by;
          const texts = readRecords(line, 0).map(({ text }) => text);
          expect(texts).toEqual([]);
          expect(readRecords(Buffer.from(noise), 0)).toEqual([]);
        },
      ),
    );
  });
});
