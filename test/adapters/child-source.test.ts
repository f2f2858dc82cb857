import { getEventListeners } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ChildCommand } from '../../adapters/child-process.js';
import { type ChildReader, runChildSource } from '../../adapters/child-source.js';
import { systemClock } from '../../contract/clock.js';
import { createManualClock } from '../support/manual-clock.js';
import { until } from '../support/until.js';
import { childProcesses, killProgram } from './child-processes.js';

const INSTALL = 'apt-get install coreutils';

function command(program: string, args: readonly string[], more: Partial<ChildCommand> = {}): ChildCommand {
  return { program, args, install: INSTALL, ...more };
}

const shell = (script: string, more: Partial<ChildCommand> = {}): ChildCommand =>
  command('sh', ['-c', script], more);

/** Runs a program, and keeps what it wrote. */
function start(child: ChildCommand, reader: Partial<ChildReader> = {}) {
  const stop = new AbortController();
  const chunks: Buffer[] = [];
  const onChunk = (chunk: Buffer): void => void chunks.push(chunk);
  const ended = runChildSource(
    child,
    { clock: systemClock, idleSeconds: 60, onChunk, ...reader },
    stop.signal,
  );
  // Some tests look at how it ended later than it does.
  ended.catch(() => {});
  return { stop, ended, signal: stop.signal, text: () => Buffer.concat(chunks).toString() };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a program that ends by itself', () => {
  test('has been read to its last byte', async () => {
    const run = start(command('seq', ['1', '200000']));
    await expect(run.ended).rejects.toThrow(/^seq ended with exit code 0$/);
    const lines = run.text().trim().split('\n');
    expect([lines.length, lines.at(-1)]).toEqual([200_000, '200000']);
  });

  test.each([
    ['echo first >&2; echo last >&2; echo >&2; exit 3', 'sh ended with exit code 3: last'],
    ['exit 4', 'sh ended with exit code 4'],
    ['kill -9 $$', 'sh was ended by SIGKILL'],
    [String.raw`printf 'a\rb\033[1m\n' >&2; exit 1`, 'sh ended with exit code 1: b[1m'],
    [
      'echo cannot open rtsp://user:secret@cam/1 >&2; exit 1',
      'sh ended with exit code 1: cannot open rtsp://cam/1',
    ],
  ])('says so: %s', async (script, sentence) => {
    await expect(start(shell(script)).ended).rejects.toThrow(new Error(sentence));
  });

  test('keeps little of what it says on its standard error', async () => {
    let advised = 0;
    const advise = (stderr: string): string => {
      advised = stderr.length;
      return 'say less';
    };
    const script = 'yes complaint | head -c 3000000 >&2; printf "%0500d" 7 >&2; exit 1';
    const reason = await start(shell(script, { advise })).ended.catch(({ message }) => message);
    expect(reason).toMatch(/^sh ended with exit code 1: 0{200}; say less$/);
    expect(advised).toBeLessThan(10_000);
  });

  test('is given advice by what it said, all lines of it, and untranslated', async () => {
    const advise = (stderr: string) =>
      /busy/.test(stderr) ? `close the other (${stderr.trim()})` : undefined;
    const run = (script: string) => start(shell(script, { advise })).ended;
    await expect(run('echo busy >&2; echo $LC_ALL >&2; exit 1')).rejects.toThrow(
      'sh ended with exit code 1: C.UTF-8; close the other (busy\nC.UTF-8)',
    );
    await expect(run('echo idle >&2; exit 1')).rejects.toThrow(/^sh ended with exit code 1: idle$/);
  });
});

describe('a program that cannot be started', () => {
  test('is named, with what brings it', async () => {
    const env = { PATH: '/nonexistent' };
    await expect(start(command('seq', ['3']), { env }).ended).rejects.toThrow(
      /^found no program seq on the PATH; install it: apt-get install coreutils$/,
    );
  });

  test('is named, with what the system says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'becomingone-child-'));
    const program = join(folder, 'plain');
    writeFileSync(program, 'text');
    await expect(start(command(program, [])).ended).rejects.toThrow(
      /^cannot start \S+plain: spawn \S+ EACCES$/,
    );
    rmSync(folder, { recursive: true });
  });

  test('is not started at all when it is to stop', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'becomingone-child-'));
    const reader = { clock: systemClock, idleSeconds: 1, onChunk: () => {} };
    await runChildSource(command('touch', [join(folder, 'started')]), reader, AbortSignal.abort());
    expect([readdirSync(folder), childProcesses()]).toEqual([[], []]);
    rmSync(folder, { recursive: true });
  });
});

