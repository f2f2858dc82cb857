// Needs: sox
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { resample } from '../../../adapters/sound-out/resample.js';
import { readWav, wavHeader } from '../../../adapters/sound-out/wav-format.js';

const pcm = (...samples: number[]): Buffer => {
  const bytes = Buffer.alloc(2 * samples.length);
  for (const [index, sample] of samples.entries()) bytes.writeInt16LE(sample, 2 * index);
  return bytes;
};

test('what sox makes is the header that we make, and is read', () => {
  const made = execFileSync('sox', [
    '-D',
    '-n',
    '-r',
    '48000',
    '-c',
    '1',
    '-b',
    '16',
    '-t',
    'wav',
    '-',
    'synth',
    '0.1',
    'sine',
    '440',
  ]);
  // Into a pipe sox cannot write the length, which is all that differs.
  const header = wavHeader(48_000, 9600);
  for (const [from, to] of [
    [0, 4],
    [8, 40],
  ]) {
    expect(made.subarray(from, to)).toEqual(header.subarray(from, to));
  }
  expect([header.readUInt32LE(4), header.readUInt32LE(40)]).toEqual([9636, 9600]);
  const { rateHz, samples } = readWav(made);
  expect([rateHz, samples.length]).toEqual([48_000, 4800]);
  expect(Math.max(...samples)).toBeGreaterThan(0.9);
});

describe('a WAV file', () => {
  test('whose length is not the one it says gives what is there', () => {
    const file = Buffer.concat([wavHeader(22_050, 0x7fff_f000), pcm(16_384, -32_768)]);
    expect(readWav(file)).toEqual({ rateHz: 22_050, samples: Float32Array.of(0.5, -1) });
  });

  test('may hold other things before its sound', () => {
    const other = Buffer.from('LIST\x03\0\0\0abc\0', 'latin1');
    const header = wavHeader(8000, 2);
    const file = Buffer.concat([
      header.subarray(0, 12),
      other,
      header.subarray(12, 36),
      other,
      header.subarray(36),
      pcm(8192),
    ]);
    expect(readWav(file)).toEqual({ rateHz: 8000, samples: Float32Array.of(0.25) });
  });

  test.each([
    ['is none', Buffer.from('Error: no such voice'), 'found 20 bytes that are no WAV file'],
    ['is empty', Buffer.alloc(0), 'found 0 bytes that are no WAV file'],
    ['ends early', wavHeader(8000, 0).subarray(0, 36), 'found a WAV file without sound'],
    ['ends within its format', wavHeader(8000, 0).subarray(0, 30), 'found a WAV file with half a header'],
    [
      'is stereo',
      Buffer.concat([wavHeader(8000, 2).fill(2, 22, 23), pcm(1)]),
      'found a WAV file of coding 1, 2 channels, 16 bits and 8000 Hz, expected PCM of one channel and 16 bits',
    ],
  ])('that %s is refused in a sentence', (_, file, sentence) => {
    expect(() => readWav(file)).toThrow(new Error(sentence));
  });

  test('of any bytes gives sound or a sentence', () => {
    const broken = fc
      .tuple(fc.uint8Array({ maxLength: 200 }), fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 6 }))
      .map(([tail, changes]) => {
        const file = Buffer.concat([wavHeader(22_050, tail.length), tail]);
        for (const [at, byte] of changes) if (at < file.length) file[at] = byte;
        return file;
      });
    fc.assert(
      fc.property(
        fc.oneof(
          broken,
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        ),
        (file) => {
          try {
            const { rateHz, samples } = readWav(file);
            expect(rateHz).toBeGreaterThan(0);
            expect(samples.every((sample) => Math.abs(sample) <= 1)).toBe(true);
          } catch (error) {
            expect((error as Error).message).toMatch(/^found /);
          }
        },
      ),
    );
  });
});

test('sound at another rate takes as long, and is on straight lines between its samples', () => {
  expect([...resample({ rateHz: 2, samples: Float32Array.of(0, 1, 0.5, -1) }, 4)]).toEqual([
    0, 0.5, 1, 0.75, 0.5, -0.25, -1, -1,
  ]);
  expect(resample({ rateHz: 22_050, samples: new Float32Array(22_050) }, 48_000)).toHaveLength(48_000);
  expect(resample({ rateHz: 22_050, samples: new Float32Array(0) }, 48_000)).toHaveLength(0);
});
