import { describe, expect, test } from '@jest/globals';
import { openPinDevice, type PinDeviceConfig } from '../../../adapters/drive/open-pin-device.js';
import { clocksOf } from '../../../adapters/drive/pi-clocks.js';
import { createRpioDoor } from '../../../adapters/rpio.js';
import { temporaryFolder } from '../../support/cli.js';
import { createFakeMachine } from '../sensors/fake-machine.js';
import { readPinLines } from './pin-lines.js';
import { recordRpio } from './recorded-rpio.js';

const motors: PinDeviceConfig = {
  device: 'motors',
  left: { enable: 12, in1: 17, in2: 27 },
  right: { enable: 13, in1: 22, in2: 23 },
  pwmHz: 1000,
};
const led: PinDeviceConfig = { device: 'led', red: 17, green: 27, blue: 22, isCommonAnode: true };
const strip: PinDeviceConfig = { device: 'strip', count: 1, order: 'GRB' };

async function openOn(model: string, config: PinDeviceConfig): Promise<string[]> {
  const { rpio, calls } = recordRpio();
  await using machine = await createFakeMachine(rpio);
  await machine.becomePi(model);
  await openPinDevice(config, createRpioDoor(machine));
  return calls;
}

describe('on the pins of a Raspberry Pi', () => {
  test('motors count by the crystal of the model', async () => {
    expect(await openOn('Raspberry Pi 3 Model B Plus Rev 1.3', motors)).toContain('pwmSetRange 12 4800');
    expect(await openOn('Raspberry Pi 4 Model B Rev 1.4', motors)).toContain('pwmSetRange 13 13500');
  });

  test('an LED is dark', async () => {
    expect(await openOn('Raspberry Pi Zero W Rev 1.1', led)).toEqual([
      'open 17 OUTPUT 1',
      'open 27 OUTPUT 1',
      'open 22 OUTPUT 1',
    ]);
  });

  test('a strip is dark, at the clock of the model or of the configuration', async () => {
    const dark = `spiWrite 00${'c0'.repeat(24)}${'00'.repeat(240)} 265`;
    expect(await openOn('Raspberry Pi 4 Model B Rev 1.4', strip)).toEqual([
      'spiBegin',
      'spiSetClockDivider 78',
      'spiSetDataMode 0',
      dark,
    ]);
    expect(await openOn('Raspberry Pi 4 Model B Rev 1.4', { ...strip, coreHz: 250e6 })).toContain(
      'spiSetClockDivider 40',
    );
  });
});

describe('a dry run', () => {
  test('writes what would happen, and leaves rpio alone', async () => {
    await using folder = await temporaryFolder();
    const dryRun = `${folder.path}/pins.log`;
    await using machine = await createFakeMachine();
    const door = createRpioDoor(machine);
    const device = await openPinDevice({ ...motors, dryRun }, door);
    device.apply([0.25, 0]);
    device.off();
    await openPinDevice({ ...strip, dryRun }, door);
    const lines = readPinLines(dryRun);
    expect(lines.map(({ text }) => text)).toEqual([
      ...['write 17 0', 'write 27 0', 'pulse 12 0', 'write 22 0', 'write 23 0', 'pulse 13 0'],
      ...['write 17 0', 'write 27 0', 'pulse 12 0', 'write 17 1', 'pulse 12 0.25'],
      ...['write 17 0', 'write 27 0', 'pulse 12 0', 'write 22 0', 'write 23 0', 'pulse 13 0'],
      `spi 00${'c0'.repeat(24)}${'00'.repeat(240)}`,
    ]);
    for (const { seconds } of lines) expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(10);
  });

  test('into a file that cannot be written says so', async () => {
    await using machine = await createFakeMachine();
    await expect(
      openPinDevice({ ...led, dryRun: '/no/such/folder/pins.log' }, createRpioDoor(machine)),
    ).rejects.toThrow('cannot append to /no/such/folder/pins.log: ENOENT');
  });
});

test.each([
  ['Raspberry Pi Model B Rev 2', 19.2, 250],
  ['Raspberry Pi 2 Model B Rev 1.1', 19.2, 250],
  ['Raspberry Pi Zero W Rev 1.1', 19.2, 250],
  ['Raspberry Pi Zero 2 W Rev 1.0', 19.2, 400],
  ['Raspberry Pi 3 Model B Rev 1.2', 19.2, 400],
  ['Raspberry Pi Compute Module 3 Plus Rev 1.0', 19.2, 400],
  ['Raspberry Pi 4 Model B Rev 1.4', 54, 500],
  ['Raspberry Pi 400 Rev 1.0', 54, 500],
  ['Raspberry Pi Compute Module 4 Rev 1.0', 54, 500],
])('%s has a crystal of %d MHz and a core of %d MHz', (model, oscillatorMhz, coreMhz) => {
  expect(clocksOf(model)).toEqual({ oscillatorHz: oscillatorMhz * 1e6, coreHz: coreMhz * 1e6 });
});
