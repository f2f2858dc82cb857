import { mkdir, open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openWavFile } from '../../../adapters/sound-out/wav-file.js';
import { readWav, wavHeader } from '../../../adapters/sound-out/wav-format.js';
import { temporaryFolder } from '../../support/cli.js';
import { createManualClock } from '../../support/manual-clock.js';

const RATE = 48_000;
const MOST_BYTES = 4_294_967_258;

async function headerOf(path: string): Promise<Buffer> {
  const file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(44), 0, 44, 0);
  await file.close();
  return buffer;
}

test('its header is right whenever it is looked at, and it is whole once it is closed', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'sound.wav');
  const clock = createManualClock();
  const file = await openWavFile(path, RATE, clock);
  let given = 0;
  for (let tick = 1; tick <= 300; tick += 1) {
    clock.advance(0.01);
    const { wanted } = file;
    given += wanted;
    file.write(Buffer.alloc(2 * wanted, 7));
    const header = await headerOf(path);
    const told = header.readUInt32LE(40);
    expect(header).toEqual(wavHeader(RATE, told));
    expect((await stat(path)).size).toBeGreaterThanOrEqual(44 + told);
    expect(told).toBeLessThanOrEqual(2 * given);
  }
  await file.close();
  expect(given).toBe(3.02 * RATE);
  expect(readWav(await readFile(path)).samples).toHaveLength(3.02 * RATE);
});

test('keeps in step with the clock when it could not be written for a while', async () => {
  await using folder = await temporaryFolder();
  const clock = createManualClock();
  const file = await openWavFile(join(folder.path, 'sound.wav'), RATE, clock);
  clock.advance(0.8);
  expect(file.wanted).toBe(0.82 * RATE);
  await file.close();
});

test('wants no more while two seconds wait for a disk that is slow', async () => {
  await using folder = await temporaryFolder();
  const clock = createManualClock();
  const file = await openWavFile(join(folder.path, 'sound.wav'), RATE, clock);
  // Nothing of this reaches the disk before the test waits for something.
  for (let tick = 0; tick < 500; tick += 1) {
    clock.advance(0.01);
    file.write(Buffer.alloc(2 * file.wanted));
  }
  expect(file.wanted).toBe(0);
  await file.close();
});

test('one that is there is written on, even if a crash left more than its header tells', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'sound.wav');
  await writeFile(path, Buffer.concat([wavHeader(RATE, 4), Buffer.from([1, 2, 3, 4, 99, 99, 99])]));
  const file = await openWavFile(path, RATE, createManualClock());
  file.write(Buffer.from([5, 6, 7, 8, 9, 10]));
  await file.close();
  const now = await readFile(path);
  expect([...now.subarray(44)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(now.subarray(0, 44)).toEqual(wavHeader(RATE, 10));
});

describe('is refused, and left alone', () => {
  const EXPECTED =
    'found another file there, expected none, or a WAV file of one channel, 16 bits and 48000 Hz';
  test.each([
    ['another file', Buffer.from('my diary')],
    ['sound of another rate', wavHeader(44_100, 0)],
    ['a length that is no whole sample', wavHeader(RATE, 3)],
    [
      'a header with something behind the sound',
      Buffer.concat([wavHeader(RATE, 2).fill(99, 4, 5), Buffer.alloc(9)]),
    ],
  ])('%s', async (_, content) => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'sound.wav');
    await writeFile(path, content);
    await expect(openWavFile(path, RATE, createManualClock())).rejects.toThrow(
      `cannot write ${path}: ${EXPECTED}`,
    );
    expect(await readFile(path)).toEqual(content);
  });

  test('a folder, a device, and a place that is not there', async () => {
    await using folder = await temporaryFolder();
    const clock = createManualClock();
    await mkdir(join(folder.path, 'folder.wav'));
    await expect(openWavFile(join(folder.path, 'folder.wav'), RATE, clock)).rejects.toThrow(
      /^cannot write .*: EISDIR/,
    );
    await expect(openWavFile(join(folder.path, 'no', 'a.wav'), RATE, clock)).rejects.toThrow(
      /^cannot write .*: ENOENT/,
    );
    await expect(openWavFile('/dev/null', RATE, clock)).rejects.toThrow(
      'cannot write /dev/null: found no plain file',
    );
  });
});

test('one that is full ends, in a sentence', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'full.wav');
  await writeFile(path, wavHeader(RATE, MOST_BYTES - 2));
  // The file has a hole instead of the sound, so that it takes no room.
  await truncate(path, 44 + MOST_BYTES - 2);
  const file = await openWavFile(path, RATE, createManualClock());
  file.write(Buffer.alloc(4));
  await file.close();
  expect(await file.ended).toBe(
    `cannot write ${path}: it is full, a WAV file holds at most 4 GiB; name another`,
  );
});
