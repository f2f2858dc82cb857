import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { freemem, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createSystemReader, type SystemRoots, systemInput } from '../../../adapters/input/system.js';
import { createManualClock } from '../../support/manual-clock.js';
import { describeInput } from './input-suite.js';

describeInput(systemInput, async () => ({ options: { signal: 'memory' } }));

/** A machine of files, as Linux would show it. */
async function fakeMachine(): Promise<
  AsyncDisposable & SystemRoots & { write(path: string, text: string): Promise<void> }
> {
  const root = await mkdtemp(join(tmpdir(), 'becomingone-system-'));
  return {
    sys: join(root, 'sys'),
    proc: join(root, 'proc'),
    async write(path, text) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}

function netDev(interfaces: Record<string, [received: number, sent: number]>): string {
  const lines = Object.entries(interfaces).map(
    ([name, [received, sent]]) => `${name.padStart(6)}:${received} 8109 0 0 0 0 0 0 ${sent} 5267 0 0 0 0 0 0`,
  );
  return [
    'Inter-|   Receive      |  Transmit',
    ' face |bytes  packets errs |bytes packets',
    ...lines,
    '',
  ].join('\n');
}

describe('temperature', () => {
  test('is that of the hottest sensor which makes sense', async () => {
    await using machine = await fakeMachine();
    await machine.write('sys/class/thermal/thermal_zone0/temp', '41200\n');
    await machine.write('sys/class/thermal/thermal_zone0/type', 'cpu-thermal\n');
    await machine.write('sys/class/thermal/cooling_device0/cur_state', '90000\n');
    await machine.write('sys/class/hwmon/hwmon1/temp1_input', '38500\n');
    await machine.write('sys/class/hwmon/hwmon1/temp1_max', '99000\n');
    await machine.write('sys/class/hwmon/hwmon1/temp2_input', '-128000\n');
    await machine.write('sys/class/hwmon/hwmon1/temp3_input', '655350\n');
    await machine.write('sys/class/hwmon/hwmon1/temp4_input', 'broken\n');
    const read = createSystemReader('temperature', createManualClock(), machine);
    expect(await read()).toBe(41.2);
    await machine.write('sys/class/hwmon/hwmon1/temp1_input', '52000\n');
    expect(await read()).toBe(52);
  });

  test('is missed in words where there is none', async () => {
    await using machine = await fakeMachine();
    const read = createSystemReader('temperature', createManualClock(), machine);
    await expect(read()).rejects.toThrow(
      `this machine shows no temperature under ${machine.sys}/class/thermal`,
    );
  });

  test('that goes away is an error', async () => {
    await using machine = await fakeMachine();
    await machine.write('sys/class/thermal/thermal_zone0/temp', '41200\n');
    const read = createSystemReader('temperature', createManualClock(), machine);
    await read();
    await rm(machine.sys, { recursive: true });
    await expect(read()).rejects.toThrow('no temperature');
  });
});

describe('network', () => {
  test('is bytes a second in and out, without the loopback', async () => {
    await using machine = await fakeMachine();
    const clock = createManualClock();
    const read = createSystemReader('network', clock, machine);
    await machine.write('proc/net/dev', netDev({ lo: [9, 9], eth0: [1000, 500], wlan0: [0, 0] }));
    expect(await read()).toBeNull();
    clock.advance(2);
    await machine.write('proc/net/dev', netDev({ lo: [99_999, 99_999], eth0: [3000, 900], wlan0: [10, 20] }));
    expect(await read()).toBe((2000 + 400 + 10 + 20) / 2);
  });

  test('skips a reading when the counters start again', async () => {
    await using machine = await fakeMachine();
    const clock = createManualClock();
    const read = createSystemReader('network', clock, machine);
    await machine.write('proc/net/dev', netDev({ eth0: [1000, 500] }));
    await read();
    clock.advance(1);
    await machine.write('proc/net/dev', netDev({ eth0: [10, 0] }));
    expect(await read()).toBeNull();
    clock.advance(1);
    await machine.write('proc/net/dev', netDev({ eth0: [30, 5] }));
    expect(await read()).toBe(25);
  });

  test('is missed in words where there is only the loopback', async () => {
    await using machine = await fakeMachine();
    await machine.write('proc/net/dev', netDev({ lo: [9, 9] }));
    const read = createSystemReader('network', createManualClock(), machine);
    await expect(read()).rejects.toThrow('no network but its own loopback');
  });
});

test('cpu is a share between two readings', async () => {
  const read = createSystemReader('cpu', createManualClock());
  expect(await read()).toBeNull();
  const busyUntil = performance.now() + 60;
  while (performance.now() < busyUntil);
  const share = await read();
  expect(share).toBeGreaterThan(0);
  expect(share).toBeLessThanOrEqual(1);
});

test('memory is the share in use', async () => {
  expect(await createSystemReader('memory', createManualClock())()).toBeCloseTo(
    1 - freemem() / totalmem(),
    1,
  );
});

test.each(['cpu', 'memory', 'temperature', 'network'] as const)('probes %s in words', async (signal) => {
  const probe = await systemInput.probe?.({ signal });
  expect(probe).toEqual(
    probe?.ok ? { ok: true } : { ok: false, reason: expect.stringMatching(/^this machine \w+ /) },
  );
});
