import { describe, expect, test } from '@jest/globals';
import { OutputHealth } from '../../adapters/output-health.js';
import { OutputRunner } from '../../adapters/output-runner.js';
import { type Output, RetryLater } from '../../contract/adapters.js';
import type { EventMessage } from '../../contract/payloads/event.js';
import type { GlobalMessage } from '../../contract/payloads/global.js';
import { createManualClock } from '../support/manual-clock.js';
import { recordLog } from '../support/recorded-log.js';
import { aState, settled, shown } from './samples.js';

const event = (node: string): EventMessage => ({
  type: 'node_joined',
  node,
  timestamp: '2026-11-23T23:00:00Z',
  session: 'k3f9',
});

/** An output whose calls last until the test ends them, and the runner that runs it. */
function running(overrides: { [Key in keyof Output]?: Output[Key] | undefined } = {}, keepsEvents = false) {
  const clock = createManualClock();
  const log = recordLog();
  const calls: string[] = [];
  const pending: { resolve(): void; reject(error: Error): void; signal: AbortSignal }[] = [];
  const output = {
    write: ({ sequence }: GlobalMessage, signal: AbortSignal) => {
      calls.push(`write ${sequence}`);
      return new Promise<void>((resolve, reject) => pending.push({ resolve, reject, signal }));
    },
    event: (one: EventMessage) => void calls.push(`event ${'node' in one ? one.node : one.type}`),
    quiet: (reason: string) => void calls.push(`quiet ${reason}`),
    close: () => void calls.push('close'),
    ...overrides,
  };
  const runner = new OutputRunner({
    open: () => output as Output,
    clock,
    health: new OutputHealth(log),
    keepsEvents,
  });
  void runner.start();
  const offer = (sequence: number): void => runner.offer(aState({ sequence }));
  const end = async (error?: Error): Promise<void> => {
    const call = pending.shift();
    if (error === undefined) call?.resolve();
    else call?.reject(error);
    await settled();
  };
  return { runner, clock, log, calls, pending, offer, end };
}

describe('states', () => {
  test('a slow output gets the newest state next, and none in between', async () => {
    const { calls, offer, end } = running();
    for (const sequence of [1, 2, 3, 4]) offer(sequence);
    await settled();
    expect(calls).toEqual(['write 1']);
    await end();
    expect(calls).toEqual(['write 1', 'write 4']);
    await end();
    expect(calls).toEqual(['write 1', 'write 4']);
  });

  test('a failure is logged once with its reason, further ones not, and the recovery with their number', async () => {
    const { calls, log, offer, end } = running();
    for (const sequence of [1, 2, 3]) {
      offer(sequence);
      await end(new Error('the cable is out'));
    }
    expect(calls).toHaveLength(3);
    offer(4);
    await end();
    expect(shown(log)).toEqual([
      {
        level: 'warn',
        code: 'OUTPUT_FAILED',
        reason: 'the cable is out',
        failures: 1,
        message: 'output failed',
      },
      { level: 'info', failures: 3, message: 'output works again' },
    ]);
  });

  test('an output that throws instead of rejecting is treated alike', async () => {
    const { runner, log } = running({
      write() {
        throw new Error('at once');
      },
    });
    runner.offer(aState());
    await settled();
    expect(shown(log)).toMatchObject([{ code: 'OUTPUT_FAILED', reason: 'at once' }]);
  });
});

describe('trying again', () => {
  test('after the time asked for, with the same state if there is none newer', async () => {
    const { clock, calls, offer, end } = running();
    offer(1);
    await end(new RetryLater('busy', 2));
    clock.advance(1.9);
    await settled();
    expect(calls).toEqual(['write 1']);
    clock.advance(0.2);
    await settled();
    expect(calls).toEqual(['write 1', 'write 1']);
  });

  test.each([
    ['while the call that fails is under way', 3],
    ['while it waits', 1],
  ])('with the newest state, never an older one after it, if that comes %s', async (_when, failAfter) => {
    const { clock, calls, offer, end } = running();
    for (let sequence = 1; sequence <= 3; sequence += 1) {
      offer(sequence);
      if (sequence === failAfter) await end(new RetryLater('busy', 2));
    }
    clock.advance(2);
    await settled();
    await end();
    expect(calls).toEqual(['write 1', 'write 3']);
  });

  test('not when the failure will not pass', async () => {
    const { clock, calls, offer, end } = running();
    offer(1);
    await end(new Error('gone'));
    clock.advance(60);
    await settled();
    expect(calls).toEqual(['write 1']);
  });

  test('not once the mesh has gone', async () => {
    const { runner, clock, calls, offer, end } = running();
    offer(1);
    await end(new RetryLater('busy', 2));
    runner.fallSilent('gone');
    await settled();
    clock.advance(60);
    await settled();
    expect(calls).toEqual(['write 1', 'quiet gone']);
  });
});

describe('an output that cannot be made', () => {
  test('is tried again, and acts then on the newest state', async () => {
    const clock = createManualClock();
    const log = recordLog();
    const calls: string[] = [];
    let tries = 0;
    const runner = new OutputRunner({
      open() {
        tries += 1;
        if (tries === 1) throw new Error('no such device');
        if (tries === 2) return Promise.reject(new Error('the device is in use'));
        return { write: ({ sequence }) => void calls.push(`write ${sequence}`) };
      },
      clock,
      health: new OutputHealth(log),
    });
    void runner.start();
    for (let sequence = 1; sequence <= 20; sequence += 1) {
      if (tries < 3) runner.offer(aState({ sequence }));
      await settled();
      clock.advance(0.1);
    }
    expect(tries).toBe(3);
    expect(calls).toHaveLength(1);
    expect(shown(log).map((line) => ('reason' in line ? line.reason : line))).toEqual([
      'no such device',
      { level: 'info', failures: 2, message: 'output works again' },
    ]);
    await runner.close();
  });

  test('is tried no more once it is closed, and one that comes too late is closed', async () => {
    const calls: string[] = [];
    let made = (): void => {};
    const runner = new OutputRunner({
      open: () =>
        new Promise((resolve) => {
          made = () =>
            resolve({ write: () => void calls.push('write'), close: () => void calls.push('close') });
        }),
      clock: createManualClock(),
      health: new OutputHealth(recordLog()),
    });
    const starting = runner.start();
    runner.offer(aState());
    await runner.close();
    made();
    await starting;
    expect(calls).toEqual(['close']);
  });
});

