// Needs: arecord, ffmpeg, sox, espeak-ng
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { speechInput } from '../../../adapters/input/speech.js';
import { type Utterance, UtteranceCutter } from '../../../adapters/speech/utterance-cutter.js';
import { wavFile } from '../../../adapters/speech/wav.js';
import { systemClock } from '../../../contract/clock.js';
import { createManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';
import { killProgram } from '../child-processes.js';
import { openAlsaFifo } from '../sound/alsa-fifo.js';
import { createInputBench, describeInput, type InputBench } from './input-suite.js';
import { temporaryFolder } from './temporary-folder.js';
import {
  type ReceivedSpeech,
  startWhisperServer,
  understands,
  type WhisperServer,
} from './whisper-server.js';

const RATE_HZ = 16_000;

/** So many seconds of a tone of 400 Hz at an amplitude, S16_LE. */
function tone(seconds: number, amplitude: number): Int16Array {
  return Int16Array.from({ length: Math.round(seconds * RATE_HZ) }, (_, index) =>
    Math.round(32_767 * amplitude * Math.sin((2 * Math.PI * 400 * index) / RATE_HZ)),
  );
}

function joined(...sounds: readonly Int16Array[]): Int16Array {
  return Int16Array.from(sounds.flatMap((sound) => [...sound]));
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Int16Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** Short, because a test speaks faster than anybody does, and what comes far too fast is refused. */
const WORD = joined(tone(0.14, 0.5), tone(0.12, 0));
const MOST_AT_ONCE = 3;
const NOTHING: ReceivedSpeech = { file: Buffer.alloc(44), fileName: '', fields: {} };

describeInput(speechInput, async () => {
  const device = openAlsaFifo();
  const server = await startWhisperServer();
  let said = 0;
  const feed = (): void => {
    if (said >= server.heard.length + MOST_AT_ONCE) return;
    said += 1;
    device.hear(WORD);
  };
  feed();
  return {
    options: { url: server.url, program: 'arecord', device: 'fifo', pause: 0.1 },
    feed,
    async kill() {
      await killProgram('arecord');
      // What was said to it is lost.
      said = server.heard.length;
    },
    ruin: () => device.unplug(),
    async [Symbol.asyncDispose]() {
      await server.stop();
      await device[Symbol.asyncDispose]();
    },
  };
});

/** A microphone into which a test speaks, and an input that hears it. */
interface Conversation extends InputBench, AsyncDisposable {
  say(sound: Int16Array): void;
}

async function converse(
  server: WhisperServer,
  options: object = {},
  clock = systemClock,
): Promise<Conversation> {
  const device = openAlsaFifo();
  const bench = createInputBench(clock);
  const stop = new AbortController();
  const settings = { url: server.url, program: 'arecord', device: 'fifo', pause: 0.1, ...options };
  const running = speechInput.create(speechInput.options.parse(settings), bench.context).run(stop.signal);
  return {
    ...bench,
    say: (sound) => device.hear(sound),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      await device[Symbol.asyncDispose]();
    },
  };
}

const read = ({ readings }: InputBench, count: number): Promise<void> =>
  until(() => readings.length >= count, `reading ${count}`);

/** What a WAV file says of itself, by the fields of its 44 bytes. */
function describeWav(file: Buffer) {
  return {
    riff: file.toString('latin1', 0, 4),
    fileBytes: file.readUInt32LE(4) + 8,
    wave: file.toString('latin1', 8, 16),
    formatBytes: file.readUInt32LE(16),
    format: file.readUInt16LE(20),
    channels: file.readUInt16LE(22),
    rateHz: file.readUInt32LE(24),
    byteRate: file.readUInt32LE(28),
    blockBytes: file.readUInt16LE(32),
    bits: file.readUInt16LE(34),
    data: file.toString('latin1', 36, 40),
    dataBytes: file.readUInt32LE(40),
  };
}

test('a WAV file is what sox takes for one', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'tone.wav');
  const samples = tone(1.5, 0.5);
  const file = Buffer.from(wavFile(bytesOf(samples), RATE_HZ));
  writeFileSync(path, file);
  expect(describeWav(file)).toEqual({
    riff: 'RIFF',
    fileBytes: file.length,
    wave: 'WAVEfmt ',
    formatBytes: 16,
    format: 1,
    channels: 1,
    rateHz: 16_000,
    byteRate: 32_000,
    blockBytes: 2,
    bits: 16,
    data: 'data',
    dataBytes: 48_000,
  });
  const info = execFileSync('sox', ['--i', path], { encoding: 'utf8' });
  expect(info).toMatch(/Channels +: 1\nSample Rate +: 16000\nPrecision +: 16-bit\nDuration +: 00:00:01.50 /);
  const raw = execFileSync('sox', [path, '-t', 'raw', '-']);
  expect(raw.equals(bytesOf(samples))).toBe(true);
});

