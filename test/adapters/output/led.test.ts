import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { explain } from '../../../contract/explain.js';
import type { GlobalMessage } from '../../../contract/payloads/global.js';
import { createManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';
import { childProcesses } from '../child-processes.js';
import { builtPinProcess } from '../drive/built-pin-process.js';
import { lightSuiteBench, startLight } from '../drive/light-bench.js';
import { levelsAfter, type PinLine } from '../drive/pin-lines.js';
import { aState, createOutputWorld } from '../samples.js';
import { createFakeMachine } from '../sensors/fake-machine.js';
import { createFakeBuses } from '../sensors/fake-rpio.js';
import { describeOutput } from './output-suite.js';

const machine = await createFakeMachine(createFakeBuses().rpio);
jest.unstable_mockModule('../../../adapters/sensors/machine.js', () => ({ thisMachine: machine }));
jest.unstable_mockModule('../../../adapters/drive/pin-process-file.js', builtPinProcess);
const { ledOutput } = await import('../../../adapters/output/led.js');
const { rpioDoor } = await import('../../../adapters/rpio.js');
afterAll(async () => {
  await machine[Symbol.asyncDispose]();
});

const never = new AbortController().signal;
const pins = { red: 11, green: 13, blue: 15 };
const parse = (options: object) => ledOutput.options.parse(options);

/** For how much of the time red, green and blue shine. */
function shares(lines: readonly PinLine[]): (number | undefined)[] {
  const levels = levelsAfter(lines);
  return [17, 27, 22].map((gpio) => levels.get(gpio));
}

function at(real: number, coherence: number): GlobalMessage {
  return aState({ phase: { real, imag: 0 }, coherence });
}

describeOutput('led', ledOutput, () =>
  lightSuiteBench({ pins }, 'pulse 0,0,0', (lines) => `pulse ${shares(lines).join()}`),
);

describe('the colour', () => {
  test.each([
    [0, 1, [1, 0, 0]],
    [1 / 3, 1, [0, 1, 0]],
    [-1 / 3, 1, [0, 0, 1]],
    [0.5, 0.6, [0, 0.6, 0.6]],
    [0.9, 0, [0, 0, 0]],
  ])('at the real part %d and the coherence %d is %j of the time', async (real, coherence, expected) => {
    await using bench = await startLight(ledOutput, { pins, gamma: 1 });
    await bench.light.write(at(real, coherence), never);
    expect(shares(bench.lines())).toEqual(expected);
  });

  test('looks even by its gamma', async () => {
    await using bench = await startLight(ledOutput, { pins });
    await bench.light.write(at(0, 0.5), never);
    expect(shares(bench.lines())).toEqual([expect.closeTo((128 / 255) ** 2.2, 12), 0, 0]);
  });

  test('is turned round where the supply is what the parts share', async () => {
    await using bench = await startLight(ledOutput, { pins, common: 'anode', gamma: 1 });
    expect(shares(bench.lines())).toEqual([1, 1, 1]);
    await bench.light.write(at(0, 0.6), never);
    expect(shares(bench.lines())).toEqual([expect.closeTo(0.4, 12), 1, 1]);
    await bench.light.quiet?.('gone');
    expect(shares(bench.lines())).toEqual([1, 1, 1]);
  });

  test('may be by formulas; where one fails it is dark, and says so', async () => {
    await using bench = await startLight(ledOutput, {
      pins,
      gamma: 1,
      hue: '240',
      brightness: '0.6 / unified',
    });
    await bench.light.write(aState(), never);
    expect(shares(bench.lines())).toEqual([0, 0, 0.6]);
    const failure = Promise.resolve(bench.light.write(aState({ unified: false }), never));
    await expect(failure).rejects.toThrow('brightness: found Infinity of the formula 0.6 / unified');
    expect(shares(bench.lines())).toEqual([0, 0, 0]);
  });
});

describe('it is dark', () => {
  test('at the start, at silence and at the end', async () => {
    const bench = await startLight(ledOutput, { pins });
    expect(shares(bench.lines())).toEqual([0, 0, 0]);
    await bench.light.write(aState(), never);
    expect(shares(bench.lines())).not.toEqual([0, 0, 0]);
    await bench.light.quiet?.('the sync worker is offline');
    expect(shares(bench.lines())).toEqual([0, 0, 0]);
    await bench.light.write(aState(), never);
    const lines = bench.lines;
    await bench.light.close?.();
    expect(shares(lines())).toEqual([0, 0, 0]);
    await bench[Symbol.asyncDispose]();
  });

  test('when its process is killed, and then shows the next state', async () => {
    await using bench = await startLight(ledOutput, { pins });
    await bench.light.write(aState(), never);
    const before = shares(bench.lines());
    process.kill(childProcesses()[0] ?? 0, 'SIGKILL');
    await until(() => bench.complaints.length === 2, 'the next process');
    expect(shares(bench.lines())).toEqual([0, 0, 0]);
    expect(bench.complaints).toEqual([
      'the process of the pins was ended by SIGKILL, and is started again',
      null,
    ]);
    await bench.light.write(aState(), never);
    expect(shares(bench.lines())).toEqual(before);
  });
});

describe('the pace', () => {
  test('writes nothing where nothing changes', async () => {
    await using bench = await startLight(ledOutput, { pins });
    await bench.light.write(aState({ coherence: 0.5 }), never);
    const { length } = bench.lines();
    await bench.light.write(aState({ coherence: 0.5, messages: 7 }), never);
    expect(bench.lines()).toHaveLength(length);
  });

  test('holds a write until the next may follow, or it is aborted', async () => {
    const clock = createManualClock();
    await using bench = await startLight(ledOutput, { pins, every: '33ms' }, clock);
    const aborter = new AbortController();
    let isOver = false;
    const start = (coherence: number): Promise<void> => {
      isOver = false;
      return Promise.resolve(bench.light.write(at(0, coherence), aborter.signal)).then(() => {
        isOver = true;
      });
    };
    const first = start(0.5);
    await until(() => shares(bench.lines())[0] !== 0, 'the first colour');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isOver).toBe(false);
    clock.advance(0.033);
    await first;
    const second = start(0.9);
    await until(() => Number(shares(bench.lines())[0]) > 0.5, 'the second colour');
    aborter.abort();
    await second;
    expect(isOver).toBe(true);
  });
});

