import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChildCommand } from '../../adapters/child-process.js';
import { startChildSink } from '../../adapters/child-sink.js';
import { until } from '../support/until.js';
import { childProcesses } from './child-processes.js';

const INSTALL = 'apt-get install coreutils';

const shell = (script: string, more: Partial<ChildCommand> = {}): ChildCommand => ({
  program: 'sh',
  args: ['-c', script],
  install: INSTALL,
  ...more,
});

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'becomingone-sink-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  expect(childProcesses()).toEqual([]);
});

test('a program gets what is written to it, in order, to the last byte', async () => {
  const file = join(folder, 'taken');
  const sink = startChildSink(shell(`exec cat > ${file}`));
  const chunks = Array.from({ length: 2000 }, (_, index) => Buffer.alloc(480, index % 256));
  for (const chunk of chunks) sink.write(chunk);
  await sink.close(5000);
  expect(await sink.ended).toBe('sh ended with exit code 0');
  expect(readFileSync(file).equals(Buffer.concat(chunks))).toBe(true);
});

test('each line of its standard error is heard, whatever ends it', async () => {
  const lines: string[] = [];
  const sink = startChildSink(shell(String.raw`printf 'one\ntwo\rthr' >&2; printf 'ee\n' >&2`), (line) =>
    lines.push(line),
  );
  await sink.ended;
  expect(lines).toEqual(['one', 'two', 'three']);
});

test('it is not ready while more waits than its input holds, and ready again once that is taken', async () => {
  const go = join(folder, 'go');
  const sink = startChildSink(shell(`until [ -e ${go} ]; do sleep 0.01; done; exec cat > /dev/null`));
  expect(sink.isReady).toBe(true);
  for (let chunk = 0; chunk < 2000; chunk += 1) sink.write(Buffer.alloc(1000));
  expect(sink.isReady).toBe(false);
  writeFileSync(go, '');
  await until(() => sink.isReady, 'that it is ready again');
  await sink.close(5000);
  expect(await sink.ended).toBe('sh ended with exit code 0');
});

describe('a program that ends', () => {
  test.each([
    ['echo first >&2; echo last >&2; exit 3', 'sh ended with exit code 3: last'],
    ['kill -9 $$', 'sh was ended by SIGKILL'],
    ['echo level 9 >&2; echo failed >&2; echo level 8 >&2; exit 1', 'sh ended with exit code 1: failed'],
  ])('says so, with its last words, without its chatter: %s', async (script, sentence) => {
    const sink = startChildSink(shell(script, { chatter: /^level/ }));
    expect(await sink.ended).toBe(sentence);
    expect(sink.isReady).toBe(false);
    sink.write(Buffer.alloc(10));
    await sink.close(0);
  });

  test('by being missing says what brings it', async () => {
    const sink = startChildSink({ program: 'no-such-player', args: [], install: INSTALL });
    sink.write(Buffer.alloc(10));
    expect(await sink.ended).toBe(`found no program no-such-player on the PATH; install it: ${INSTALL}`);
  });
});

test('a program that reads no more is ended, since it is of no use', async () => {
  const sink = startChildSink(shell('exec <&-; echo deaf >&2; sleep 1000'));
  const writing = setInterval(() => sink.write(Buffer.alloc(1000)), 1);
  expect(await sink.ended).toBe('sh was ended by SIGTERM: deaf');
  clearInterval(writing);
});

describe('closing', () => {
  test('lets it use up what it has', async () => {
    const file = join(folder, 'late');
    const sink = startChildSink(shell(`cat > /dev/null; sleep 0.05; echo done > ${file}`));
    sink.write(Buffer.alloc(100_000));
    await sink.close(5000);
    expect(readFileSync(file, 'utf8')).toBe('done\n');
  });

  test.each(['sleep 1000', 'trap "" TERM; while :; do sleep 1000; done', 'kill -STOP $$'])(
    'kills it when that takes too long: %s',
    async (script) => {
      const sink = startChildSink(shell(script));
      sink.write(Buffer.alloc(1_000_000));
      await sink.close(20);
      expect(await sink.ended).toBe('sh was ended by SIGKILL');
    },
  );

  test('may come twice, and after the end', async () => {
    const sink = startChildSink(shell('exec cat > /dev/null'));
    await Promise.all([sink.close(1000), sink.close(1000)]);
    await sink.close(0);
    sink.end();
    sink.write(Buffer.alloc(1));
  });
});

test('a hundred programs, half of them killed, leave nothing behind', async () => {
  const descriptors = (): number => readdirSync('/proc/self/fd').length;
  const before = descriptors();
  for (let round = 0; round < 50; round += 1) {
    const killed = startChildSink(shell('kill -9 $$'));
    const closed = startChildSink(shell('exec cat > /dev/null'));
    for (const sink of [killed, closed]) sink.write(Buffer.alloc(10_000));
    await Promise.all([killed.ended, closed.close(5000)]);
  }
  expect(descriptors()).toBeLessThanOrEqual(before + 2);
});
