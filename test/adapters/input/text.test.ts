import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, readdirSync } from 'node:fs';
import { appendFile, type FileHandle, mkdir, open, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { textInput } from '../../../adapters/input/text.js';
import { measureText } from '../../../adapters/text-measure.js';
import { until } from '../../support/until.js';
import { createInputBench, describeInput, type InputBench } from './input-suite.js';
import { runInput } from './running-input.js';
import { temporaryFolder } from './temporary-folder.js';

describeInput(textInput, async () => {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'log');
  await writeFile(file, 'old\n');
  return {
    options: { file, measure: 'length' },
    feed: () => appendFile(file, 'a line\n'),
    kill: () => rm(file, { force: true }),
    ruin: () => rm(file),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});

describeInput(textInput, async () => {
  const folder = await temporaryFolder();
  const fifo = join(folder.path, 'fifo');
  execFileSync('mkfifo', [fifo]);
  let writer: FileHandle | undefined;
  const leave = async (): Promise<void> => {
    await writer?.close();
    writer = undefined;
  };
  return {
    options: { fifo, measure: 'length' },
    async feed() {
      // Without a reader it cannot be opened, and there is nobody to feed.
      const flags = constants.O_WRONLY | constants.O_NONBLOCK;
      writer ??= await open(fifo, flags).catch(() => undefined);
      await writer?.write('a line\n').catch(leave);
    },
    kill: leave,
    ruin: () => rm(fifo),
    async [Symbol.asyncDispose]() {
      await leave();
      await folder[Symbol.asyncDispose]();
    },
  };
});

/** An input that reads; disposing of it stops it. */
interface Running extends InputBench, AsyncDisposable {
  readonly values: number[];
  /** What it ended with. */
  readonly ended: Promise<string>;
}

function run(options: object): Running {
  const bench = createInputBench();
  const stop = new AbortController();
  const ended = textInput
    .create(textInput.options.parse({ measure: 'length', ...options }), bench.context)
    .run(stop.signal)
    .then(
      () => 'stopped',
      (error) => error.message,
    );
  return {
    ...bench,
    get values() {
      return bench.readings.map(({ value }) => value);
    },
    ended,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}

const lengths = (input: Running, ...expected: number[]): Promise<void> =>
  until(() => input.readings.length >= expected.length, `reading ${expected.length}`).then(() =>
    expect(input.values).toEqual(expected),
  );

/** Appends lines to a file until one is read: from then on it is followed. Resolves with what was read until then. */
async function begin(input: Running, file: string): Promise<number[]> {
  while (input.readings.length === 0) {
    await appendFile(file, '\n');
    await delay(2);
  }
  await appendFile(file, 'now it begins\n');
  await until(() => input.values.includes(13), 'the last of the first readings');
  return input.readings.splice(0).map(({ value }) => value);
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let path: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder.path, 'source');
});
afterEach(async () => folder[Symbol.asyncDispose]());