describe('what cannot be is said in a sentence', () => {
  const failureOf = async (options: object): Promise<string> =>
    Promise.resolve(ledOutput.create(parse(options), createOutputWorld().context)).then(
      () => 'nothing',
      (error: Error) => error.message,
    );

  test('a machine without pins', async () => {
    const sentence = /^this machine is not a Raspberry Pi \(\S+: missing\), but GPIO needs rpio/;
    expect(await failureOf({ pins })).toMatch(sentence);
    expect(await ledOutput.probe?.(parse({ pins }))).toEqual({
      ok: false,
      reason: expect.stringMatching(sentence),
    });
  });

  test('a pin that another has, and it has no pin then', async () => {
    await machine.becomePi();
    const button = await rpioDoor.claim(22, 'gpio');
    expect(await failureOf({ pins })).toBe(
      'found pin 22 (GPIO22), which another input or output has already',
    );
    button.release();
    for (const gpio of [17, 27, 22]) (await rpioDoor.claim(gpio, 'gpio')).release();
    await machine.remove('proc');
  });

  test.each([
    [{ pins: { red: 11, green: 11, blue: 15 } }, 'pins: found GPIO17 twice, expected each pin once'],
    [{ pins: { ...pins, red: 6 } }, 'found pin 6, which carries no signal, expected one that is a GPIO'],
  ])('%j', async (options, sentence) => {
    expect(await failureOf({ dry_run: '/dev/null', ...options })).toBe(sentence);
  });

  test.each([
    [{}, 'pins: found nothing'],
    [{ pins: { red: 1 } }, 'pins.green: found nothing'],
    [{ pins, gamma: 0 }, 'gamma: found 0, expected a number at least 1'],
  ])('%j is refused by the configuration', (options, sentence) => {
    expect(explain(ledOutput.options, options)).toContain(sentence);
  });
});
