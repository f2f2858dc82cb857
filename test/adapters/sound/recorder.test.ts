import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Recording, recorderCommand } from '../../../adapters/sound/recorder.js';
import { adviseOnSound } from '../../../adapters/sound/sound-advice.js';

const ALSA: Recording = {
  program: 'auto',
  format: 'alsa',
  device: 'plughw:1',
  rateHz: 16_000,
  periodSamples: 160,
};
const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
});

describe('auto takes', () => {
  test.each([
    [['sox', 'ffmpeg', 'arecord'], 'arecord'],
    [['sox', 'ffmpeg'], 'ffmpeg'],
    [['sox'], 'sox'],
  ])('of %j %s', async (installed, chosen) => {
    const folder = await mkdtemp(join(tmpdir(), 'becomingone-recorders-'));
    for (const program of installed) {
      await writeFile(join(folder, program), '');
      await chmod(join(folder, program), 0o755);
    }
    process.env.PATH = folder;
    const { program, args } = await recorderCommand(ALSA);
    expect(program).toBe(chosen);
    expect(args).toContain('plughw:1');
    await rm(folder, { recursive: true });
  });

  test('ffmpeg for what is not ALSA, installed or not', async () => {
    process.env.PATH = '';
    const { program, install } = await recorderCommand({ ...ALSA, format: 'pulse' });
    expect([program, install]).toEqual(['ffmpeg', 'apt-get install ffmpeg']);
  });
});

test('arecord is asked to tell of each frame, and to keep half a second for late readers', async () => {
  const { args } = await recorderCommand({ ...ALSA, program: 'arecord' });
  expect(args.join(' ')).toBe(
    '-q -D plughw:1 -t raw -f S16_LE -c 1 -r 16000 --period-size=160 --buffer-size=8000',
  );
});

test('sox is asked for the same, and for no dither', async () => {
  const { args } = await recorderCommand({ ...ALSA, program: 'sox' });
  const sound = '-r 16000 -c 1 -e signed-integer -b 16';
  expect(args.join(' ')).toBe(`-q -D --buffer 320 ${sound} -t alsa plughw:1 ${sound} -L -t raw -`);
});

test.each([
  ['alsa', '-f alsa -sample_rate 16000 -channels 1 -i plughw:1'],
  ['pulse', '-f pulse -sample_rate 16000 -channels 1 -fragment_size 320 -i plughw:1'],
  ['avfoundation', '-f avfoundation -i plughw:1'],
  ['lavfi', '-re -f lavfi -i plughw:1'],
  ['file', '-re -stream_loop -1 -i plughw:1'],
])('ffmpeg is told how to read %s', async (format, expected) => {
  const { args } = await recorderCommand({ ...ALSA, program: 'ffmpeg', format });
  expect(args.join(' ')).toBe(
    `-nostdin -hide_banner -loglevel error ${expected} -vn -ac 1 -ar 16000 -f s16le -flush_packets 1 pipe:1`,
  );
});

// As alsa-utils 1.2.8, FFmpeg 5.1 and SoX 14.4 print it.
test.each([
  ['arecord: main:831: audio open error: Device or resource busy', 'another program has the device'],
  ["sox FAIL formats: can't open input `hw:1': snd_pcm_open error: Device or resource busy", 'close it'],
  ['[alsa @ 0x5] cannot open audio device hw:1 (Permission denied)\nhw:1: Input/output error', 'audio $USER'],
  ['arecord: set_params:1345: Channels count non available', 'plughw:1 instead of hw:1'],
  ['arecord: set_params:1339: Sample format non available', 'plughw:1 instead of hw:1'],
  ['arecord: main:831: audio open error: No such file or directory', 'arecord -L'],
  ['arecord: main:831: audio open error: No such device', 'arecord -L'],
  ['default: Connection refused', 'PulseAudio or PipeWire'],
])('%s is answered by what to do', (said, advice) => {
  expect(adviseOnSound(said)).toContain(advice);
});

test('what is not known is left without advice', () => {
  expect(adviseOnSound('overrun!!! (at least 12.3 ms long)')).toBeUndefined();
});