describe('a file', () => {
  test('is read from its end', async () => {
    await writeFile(path, 'old\nolder\n');
    await using input = run({ file: path });
    expect(new Set(await begin(input, path))).toEqual(new Set([0, 13]));
    await appendFile(path, 'abc\nde');
    await lengths(input, 3);
    await appendFile(path, 'fg\r\n\n');
    await lengths(input, 3, 4, 0);
  });

  test('is read from its start where that is wanted', async () => {
    await writeFile(path, 'a\nbc\nd');
    await using input = run({ file: path, from_start: true });
    await lengths(input, 1, 2);
    await appendFile(path, 'ef\n');
    await lengths(input, 1, 2, 3);
  });

  test('is followed when another takes its place, and loses none of the last lines', async () => {
    await writeFile(path, '');
    await using input = run({ file: path });
    await begin(input, path);
    await appendFile(path, 'a\n');
    await rename(path, `${path}.1`);
    await appendFile(`${path}.1`, 'bb\nccc');
    await writeFile(path, 'dddd\n');
    await lengths(input, 1, 2, 3, 4);
    await appendFile(path, 'eeeee\n');
    await lengths(input, 1, 2, 3, 4, 5);
  });

  test('is followed when it is cut short, without what was left of a line', async () => {
    await writeFile(path, '');
    await using input = run({ file: path });
    await begin(input, path);
    await appendFile(path, 'a\nrest of a line that is lost');
    await lengths(input, 1);
    await truncate(path);
    await appendFile(path, 'bb\n');
    await lengths(input, 1, 2);
  });

  test('that is not there is waited for, and read from its start', async () => {
    await using input = run({ file: path });
    await until(() => input.losses.length > 0, 'the sentence');
    expect(input.losses).toEqual([`found no file ${path}; it is waited for`]);
    await writeFile(path, 'a\n');
    await lengths(input, 1);
    await rm(path);
    await until(() => input.losses.length > 1, 'the second sentence');
    await writeFile(path, 'bb\n');
    await lengths(input, 1, 2);
    expect(input.losses).toHaveLength(2);
  });

  test('that stays away is complained of once', async () => {
    await using input = runInput(textInput, { file: path });
    await until(() => {
      input.clock.advance(1);
      return input.waits > 5;
    }, 'the sixth search');
    expect(input.losses).toHaveLength(1);
  });

  test('is read through characters that are written in halves', async () => {
    await writeFile(path, '');
    await using input = run({ file: path });
    await begin(input, path);
    const handle = await open(path, 'a');
    for (const byte of Buffer.from('häß€😀\n')) {
      await handle.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    await handle.close();
    await lengths(input, 5);
  });

  test('refuses a line that is too long, and reads on', async () => {
    await writeFile(path, `a\n${'x'.repeat(200_000)}\nbb\n`);
    await using input = run({ file: path, from_start: true });
    await lengths(input, 1, 2);
    expect(input.rejections).toEqual([
      `found a line of more than 65536 characters in ${path}, expected shorter ones`,
    ]);
  });

  test('may be of any size', async () => {
    await writeFile(path, 'line\n'.repeat(100_000));
    await using input = run({ file: path, from_start: true });
    await until(() => input.readings.length === 100_000, 'the last line');
  });

  test('that is a folder is none', async () => {
    await mkdir(path);
    await using input = run({ file: path });
    expect(await input.ended).toBe(`found no file but something else at ${path}, expected a file of text`);
  });

  test('that is a FIFO is none, and nobody waits for who writes into it', async () => {
    execFileSync('mkfifo', [path]);
    await using input = run({ file: path });
    expect(await input.ended).toBe(`found no file but something else at ${path}, expected a file of text`);
  });

  test('that stands below a file cannot be read', async () => {
    await writeFile(path, '');
    await using input = run({ file: join(path, 'log') });
    expect(await input.ended).toContain(`cannot read ${path}/log: ENOTDIR`);
  });
});

/** Writes into a FIFO as a shell does: opens it, writes, closes it. */
function write(text: string): Promise<unknown> {
  const writer = spawn('sh', ['-c', 'printf %s "$1" > "$0"', path, text]);
  return once(writer, 'close');
}

describe('a FIFO', () => {
  beforeEach(() => {
    execFileSync('mkfifo', [path]);
  });

  test('is read from one writer after another', async () => {
    await using input = run({ fifo: path });
    await write('a\nbb\n');
    await write('ccc\n');
    await write('dd');
    await write('dd\n');
    await lengths(input, 1, 2, 3, 4);
    expect(input.losses).toEqual([]);
  });

  test('is read while its writer stays', async () => {
    await using input = run({ fifo: path });
    const writer = await open(path, 'w');
    await writer.write('a\nb');
    await lengths(input, 1);
    await writer.write('b\n');
    await lengths(input, 1, 2);
    await writer.close();
  });

  test('is read when it is made anew', async () => {
    await using input = runInput(textInput, { fifo: path });
    await write('a\n');
    await until(() => input.readings.length === 1, 'the first line');
    await rm(path);
    execFileSync('mkfifo', [path]);
    input.clock.advance(1);
    await write('bb\n');
    await until(() => input.readings.length === 2, 'the second line');
  });

  test('that is not there is waited for', async () => {
    await rm(path);
    await using input = runInput(textInput, { fifo: path });
    await until(() => input.pending === 1, 'the first pause');
    input.clock.advance(1);
    await until(() => input.waits === 2, 'the second pause');
    expect(input.losses).toEqual([`found no FIFO ${path}; it is waited for, mkfifo makes one`]);
    execFileSync('mkfifo', [path]);
    input.clock.advance(1);
    await write('a\n');
    await until(() => input.readings.length === 1, 'the first line');
  });

  test('that is a file is none', async () => {
    await rm(path);
    await writeFile(path, '');
    await using input = run({ fifo: path });
    expect(await input.ended).toBe(`found no FIFO but something else at ${path}, expected what mkfifo makes`);
  });

  test('lets go of its file descriptors', async () => {
    const count = (): number => readdirSync('/proc/self/fd').length;
    const before = count();
    {
      await using input = run({ fifo: path });
      for (let writer = 1; writer <= 5; writer += 1) await write(`${writer}\n`);
      await lengths(input, 1, 1, 1, 1, 1);
    }
    await until(() => count() <= before, 'the end of the last descriptor');
  });
});

describe('standard input', () => {
  const own = Object.getOwnPropertyDescriptor(process, 'stdin');
  afterEach(() => {
    if (own !== undefined) Object.defineProperty(process, 'stdin', own);
  });

  /** Another process's output in place of this one's input. */
  function pipe(program: string, args: readonly string[]) {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    Object.defineProperty(process, 'stdin', { value: child.stdout, configurable: true });
    return child;
  }

  test('is read until it ends, which is said', async () => {
    pipe('printf', ['%s', 'a\nbb\nccc']);
    await using input = run({ stdin: true });
    expect(await input.ended).toBe('standard input has ended');
    expect(input.values).toEqual([1, 2, 3]);
    await using again = run({ stdin: true });
    expect(await again.ended).toBe('standard input has ended');
  });

  test('stays open for whoever reads it next', async () => {
    const child = pipe('cat', []);
    {
      await using first = run({ stdin: true });
      child.stdin.write('a\n');
      await lengths(first, 1);
    }
    await using second = run({ stdin: true });
    child.stdin.write('bb\n');
    await lengths(second, 2);
    child.stdin.end();
    expect(await second.ended).toBe('standard input has ended');
  });
});

describe('a topic', () => {
  test('gives a text a message; what was kept is old', async () => {
    await using input = run({ topic: 'house/+/says' });
    input.publish('house/a/says', 'old', true);
    input.publish('house/a/says', 'abc');
    input.publish('house/b/says', 'a\nb\nc');
    input.publish('elsewhere', 'abcdef');
    expect(input.values).toEqual([3, 5]);
  });

  test('refuses a text that is too long', async () => {
    await using input = run({ topic: 'says' });
    input.publish('says', 'x'.repeat(65_537));
    expect(input.rejections).toEqual([
      'found a line of more than 65536 characters in says, expected shorter ones',
    ]);
  });

  test('is left at once when its broker is away', async () => {
    const bench = createInputBench();
    const stop = new AbortController();
    const context = { ...bench.context, hear: () => new Promise<() => void>(() => {}) };
    const options = textInput.options.parse({ topic: 'says' });
    const running = textInput.create(options, context).run(stop.signal);
    stop.abort();
    await running;
  });
});

describe('a measure', () => {
  test.each([
    ['', 0, 0],
    ['abc', 3, 1],
    ['häß€😀', 5, 1],
    ["Hello, world! It's 3 o’clock.", 29, 5],
    ['  --  ', 6, 0],
    ['Привет мир', 10, 2],
    ['e\u0301te\u0301', 5, 1],
  ])('of %j', (text, length, words) => {
    expect(measureText('length', text)).toBe(length);
    expect(measureText('words', text)).toBe(words);
    expect(measureText('rhythm', text)).toBe(1);
  });

  test('of rhythm is an event, encoded as pulse; the others as trend', () => {
    const encoder = (options: object) => textInput.encoder?.(textInput.options.parse(options))?.name;
    expect([encoder({}), encoder({ measure: 'length' }), encoder({ measure: 'words' })]).toEqual([
      'pulse',
      'trend',
      'trend',
    ]);
  });
});

test.each([
  [{}, 'found no source, expected one of file, fifo, stdin and topic'],
  [{ file: 'a', topic: 'b' }, 'found file and topic, expected one of file, fifo, stdin and topic'],
  [{ stdin: true, fifo: 'a' }, 'found fifo and stdin, expected one of file, fifo, stdin and topic'],
])('the source %j is none', async (options, reason) => {
  await using input = run(options);
  expect(await input.ended).toBe(reason);
  expect(await textInput.probe?.(textInput.options.parse(options))).toEqual({ ok: false, reason });
});

describe('a probe', () => {
  const probe = (options: object) => textInput.probe?.(textInput.options.parse(options));

  test('says what there is', async () => {
    expect(await probe({ file: path })).toEqual({
      ok: true,
      detail: `${path}, which is not there yet and is waited for`,
    });
    await writeFile(path, '');
    expect(await probe({ file: path })).toEqual({ ok: true, detail: path });
    expect(await probe({ fifo: path })).toEqual({
      ok: false,
      reason: `found something else at ${path}, expected what mkfifo makes`,
    });
    await rm(path);
    execFileSync('mkfifo', [path]);
    expect(await probe({ fifo: path })).toEqual({ ok: true, detail: path });
    expect(await probe({ file: path })).toEqual({
      ok: false,
      reason: `found something else at ${path}, expected a file of text`,
    });
    expect(await probe({ stdin: true })).toEqual({ ok: true, detail: 'standard input' });
    expect(await probe({ topic: 'says' })).toEqual({ ok: true, detail: 'the topic says' });
  });
});