describe('silence', () => {
  test('aborts the write under way, drops the state that waits and comes before everything else', async () => {
    const { runner, calls, pending, log, offer, end } = running();
    offer(1);
    offer(2);
    await settled();
    runner.fallSilent('the sync worker is offline');
    expect(pending[0]?.signal.aborted).toBe(true);
    await end(new Error('aborted'));
    expect(calls).toEqual(['write 1', 'quiet the sync worker is offline']);
    expect(shown(log)).toEqual([]);
    offer(3);
    await settled();
    expect(calls.at(-1)).toBe('write 3');
    expect(pending[0]?.signal.aborted).toBe(false);
  });
});

describe('events', () => {
  test('are handed over in order, whatever a write takes, and are true after a silence too', async () => {
    const { runner, calls, offer } = running();
    offer(1);
    for (const node of ['a', 'b']) void runner.tell(event(node));
    runner.fallSilent('the sync worker is offline');
    await runner.tell(event('c'));
    expect(calls).toEqual(['write 1', 'event a', 'event b', 'event c']);
  });

  test('come one at a time', async () => {
    const taken: string[] = [];
    const pending: (() => void)[] = [];
    const { runner } = running({
      event(one) {
        taken.push('node' in one ? one.node : one.type);
        return new Promise((resolve) => pending.push(resolve));
      },
    });
    const told = [runner.tell(event('a')), runner.tell(event('b'))];
    await settled();
    expect(taken).toEqual(['a']);
    pending.shift()?.();
    await told[0];
    await settled();
    expect(taken).toEqual(['a', 'b']);
    pending.shift()?.();
    await told[1];
  });

  test.each([
    [false, ['a', 'b'], 1],
    [true, ['a', 'a', 'a', 'b'], 2],
  ])('that fail are told again where they are kept (%s)', async (keepsEvents, expected, failures) => {
    const taken: string[] = [];
    const { runner, clock, log } = running(
      {
        async event(one) {
          taken.push('node' in one ? one.node : one.type);
          if (taken.length <= 2 && taken[0] === taken.at(-1)) throw new Error('the disk is full');
        },
      },
      keepsEvents,
    );
    const told = Promise.all([runner.tell(event('a')), runner.tell(event('b'))]);
    for (let step = 0; step < 8; step += 1) {
      await settled();
      clock.advance(0.25);
    }
    await told;
    expect(taken).toEqual(expected);
    expect(shown(log)).toEqual([
      {
        level: 'warn',
        code: 'OUTPUT_FAILED',
        reason: 'the disk is full',
        failures: 1,
        message: 'output failed',
      },
      { level: 'info', failures, message: 'output works again' },
    ]);
  });

  test('wait for a slow output up to a hundred; the oldest are dropped, which is logged once', async () => {
    const taken: string[] = [];
    let free = (): void => {};
    const { runner, log } = running({
      event(one) {
        taken.push('node' in one ? one.node : one.type);
        return new Promise((resolve) => {
          free = resolve;
          if (taken.length > 1) resolve();
        });
      },
    });
    for (let index = 0; index <= 130; index += 1) void runner.tell(event(`n${index}`));
    free();
    await settled();
    expect(taken).toEqual(['n0', ...Array.from({ length: 100 }, (_, index) => `n${index + 31}`)]);
    expect(shown(log)).toEqual([
      { level: 'warn', message: 'output is too slow, events are dropped' },
      { level: 'info', dropped: 30, message: 'output takes events again' },
    ]);
  });

  test('are nothing to an output that does not take them', async () => {
    const { runner, log } = running({ event: undefined });
    for (let index = 0; index < 200; index += 1) runner.tell(event('a'));
    await settled();
    expect(log.lines).toEqual([]);
  });
});

describe('closing', () => {
  test('quiets an output that acts, then closes it, once', async () => {
    const { runner, calls, offer, end } = running();
    offer(1);
    await end();
    await Promise.all([runner.close(), runner.close()]);
    expect(calls).toEqual(['write 1', 'quiet the outputs are stopping', 'close']);
    offer(2);
    runner.tell(event('a'));
    runner.fallSilent('again');
    await settled();
    expect(calls).toHaveLength(3);
  });

  test('does not quiet again what is quiet', async () => {
    const { runner, calls } = running();
    runner.fallSilent('gone');
    await settled();
    await runner.close();
    expect(calls).toEqual(['quiet gone', 'close']);
  });

  test('takes less than a second though write, quiet and close never end', async () => {
    const forever = (): Promise<void> => new Promise(() => {});
    const { runner, clock, offer } = running({ write: forever, quiet: forever, close: forever });
    offer(1);
    await settled();
    let closed = false;
    const closing = runner.close().then(() => {
      closed = true;
    });
    for (let step = 0; step < 9; step += 1) {
      clock.advance(0.1);
      await settled();
    }
    await closing;
    expect(closed).toBe(true);
  });
});
