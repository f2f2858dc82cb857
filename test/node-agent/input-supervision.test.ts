import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { defineInput, type InputContext } from '../../contract/adapters.js';
import { createInputSupervisor } from '../../node-agent/input-supervisor.js';
import { createManualClock } from '../support/manual-clock.js';
import { agentOptions, type LogLine, recordingLog, startAgentBench } from './agent-bench.js';

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Supervises an input that fails at once each time; tells when it was started. */
async function failing(random: () => number, seconds: number) {
  const clock = createManualClock();
  const lines: LogLine[] = [];
  const starts: number[] = [];
  const supervisor = createInputSupervisor({ clock, log: recordingLog(lines), random });
  const stop = new AbortController();
  const done = supervisor.keepRunning(async () => {
    starts.push(clock.monotonicSeconds() - 1000);
    throw new Error('unplugged');
  }, stop.signal);
  for (let step = 0; step < seconds * 4; step += 1) {
    await soon();
    clock.advance(0.25);
  }
  stop.abort();
  await done;
  return { starts, lines, supervisor };
}

describe('an input that fails', () => {
  test('is started again, later each time', async () => {
    const { starts } = await failing(() => 0, 200);
    const waits = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
    expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 32, 40, 40, 40]);
  });

  test('waits up to half as long again, so that inputs do not start together', async () => {
    const { starts } = await failing(() => 0.999_999, 200);
    const waits = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
    expect(waits).toEqual([0.75, 1.5, 3, 6, 12, 24, 48, 60]);
  });

  test('is a line in the log once, and once when it works again', async () => {
    const { lines, supervisor } = await failing(() => 0, 60);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'input failed; starting it again',
        fields: { code: 'INPUT_FAILED', reason: 'unplugged' },
      },
    ]);
    supervisor.works();
    supervisor.works();
    expect(lines.slice(1)).toEqual([{ level: 'info', message: 'input works again', fields: {} }]);
  });
});

/** A sensor whose source a test can break. */
function breakable() {
  const runs: { context: InputContext; die: (reason?: Error) => void; aborted: boolean }[] = [];
  const definition = defineInput({
    name: 'breakable',
    options: z.strictObject({}),
    everySeconds: () => 1,
    encoder: () => ({ name: 'level', min: 0, max: 1 }),
    create: (_, context) => ({
      run: (signal) =>
        new Promise((resolve, reject) => {
          const run = {
            context,
            die: (reason?: Error) => (reason ? reject(reason) : resolve()),
            aborted: false,
          };
          runs.push(run);
          signal.addEventListener('abort', () => {
            run.aborted = true;
            resolve();
          });
        }),
    }),
  });
  const nodes = { kitchen: { tau_base: 1, inputs: { gauge: { adapter: 'breakable' } } } };
  return { runs, options: agentOptions({ nodes }, { inputs: [definition] }) };
}

describe('the inputs of a node', () => {
  test('start again and go on where they died', async () => {
    await using mesh = await startAgentBench();
    const { runs, options } = breakable();
    await mesh.start(options);
    runs[0]?.context.emit({ value: 1 });
    runs[0]?.die(new Error('unplugged'));
    await mesh.settle();
    await mesh.advance(0.6);
    expect(mesh.last('mesh/kitchen/phase').phase.real).toBe(1);
    await mesh.advance(0.4);
    expect(runs).toHaveLength(2);
    runs[1]?.context.emit({ value: 0 });
    await mesh.advance(1);
    expect(mesh.last('mesh/kitchen/phase').phase.real).toBeCloseTo(Math.exp(-1), 9);
    expect(mesh.lines.filter(({ level }) => level === 'warn')).toEqual([
      {
        level: 'warn',
        message: 'input failed; starting it again',
        fields: {
          node: 'kitchen',
          input: 'gauge',
          code: 'INPUT_FAILED',
          reason: 'unplugged',
        },
      },
    ]);
    expect(mesh.lines.map(({ message }) => message)).toContain('input works again');
  });

  test('that end by themselves are started again too', async () => {
    await using mesh = await startAgentBench();
    const { runs, options } = breakable();
    await mesh.start(options);
    runs[0]?.die();
    await mesh.settle();
    await mesh.advance(1);
    expect(runs).toHaveLength(2);
  });

  test('that are over say nothing any more', async () => {
    await using mesh = await startAgentBench();
    const { runs, options } = breakable();
    const agent = await mesh.start(options);
    runs[0]?.die(new Error('unplugged'));
    await mesh.settle();
    runs[0]?.context.emit({ value: 1 });
    runs[0]?.context.reject('late');
    await mesh.advance(1);
    await agent.close();
    expect(runs.map(({ aborted }) => aborted)).toEqual([true, true]);
    runs[1]?.context.emit({ value: 1 });
    await mesh.advance(1);
    expect(mesh.texts('mesh/kitchen/phase')).toEqual([]);
    expect(mesh.texts('mesh/kitchen/error')).toEqual([]);
  });

  test.each([
    [
      { value: Number.NaN },
      'found NaN at 1800000000 (Unix seconds), refused because the reading is not a finite number',
    ],
    [
      { value: 1, at: { wholeSeconds: Number.NaN, fraction: 0 } },
      'refused because its time is not a finite number',
    ],
  ])('that read nonsense are rejected: %j', async (reading, reason) => {
    await using mesh = await startAgentBench();
    const { runs, options } = breakable();
    await mesh.start(options);
    runs[0]?.context.emit(reading);
    await mesh.settle();
    expect(mesh.last('mesh/kitchen/error')).toMatchObject({
      topic: 'mesh/kitchen/input/gauge',
      reason: expect.stringContaining(reason),
    });
    expect(mesh.texts('mesh/kitchen/phase')).toEqual([]);
  });

  test('may refuse readings themselves', async () => {
    await using mesh = await startAgentBench();
    const { runs, options } = breakable();
    await mesh.start(options);
    runs[0]?.context.reject('found a loose cable, expected a firm one');
    await mesh.settle();
    expect(mesh.last('mesh/kitchen/error').reason).toBe('found a loose cable, expected a firm one');
  });

  test('that do not stop do not hold the agent up', async () => {
    await using mesh = await startAgentBench();
    let emit = (_: { value: number }): void => {};
    const deaf = defineInput({
      name: 'deaf',
      options: z.strictObject({}),
      everySeconds: () => 1,
      create(_, context) {
        emit = context.emit;
        return { run: () => new Promise(() => {}) };
      },
    });
    const agent = await mesh.start(
      agentOptions({ nodes: { kitchen: { inputs: { gauge: { adapter: 'deaf' } } } } }, { inputs: [deaf] }),
    );
    const closing = agent.close();
    await mesh.settle();
    emit({ value: 1 });
    mesh.links[0]?.birth?.(undefined as never);
    await mesh.send('mesh/kitchen/input/gauge', '1');
    await mesh.advance(0.5);
    await closing;
    await mesh.settle();
    expect(mesh.texts('mesh/kitchen/phase')).toEqual([]);
    expect(mesh.texts('mesh/kitchen/error')).toEqual([]);
    expect(mesh.texts('mesh/kitchen/availability')).toEqual(['online', 'offline']);
  });
});