describe('speech', () => {
  test('that espeak-ng speaks and ffmpeg plays arrives as it was spoken, and becomes a reading', async () => {
    await using folder = await temporaryFolder();
    const [spoken, bare, played, heard] = ['spoken', 'bare', 'played', 'heard'].map((name) =>
      join(folder.path, `${name}.wav`),
    ) as [string, string, string, string];
    const info = (path: string) =>
      ['-r', '-c', '-b', '-e', '-D'].map((what) => execFileSync('soxi', [what, path]).toString().trim());
    const trim = ['silence', '1', '0.01', '2%', 'reverse'];
    execFileSync('espeak-ng', ['-w', spoken, 'hello world']);
    execFileSync('sox', [spoken, bare, ...trim, ...trim]);
    execFileSync('sox', [bare, played, 'pad', '0.5', '0.7']);
    await using server = await startWhisperServer();
    const ffmpeg = { program: 'ffmpeg', format: 'file', device: played };
    await using input = await converse(server, { ...ffmpeg, pause: 0.4, language: 'en', measure: 'words' });
    const startedAt = systemClock.nowSeconds();
    await read(input, 1);
    const readAt = systemClock.nowSeconds();
    expect(input.readings[0]?.value).toBe(5);
    const [{ file, fileName, fields } = NOTHING] = server.heard;
    expect(fileName).toBe('speech.wav');
    expect(fields).toEqual({ temperature: '0.0', response_format: 'json', language: 'en' });
    writeFileSync(heard, file);
    const [rate, channels, bits, encoding, seconds] = info(heard);
    expect([rate, channels, bits, encoding]).toEqual(['16000', '1', '16', 'Signed Integer PCM']);
    const spokenSeconds = Number(info(bare)[4]);
    // A margin of 0.2 s stands before and after.
    expect(Math.abs(Number(seconds) - spokenSeconds - 0.4)).toBeLessThan(0.1);
    // It counts from when it began, and was read when it was over.
    const { wholeSeconds = 0, fraction = 0 } = input.readings[0]?.at ?? {};
    expect(wholeSeconds + fraction).toBeGreaterThan(startedAt);
    expect(readAt - (wholeSeconds + fraction)).toBeGreaterThan(spokenSeconds);
  });

  test('is measured as text is a line', async () => {
    await using server = await startWhisperServer();
    for (const [measure, value] of [
      ['rhythm', 1],
      ['length', 25],
      ['words', 5],
    ] as const) {
      await using input = await converse(server, { measure });
      input.say(WORD);
      await read(input, 1);
      expect(input.readings[0]?.value).toBe(value);
    }
  });

  test('is not what whisper notes of noises', async () => {
    await using server = await startWhisperServer();
    await using input = await converse(server, { measure: 'length' });
    const noises = ['[BLANK_AUDIO]', ' (wind blowing)\n', '*laughs*', '', ' \n'];
    for (const [index, text] of [...noises, ' (coughs) Yes.\n'].entries()) {
      server.answer = understands(text);
      input.say(WORD);
      await server.received(index + 1);
    }
    await read(input, 1);
    expect(input.readings.map(({ value }) => value)).toEqual([4]);
  });

  test('silence is not sent', async () => {
    await using server = await startWhisperServer();
    await using input = await converse(server);
    input.say(joined(tone(1, 0.01), WORD));
    await read(input, 1);
    expect(server.heard).toHaveLength(1);
    expect(describeWav((server.heard[0] ?? NOTHING).file).dataBytes / 32_000).toBeCloseTo(0.46, 1);
  });
});

describe('a server', () => {
  test('that is slower than who speaks gets the newest utterances', async () => {
    const waiting: (() => void)[] = [];
    await using server = await startWhisperServer((response) => {
      waiting.push(() => understands('Yes.')(response, 0));
    });
    await using input = await converse(server);
    for (let word = 0; word < 6; word += 1) input.say(WORD);
    await until(() => {
      input.say(tone(0.01, 0));
      return input.rejections.length === 1;
    }, 'the one that is left out');
    expect(input.rejections[0]).toMatch(
      /^left out 0\.\d s of speech, because the server is slower than who speaks$/,
    );
    await until(() => {
      for (const give of waiting.splice(0)) give();
      return input.readings.length === 5;
    }, 'the reading of the others');
    expect(server.heard).toHaveLength(5);
  });

  test('that answers with something else is lost, until it answers', async () => {
    const answers: readonly (readonly [WhisperServer['answer'], string])[] = [
      [(response) => response.writeHead(500).end('{"error":"no memory"}'), 'Server Error: "no memory"'],
      [(response) => response.end('{"error":"no memory"}'), 'found "no memory", expected {"text"'],
      [(response) => response.end('<h1>hi</h1>'), 'found nothing, expected {"text"'],
      [(response) => response.end('{"text": 7}'), 'found {"text":7}, expected {"text"'],
      [(response) => response.end('x'.repeat(2e6)), 'more than 1048576 bytes'],
      [
        (response) => response.writeHead(200, { 'content-length': 99 }).write('{', () => response.destroy()),
        '/inference: ',
      ],
    ];
    await using server = await startWhisperServer();
    await using input = await converse(server);
    for (const [index, [answer, reason]] of answers.entries()) {
      server.answer = answer;
      input.say(WORD);
      await until(() => input.losses.length === index + 1, `sentence ${index}`);
      expect(input.losses[index]).toContain(`POST ${server.url}`);
      expect(input.losses[index]).toContain(reason);
    }
    server.answer = understands('Yes.');
    input.say(WORD);
    await read(input, 1);
  });

  test('that hangs is given up', async () => {
    await using server = await startWhisperServer(() => {});
    const clock = createManualClock();
    await using input = await converse(server, { timeout: '5s' }, clock);
    input.say(WORD);
    await server.received(1);
    clock.advance(4.9);
    expect(server.open).toBe(1);
    clock.advance(0.1);
    await until(() => input.losses.length === 1, 'the sentence');
    expect(input.losses[0]).toBe(`POST ${server.url}: no answer within 5 s`);
  });

  test('that still listens when the input stops is left', async () => {
    await using server = await startWhisperServer(() => {});
    {
      await using input = await converse(server);
      input.say(WORD);
      await server.received(1);
    }
    await until(() => server.open === 0, 'the end of the request');
  });

  test('that does not run is said how to start', async () => {
    const server = await startWhisperServer();
    await server.stop();
    await using input = await converse(server);
    input.say(WORD);
    await until(() => input.losses.length === 1, 'the sentence');
    const { port } = new URL(server.url);
    const advice = `; start whisper.cpp's server there: whisper-server -m ggml-base.en.bin --port ${port}`;
    expect(input.losses[0]).toContain('ECONNREFUSED');
    expect(input.losses[0]).toContain(advice);
    const options = speechInput.options.parse({ url: server.url });
    expect(await speechInput.probe?.(options)).toEqual({
      ok: false,
      reason: expect.stringContaining(advice),
    });
  });
});

