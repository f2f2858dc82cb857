// Needs: espeak-ng
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Announcer, type AnnouncerOptions, speakable } from '../../adapters/announcer.js';
import { Voice } from '../../adapters/sound-out/voice.js';
import { temporaryFolder } from '../support/cli.js';
import { createManualClock } from '../support/manual-clock.js';
import { until } from '../support/until.js';
import { childProcesses } from './child-processes.js';

const RATE = 48_000;
const path = process.env.PATH;
afterEach(async () => {
  process.env.PATH = path;
  await until(() => childProcesses().length === 0, 'the end of espeak-ng');
});

/** An announcer, what it said so far, and ears that hear a second at a time. */
function createAnnouncer(options: Partial<AnnouncerOptions> = {}) {
  const clock = createManualClock();
  const voice = new Voice(RATE);
  const complaints: (string | null)[] = [];
  let woken = 0;
  const announcer = new Announcer({
    clock,
    rateHz: RATE,
    language: 'en',
    voice,
    wake: () => {
      woken += 1;
    },
    complain: (reason) => complaints.push(reason),
    ...options,
  });
  /** How many samples are said until nothing more is, and how loud they are. */
  const hearOut = async (): Promise<{ samples: number; loudest: number }> => {
    await until(() => voice.isSpeaking, 'that it speaks');
    let [samples, loudest] = [0, 0];
    while (voice.isSpeaking) {
      const mix = new Float64Array(480);
      voice.addTo(mix, 1);
      samples += mix.length;
      loudest = Math.max(loudest, ...mix.map(Math.abs));
    }
    return { samples, loudest };
  };
  return { announcer, clock, voice, complaints, hearOut, woken: () => woken };
}

/** Puts an espeak-ng on the PATH that does as a script says; $TEXT is what it is to speak. */
async function installEspeak(folder: string, script: string): Promise<void> {
  const file = join(folder, 'espeak-ng');
  await writeFile(file, `#!/bin/sh\nTEXT=$(cat)\n${script}\n`);
  await chmod(file, 0o755);
  process.env.PATH = `${folder}:/usr/bin:/bin`;
}

describe('a text', () => {
  test('is spoken, as long as it takes to say it', async () => {
    const { announcer, hearOut, complaints, woken } = createAnnouncer();
    announcer.say('one two three four five six seven eight nine ten');
    const { samples, loudest } = await hearOut();
    expect(samples / RATE).toBeGreaterThan(2);
    expect(samples / RATE).toBeLessThan(6);
    expect(loudest).toBeGreaterThan(0.1);
    expect([woken(), complaints]).toEqual([1, [null]]);
  });

  test('that looks like an option or a command is text', async () => {
    await using folder = await temporaryFolder();
    const { announcer, hearOut } = createAnnouncer();
    const file = join(folder.path, 'hacked');
    announcer.say(`-w ${file} $(touch ${file})`);
    await hearOut();
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });

  test.each(['', '   ', '\0\x07\n'])('of nothing that can be spoken is left out: %j', async (text) => {
    const { announcer, hearOut } = createAnnouncer();
    announcer.say(text);
    announcer.say('yes');
    await hearOut();
  });

  test('is spoken without control characters, and no longer than anybody listens to', () => {
    expect(speakable('one\r\n\x1b[1mtwo\0\u2028three\ud800 ')).toBe('one [1mtwo three');
    expect(speakable('a'.repeat(10_000))).toHaveLength(500);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 700 }), (text) => {
        const spoken = speakable(text);
        expect([...spoken].length).toBeLessThanOrEqual(500);
        expect(spoken).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      }),
      { numRuns: 30 },
    );
  });
});

test('one is spoken at a time; of those that come meanwhile the newest is', async () => {
  await using folder = await temporaryFolder();
  const log = join(folder.path, 'log');
  await installEspeak(
    folder.path,
    `echo "$TEXT" >> ${log}; echo "$TEXT" | /usr/bin/espeak-ng --stdin --stdout`,
  );
  const { announcer, hearOut } = createAnnouncer();
  announcer.say('first');
  await until(() => childProcesses().length === 1, 'the start of espeak-ng');
  for (let n = 2; n < 1000; n += 1) announcer.say(`number ${n}`);
  announcer.say('last');
  await hearOut();
  await hearOut();
  expect(await readFile(log, 'utf8')).toBe('first\nlast\n');
});

describe('hushing', () => {
  test('breaks off by a ramp, forgets what waits, and does not hinder what comes then', async () => {
    const { announcer, voice, hearOut } = createAnnouncer();
    announcer.say('a long story');
    announcer.say('another one');
    await until(() => voice.isSpeaking, 'that it speaks');
    voice.addTo(new Float64Array(4800), 1);
    announcer.hush();
    expect((await hearOut()).samples).toBeLessThanOrEqual(480);
    announcer.say('yes');
    expect((await hearOut()).samples).toBeGreaterThan(4800);
    expect(voice.isSpeaking).toBe(false);
  });

  test('ends espeak-ng while it works', async () => {
    await using folder = await temporaryFolder();
    await installEspeak(folder.path, 'exec sleep 1000');
    const { announcer, voice, complaints } = createAnnouncer();
    announcer.say('a long story');
    await until(() => childProcesses().length === 1, 'the start of espeak-ng');
    announcer.hush();
    await until(() => childProcesses().length === 0, 'the end of espeak-ng');
    expect([voice.isSpeaking, complaints]).toEqual([false, []]);
  });
});

describe('espeak-ng', () => {
  test('that is missing is told of, with what brings it; and that it is there again', async () => {
    process.env.PATH = '/nonexistent';
    const { announcer, complaints, hearOut } = createAnnouncer();
    announcer.say('hello');
    await until(() => complaints.length > 0, 'a complaint');
    expect(complaints).toEqual([
      'found no program espeak-ng on the PATH; install it: apt-get install espeak-ng',
    ]);
    process.env.PATH = path;
    announcer.say('hello');
    await hearOut();
    expect(complaints.at(-1)).toBeNull();
  });

  test('without the voice says so', async () => {
    const { announcer, complaints } = createAnnouncer({ language: 'nosuchvoice' });
    announcer.say('hello');
    await until(() => complaints.length > 0, 'a complaint');
    expect(complaints[0]).toMatch(/^espeak-ng ended with exit code 1: .*voice does not exist/);
  });

  test.each([
    ['exit 0', /^found 0 bytes that are no WAV file$/],
    ['echo hello', /^found 6 bytes that are no WAV file$/],
    ['exec cat /dev/zero', /^espeak-ng made more than 8388608 bytes of speech$/],
    ['kill -9 $$', /^espeak-ng was ended by SIGKILL$/],
  ])('that does otherwise than it should is told of: %s', async (script, sentence) => {
    await using folder = await temporaryFolder();
    await installEspeak(folder.path, script);
    const { announcer, complaints } = createAnnouncer();
    announcer.say('hello');
    await until(() => complaints.length > 0, 'a complaint');
    expect(complaints).toEqual([expect.stringMatching(sentence)]);
  });

  test('that takes too long is ended', async () => {
    await using folder = await temporaryFolder();
    await installEspeak(folder.path, 'exec sleep 1000');
    const { announcer, complaints, clock } = createAnnouncer();
    announcer.say('hello');
    await until(() => childProcesses().length === 1, 'the start of espeak-ng');
    clock.advance(10);
    await until(() => complaints.length > 0, 'a complaint');
    expect(complaints).toEqual(['espeak-ng took more than 10 s to speak and was ended']);
  });
});