describe('an abort', () => {
  test('ends it with SIGTERM, which it may answer', async () => {
    const run = start(shell('trap "echo ended; exit 0" TERM; echo begun; while :; do sleep 0.01; done'));
    await until(() => run.text().includes('begun'), 'the first output');
    run.stop.abort();
    await run.ended;
    expect(run.text()).toBe('begun\n');
    expect(childProcesses()).toEqual([]);
  });

  test('kills it, and what it has started, when it does not', async () => {
    const run = start(shell('trap "" TERM; sleep 1000 & echo $!; wait; while :; do sleep 1000; done'));
    await until(() => run.text().endsWith('\n'), 'the first output');
    const grandchild = Number(run.text());
    expect(isAlive(grandchild)).toBe(true);
    const stoppedAt = performance.now();
    run.stop.abort();
    await run.ended;
    expect(performance.now() - stoppedAt).toBeLessThan(200);
    await until(() => !isAlive(grandchild), 'the end of the grandchild');
    expect(childProcesses()).toEqual([]);
  });

  test('from within a chunk is the last of it', async () => {
    const stop = new AbortController();
    let chunks = 0;
    const onChunk = (): void => {
      chunks += 1;
      stop.abort();
    };
    await runChildSource(command('yes', []), { clock: systemClock, idleSeconds: 60, onChunk }, stop.signal);
    expect(chunks).toBe(1);
  });

  test('is not needed to end what outlives the program', async () => {
    const run = start(shell('sleep 1000 & echo $!; exit 1'));
    await expect(run.ended).rejects.toThrow(/^sh ended with exit code 1$/);
    await until(() => !isAlive(Number(run.text())), 'the end of the grandchild');
  });

  test('is heeded while what has left the group of the program holds its output', async () => {
    const run = start(shell('setsid sh -c "echo \\$\\$; exec sleep 1000" & exec sleep 1000'));
    await until(() => run.text().endsWith('\n'), 'the first output');
    await killProgram('sleep');
    run.stop.abort();
    await run.ended;
    process.kill(Number(run.text()), 'SIGKILL');
  });
});

describe('a program that writes nothing', () => {
  test('is ended after its time', async () => {
    const clock = createManualClock();
    const run = start(command('sleep', ['1000']), { clock, idleSeconds: 5 });
    clock.advance(5);
    await expect(run.ended).rejects.toThrow(/^sleep gave nothing for 5 s and was ended$/);
    expect(childProcesses()).toEqual([]);
  });

  test('is ended too when it once wrote something', async () => {
    const clock = createManualClock();
    const run = start(shell('echo begun; exec sleep 1000'), { clock, idleSeconds: 5 });
    await until(() => run.text() !== '', 'the first output');
    clock.advance(5);
    expect(childProcesses()).toHaveLength(1);
    clock.advance(5);
    await expect(run.ended).rejects.toThrow('sh gave nothing for 5 s and was ended');
  });
});

test('what its reader throws ends it', async () => {
  const onChunk = (): never => {
    throw new RangeError('found too much');
  };
  await expect(start(command('yes', []), { onChunk }).ended).rejects.toThrow(
    new RangeError('found too much'),
  );
  expect(childProcesses()).toEqual([]);
});

test('no shell reads its arguments', async () => {
  const run = start(command('printf', ['%s|', '$HOME', '$(id)', "a 'b'; exit 9"]));
  await expect(run.ended).rejects.toThrow('exit code 0');
  expect(run.text()).toBe("$HOME|$(id)|a 'b'; exit 9|");
});

test('a hundred deaths and a hundred stops leave nothing behind', async () => {
  const descriptors = (): number => readdirSync('/proc/self/fd').length;
  let watches = 0;
  const every = (period: number, task: () => void): (() => void) => {
    watches += 1;
    const cancel = systemClock.every(period, task);
    return () => {
      watches -= 1;
      cancel();
    };
  };
  const stop = new AbortController();
  const reader = { clock: { ...systemClock, every }, idleSeconds: 60 };
  const before = descriptors();
  for (let death = 0; death < 100; death += 1) {
    let killed: Promise<void> | undefined;
    const onChunk = (): void => {
      killed ??= killProgram('yes');
    };
    await expect(runChildSource(command('yes', []), { ...reader, onChunk }, stop.signal)).rejects.toThrow(
      'yes was ended by SIGKILL',
    );
    await killed;
    const own = new AbortController();
    await runChildSource(command('yes', []), { ...reader, onChunk: () => own.abort() }, own.signal);
  }
  expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  expect({ watches, children: childProcesses() }).toEqual({ watches: 0, children: [] });
  expect(descriptors()).toBeLessThanOrEqual(before + 2);
});