describe('a probe', () => {
  test('has silence transcribed, and records', async () => {
    await using server = await startWhisperServer();
    await using device = openAlsaFifo();
    device.hear(tone(0.1, 0.1));
    const options = speechInput.options.parse({ url: server.url, device: 'fifo', program: 'arecord' });
    expect(await speechInput.probe?.(options)).toEqual({
      ok: true,
      detail: `sound comes through arecord, and ${server.url} turns it into text`,
    });
    expect(describeWav((server.heard[0] ?? NOTHING).file).dataBytes).toBe(32_000);
  });
});

describe('an utterance', () => {
  const OPTIONS = { rateHz: RATE_HZ, threshold: 0.1, pauseSeconds: 0.3, longestSeconds: 2 };

  /** What is cut out of a sound that comes in pieces, and when each began, in seconds of the sound. */
  function cut(sound: Int16Array, pieceBytes: readonly number[] = [3200]): Utterance[] {
    const bytes = bytesOf(sound);
    const found: Utterance[] = [];
    const cutter = new UtteranceCutter(OPTIONS, (utterance) => found.push(utterance));
    for (let start = 0, turn = 0; start < bytes.length; turn += 1) {
      const end = Math.min(bytes.length, start + (pieceBytes[turn % pieceBytes.length] ?? 1));
      cutter.take(bytes.subarray(start, end), (samplesAfter) => {
        const seconds = (end / 2 - samplesAfter) / RATE_HZ;
        return { wholeSeconds: 0, fraction: seconds };
      });
      start = end;
    }
    return found;
  }

  test('is what is loud, with a margin, and begins when it became loud', () => {
    const [only, ...others] = cut(joined(tone(1, 0.05), tone(0.6, 0.5), tone(1, 0)));
    expect(others).toEqual([]);
    expect(only?.seconds).toBeCloseTo(1, 1);
    expect(only?.samples.length).toBe(Math.round((only?.seconds ?? 0) * 32_000));
    expect(only?.at.fraction).toBeCloseTo(1, 1);
  });

  test('goes on through a short silence, and ends with a long one', () => {
    const found = cut(
      joined(tone(0.4, 0.5), tone(0.2, 0), tone(0.4, 0.5), tone(0.5, 0), tone(0.3, 0.5), tone(0.5, 0)),
    );
    expect(found.map(({ seconds }) => Math.round(seconds * 10) / 10)).toEqual([1.2, 0.7]);
  });

  test('is no knock', () => {
    expect(cut(joined(tone(0.06, 0.9), tone(1, 0)))).toEqual([]);
  });

  test('is cut when it is too long', () => {
    const found = cut(joined(tone(5, 0.5), tone(1, 0)));
    expect(found.map(({ seconds }) => Math.round(seconds * 10) / 10)).toEqual([2, 2, 1.2]);
  });

  test('is the same however the sound is cut, in the middle of a sample too', () => {
    const sound = joined(tone(0.2, 0), tone(0.3, 0.5), tone(0.5, 0));
    const whole = cut(sound);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 5 }), (sizes) => {
        const pieces = cut(sound, sizes);
        expect(pieces).toHaveLength(1);
        expect(pieces[0]?.samples.equals(whole[0]?.samples ?? Buffer.alloc(0))).toBe(true);
        expect(pieces[0]?.at.fraction).toBeCloseTo(whole[0]?.at.fraction ?? 0, 3);
      }),
      { numRuns: 30 },
    );
  });
});
