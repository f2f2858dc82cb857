import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMcp3008 } from '../../../adapters/sensors/mcp3008.js';
import type { Measured } from '../../../adapters/sensors/sensor.js';
import { createFakeMcp3008 } from './fake-mcp3008.js';
import { createFakeBuses } from './fake-rpio.js';

const OPTIONS = { chipSelect: 0, channel: 0, isDifferential: false, referenceVolts: 3.3 };

function read(code: (isSingle: boolean, channel: number) => number, options = {}): Promise<Measured> {
  const buses = createFakeBuses();
  buses.spi.set(1, createFakeMcp3008(code));
  return createMcp3008(buses.rpio, { ...OPTIONS, chipSelect: 1, ...options }).read();
}

test.each([
  [0, 0],
  [1, 3.3 / 1024],
  [512, 1.65],
  [0b1010101010, (682 / 1024) * 3.3],
  [1023, (1023 / 1024) * 3.3],
])('the code %i is a share of the reference', async (code, volts) => {
  expect(await read(() => code)).toEqual({ value: expect.closeTo(volts, 9) });
});

test('each channel is asked for by its own bits, alone or against its neighbour', async () => {
  const channels = fc.integer({ min: 0, max: 7 });
  await fc.assert(
    fc.asyncProperty(
      channels,
      fc.boolean(),
      fc.integer({ min: 0, max: 1023 }),
      async (channel, pair, code) => {
        const asked: unknown[] = [];
        const measured = await read(
          (isSingle, asks) => {
            asked.push([isSingle, asks]);
            return code;
          },
          { channel, isDifferential: pair, referenceVolts: 1024 },
        );
        expect(measured).toEqual({ value: code });
        expect(new Set(asked.map(String))).toEqual(new Set([`${!pair},${channel}`]));
      },
    ),
    { numRuns: 50 },
  );
});

test('where nothing drives the line it says so', async () => {
  const sensor = createMcp3008(createFakeBuses().rpio, OPTIONS);
  expect(await sensor.read()).toEqual({
    reason: expect.stringMatching(
      /^mcp3008: CE0, channel 0: found a 1 where the chip sends a 0 .* check its wires/,
    ),
  });
});
