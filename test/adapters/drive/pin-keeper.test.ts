import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PinDevice } from '../../../adapters/drive/pin-device.js';
import { keepPins } from '../../../adapters/drive/pin-keeper.js';
import { createManualClock } from '../../support/manual-clock.js';
import { settled } from '../samples.js';

const SPEED = { least: -1, most: 1 };

function startKeeper(silenceSeconds?: number, more: Partial<PinDevice> = {}) {
  const acts: string[] = [];
  const answers: (string | null)[] = [];
  const clock = createManualClock();
  const commands = new PassThrough();
  const device: PinDevice = {
    ranges: [SPEED, SPEED],
    apply: (numbers) => void acts.push(numbers.join(' ')),
    off: () => void acts.push('off'),
    ...more,
  };
  const answer = (fault: string | null): void => void answers.push(fault);
  const ended = keepPins(device, { clock, commands, answer, silenceSeconds });
  const tell = async (text: string | Buffer): Promise<void> => {
    commands.write(text);
    await settled();
  };
  return { acts, answers, clock, commands, ended, tell };
}

describe('who keeps the pins', () => {
  test('does as each line says, and answers it', async () => {
    const { acts, answers, tell } = startKeeper(0.3);
    await tell('0.5 -1\n0 ');
    await tell('1\n');
    expect([acts, answers]).toEqual([
      ['0.5 -1', '0 1'],
      [null, null],
    ]);
  });

  test.each(['end', 'destroy'] as const)('turns it off when the commands %s', async (way) => {
    const { acts, commands, ended, tell } = startKeeper(0.3);
    await tell('1 1\n');
    commands[way]();
    await ended;
    expect(acts).toEqual(['1 1', 'off']);
  });

  test('turns it off after a silence, and goes on when there is a word', async () => {
    const { acts, clock, tell } = startKeeper(0.3);
    await tell('1 1\n');
    clock.advance(0.29);
    await tell('1 1\n');
    clock.advance(0.29);
    expect(acts).toEqual(['1 1', '1 1']);
    clock.advance(0.02);
    expect(acts).toEqual(['1 1', '1 1', 'off']);
    await tell('1 1\n');
    expect(acts.at(-1)).toBe('1 1');
  });

  test('leaves a light as it is, however long the silence', async () => {
    const { acts, clock, tell } = startKeeper();
    await tell('1 1\n');
    clock.advance(3600);
    expect(acts).toEqual(['1 1']);
  });

  test.each([
    ['1', 'found the command 1, expected numbers: -1 to 1, -1 to 1'],
    ['1 1 1', 'found the command 1 1 1, expected numbers'],
    ['1.0001 0', 'found the command 1.0001 0, expected numbers'],
    ['NaN 0', 'found the command NaN 0, expected numbers'],
    ['0 -Infinity', 'found the command 0 -Infinity, expected numbers'],
    [' 1', 'found the command  1, expected numbers'],
    ['', 'found the command , expected numbers'],
    ['1 '.repeat(300), 'found a line without an end'],
  ])('turns it off at the command %j', async (line, fault) => {
    const { acts, answers, tell } = startKeeper(0.3);
    await tell('1 1\n');
    await tell(`${line}\n`);
    expect(acts).toEqual(['1 1', 'off']);
    expect(answers).toEqual([null, expect.stringContaining(fault)]);
  });

  test('turns it off when the device does not do as it is told', async () => {
    const { acts, answers, tell } = startKeeper(0.3, {
      apply() {
        throw new Error('GPIO18 is currently in use by /sys/class/gpio');
      },
    });
    await tell('1 1\n');
    expect([acts, answers]).toEqual([['off'], ['GPIO18 is currently in use by /sys/class/gpio']]);
  });

  test('never lets through what is out of range, whatever it reads', async () => {
    const word = fc.oneof(
      fc.double().map(String),
      fc.double({ min: -1.1, max: 1.1, noNaN: true }).map(String),
      fc.string(),
      fc.constantFrom('0x1', '1e0', '1e1', '-0', '٣', 'null', '1_0'),
    );
    const line = fc.oneof(
      fc.tuple(word, word).map((words) => words.join(' ')),
      fc.string(),
    );
    const applied: (readonly number[])[] = [];
    const { answers, tell } = startKeeper(0.3, { apply: (numbers) => void applied.push(numbers) });
    await fc.assert(
      fc.asyncProperty(fc.array(line), async (lines) => {
        await tell(`${lines.join('\n')}\n`);
      }),
      { numRuns: 500 },
    );
    expect(applied.length).toBeGreaterThan(100);
    expect(answers.filter((fault) => fault !== null).length).toBeGreaterThan(100);
    for (const numbers of applied) {
      expect(numbers).toHaveLength(2);
      expect(numbers.every((number) => number >= -1 && number <= 1)).toBe(true);
    }
  });
});
