import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { attributesIn, decimalOf, readShared } from '../../../adapters/sensors/sysfs.js';
import { createFakeMachine } from './fake-machine.js';

test('attributes come in the natural order of their devices', async () => {
  await using machine = await createFakeMachine();
  for (const device of ['hwmon10', 'hwmon9', 'hwmon0']) await machine.write(`sys/${device}/temp1_input`, '1');
  const paths = await attributesIn(machine.sys, /^temp1_input$/);
  expect(paths).toEqual(
    ['hwmon0', 'hwmon9', 'hwmon10'].map((device) => `${machine.sys}/${device}/temp1_input`),
  );
});

describe('a decimal', () => {
  test.each([
    ['42\n', 42],
    ['-0.5', -0.5],
    ['101.325000\n', 101.325],
  ])('%j is %d', (text, value) => {
    expect(decimalOf(text)).toBe(value);
  });

  test.each(['', '\n', '1e3', '0x10', '1.', '.5', '+1', '1 2', 'NaN', 'Infinity', '--1'])(
    '%j is none',
    (text) => {
      expect(decimalOf(text)).toBeNaN();
    },
  );

  test('is read back whatever it is, and nothing else is one', () => {
    const digits = fc.tuple(
      fc.integer({ min: -1_000_000, max: 1_000_000 }),
      fc.integer({ min: 0, max: 999_999 }),
    );
    fc.assert(
      fc.property(digits, ([whole, micro]) => {
        const text = `${whole}.${String(micro).padStart(6, '0')}`;
        expect(decimalOf(`${text}\n`)).toBe(Number(text));
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (!/^-?\d+(\.\d+)?$/.test(text.trim())) expect(decimalOf(text)).toBeNaN();
        else expect(Number.isFinite(decimalOf(text))).toBe(true);
      }),
    );
  });
});

describe('a shared read', () => {
  test('is one for all who ask while it is under way, and another afterwards', async () => {
    let reads = 0;
    const read = async () => {
      reads += 1;
      return String(reads);
    };
    expect(
      await Promise.all([readShared('/a', read), readShared('/a', read), readShared('/b', read)]),
    ).toEqual(['1', '1', '2']);
    expect(await readShared('/a', read)).toBe('3');
  });

  test('that fails is over too', async () => {
    await expect(readShared('/c', () => Promise.reject(new Error('EIO')))).rejects.toThrow('EIO');
    expect(await readShared('/c', async () => 'well')).toBe('well');
  });
});
