// Needs: aplay, espeak-ng
import { readFileSync, statSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { speakerOutput } from '../../../adapters/output/speaker.js';
import type { Output } from '../../../contract/adapters.js';
import { explain } from '../../../contract/explain.js';
import type { EventMessage } from '../../../contract/payloads/event.js';
import type { GlobalMessage } from '../../../contract/payloads/global.js';
import { temporaryFolder } from '../../support/cli.js';
import { createManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';
import { childProcesses, runningPrograms } from '../child-processes.js';
import { anyState, aState, createOutputWorld, settled } from '../samples.js';
import { openAlsaFile } from '../sound-out/alsa-file.js';
import { hear, largestJump, samplesIn } from '../sound-out/heard.js';
import { describeOutput } from './output-suite.js';

const RATE = 48_000;
const RAMP = 480;
/** A file is 20 ms ahead and sound is made every 12 ms, so that a state is heard 8 to 20 ms later, whole after 30. */
const [FIRST, WHOLE] = [0.008 * RATE, 0.03 * RATE];
const never = new AbortController().signal;
const path = process.env.PATH;

afterEach(() => {
  process.env.PATH = path;
  expect(childProcesses()).toEqual([]);
});

function state(real: number, coherence: number): GlobalMessage {
  return aState({ phase: { real, imag: 0 }, coherence });
}

function anEvent(type: 'emerged' | 'dissolved', coherence = 0.8): EventMessage {
  const { phase, threshold, nodes, timestamp, session } = aState();
  return { type, coherence, threshold, phase, nodes, before: 0.5, moved: [], timestamp, session };
}

/** A speaker that writes a WAV file, in a time that a test makes pass. */
async function createFileSpeaker(options: Record<string, unknown> = {}) {
  const folder = await temporaryFolder();
  const to = join(folder.path, 'mesh.wav');
  const clock = createManualClock();
  const world = createOutputWorld({ clock });
  const output = await speakerOutput.create(speakerOutput.options.parse({ to, ...options }), world.context);
  const size = (): number => statSync(to, { throwIfNoEntry: false })?.size ?? 0;
  const rate = Number(options.rate ?? RATE);
  let filedSeconds = 0;
  /** So much time passes, in pieces that the disk keeps up with. */
  const pass = async (seconds: number): Promise<void> => {
    for (let left = seconds; left > 0; left -= 0.5) {
      const isThere = size() > 0;
      clock.advance(Math.min(left, 0.5));
      if (isThere) filedSeconds += Math.min(left, 0.5);
      // What was made in the last 50 ms may still be on its way.
      await until(() => size() >= 2 * rate * (filedSeconds - 0.1), 'that it is written');
    }
  };
  /** All that it has played, once it is closed. */
  const played = async (): Promise<Int16Array> => {
    await output.close?.();
    return samplesIn((await readFile(to)).subarray(44));
  };
  return {
    ...world,
    output,
    clock,
    to,
    size,
    pass,
    played,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Plays one state for two seconds, and gives what is heard once it has settled. */
async function hearState(options: Record<string, unknown>, message: GlobalMessage) {
  await using speaker = await createFileSpeaker(options);
  await speaker.output.write(message, never);
  await speaker.pass(2);
  return hear((await speaker.played()).slice(WHOLE, RATE + WHOLE));
}

describeOutput('speaker to a file', speakerOutput, async () => {
  const folder = await temporaryFolder();
  const to = join(folder.path, 'mesh.wav');
  return {
    options: { to },
    // Time stands still: only what an act does at once is in the file.
    context: { clock: createManualClock() },
    acts: () => statSync(to, { throwIfNoEntry: false })?.size ?? 0,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});

describeOutput('speaker through aplay', speakerOutput, async () => {
  const alsa = openAlsaFile();
  return {
    options: { program: 'aplay' },
    acts: () => childProcesses().length,
    stall: () => {
      for (const pid of childProcesses()) process.kill(pid, 'SIGSTOP');
    },
    [Symbol.asyncDispose]: () => alsa[Symbol.asyncDispose](),
  };
});

describe('sounds as the seed says', () => {
  test.each([
    [0, 0.81, 440],
    [1, 1, 880],
    [0.79, 0.05, 787.6],
    [-0.5, 0.5, 220],
  ])('real %d and coherence %d', async (real, coherence, frequencyHz) => {
    const heard = await hearState({}, state(real, coherence));
    expect(Math.abs(heard.frequencyHz - frequencyHz)).toBeLessThan(0.5);
    expect(Math.abs(heard.amplitude / coherence - 1)).toBeLessThan(0.01);
  });

  test('for a hundred states of any kind', async () => {
    await using speaker = await createFileSpeaker();
    const states = fc.sample(anyState, { numRuns: 100, seed: 20261124 });
    for (const one of states) {
      await speaker.output.write(one, never);
      await speaker.pass(0.25);
    }
    const played = await speaker.played();
    for (const [index, { phase, coherence }] of states.entries()) {
      const start = index * 0.25 * RATE;
      const heard = hear(played.slice(start + WHOLE, start + 0.25 * RATE + FIRST));
      const frequencyHz = Math.max(20, 440 + 440 * phase.real);
      // What has less than a hundred steps of amplitude is not a sine any more.
      if (coherence < 0.005 || frequencyHz < 25) continue;
      expect(Math.abs(heard.frequencyHz - frequencyHz)).toBeLessThan(0.5);
      expect(Math.abs(heard.amplitude / coherence - 1)).toBeLessThan(0.01);
    }
  });
});

describe('formulas', () => {
  test('take the place of the mappings', async () => {
    const heard = await hearState(
      { frequency: '200 + 100 * coherence', volume: 'unified * 0.5' },
      state(0, 0.8),
    );
    expect(heard.frequencyHz).toBeCloseTo(280, 1);
    expect(heard.amplitude).toBeCloseTo(0.5, 2);
  });

  test.each([
    ['1e9', '7', 48_000, 20_000, 1],
    ['-5', '1', 48_000, 20, 1],
    ['1e9', '1', 8000, 3600, 1],
  ])(
    'beyond what can be heard are held: %s Hz, %s, at %d samples a second',
    async (frequency, volume, rate, heldHz, heldVolume) => {
      const heard = await hearState({ frequency, volume, rate }, state(0, 0.5));
      expect((heard.frequencyHz * rate) / RATE).toBeCloseTo(heldHz, 0);
      expect(heard.amplitude).toBeCloseTo(heldVolume, 2);
    },
  );

  test('of a negative volume are silence', async () => {
    await using speaker = await createFileSpeaker({ volume: 'coherence - 0.5' });
    await speaker.output.write(state(0, 0.9), never);
    await speaker.pass(0.1);
    await speaker.output.write(state(0, 0.4), never);
    await speaker.pass(0.1);
    const played = await speaker.played();
    expect(played.slice(0.1 * RATE + WHOLE).every((sample) => sample === 0)).toBe(true);
  });

  test.each([
    [
      'frequency',
      'log(coherence - 1)',
      /^frequency: found .* of the formula log\(coherence - 1\), expected a finite real number$/,
    ],
    ['volume', '0 / 0', /^volume: found NaN of the formula 0 \/ 0, expected a finite real number$/],
  ])('of %s that give no figure are silence, and a sentence', async (option, formula, sentence) => {
    const condition = `coherence < 0.5 ? ${formula} : 0.5`;
    await using speaker = await createFileSpeaker({
      [option]: option === 'frequency' ? condition.replace(': 0.5', ': 440') : condition,
    });
    await speaker.output.write(state(0, 0.9), never);
    await speaker.pass(0.1);
    await expect(speaker.output.write(state(0, 0.4), never)).rejects.toThrow(
      new RegExp(sentence.source.replace(/log.*1\\\)|0 \\\/ 0/, '.*')),
    );
    await speaker.pass(0.1);
    await speaker.output.write(state(0, 0.9), never);
    await speaker.pass(0.1);
    const played = await speaker.played();
    const parts = [0, 0.1, 0.2].map((seconds) =>
      played.slice(seconds * RATE + WHOLE, (seconds + 0.1) * RATE + FIRST),
    );
    expect(parts.map((part) => Math.max(...part) > 1000)).toEqual([true, false, true]);
  });

  test('that are none are a reason why it cannot be made', async () => {
    await expect(createFileSpeaker({ frequency: '440 +' })).rejects.toThrow(/^frequency: /);
    await expect(createFileSpeaker({ volume: 'loudness' })).rejects.toThrow(/^volume: /);
  });
});

describe('nothing clicks', () => {
  /** Of a sine of this volume and pitch, and of a ramp of so much volume in 10 ms; see mixer.test.ts. */
  const bound = (frequencyHz: number, volume: number, step: number): number =>
    32_767 * (step / RAMP + volume * 2 * Math.sin((Math.PI * frequencyHz) / RATE)) + 1;

  test('across a hundred random steps of both', async () => {
    await using speaker = await createFileSpeaker();
    const states = fc.sample(anyState, { numRuns: 100, seed: 4 });
    for (const one of states) {
      await speaker.output.write(one, never);
      await speaker.pass(0.05);
    }
    const played = await speaker.played();
    let before = { frequencyHz: 20, volume: 0 };
    for (const [index, { phase, coherence: volume }] of states.entries()) {
      const frequencyHz = Math.max(20, 440 + 440 * phase.real);
      const part = played.slice(Math.max(0, index * 2400 + FIRST - 1), (index + 1) * 2400 + FIRST);
      const [highest, loudest] = [Math.max(frequencyHz, before.frequencyHz), Math.max(volume, before.volume)];
      expect(largestJump(part)).toBeLessThanOrEqual(
        bound(highest, loudest, Math.abs(volume - before.volume)),
      );
      before = { frequencyHz, volume };
    }
  });

  test('whatever comes: states at any pace, silences, formulas that fail, the end', async () => {
    const acts = fc.array(
      fc.record({
        what: fc.constantFrom('write', 'write', 'write', 'quiet', 'fail'),
        message: anyState,
        waitSeconds: fc.double({ min: 0, max: 0.05, noNaN: true }),
      }),
      { minLength: 1, maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(acts, async (sequence) => {
        await using speaker = await createFileSpeaker({ volume: 'imag > 5 ? 0 / 0 : coherence' });
        await speaker.output.write(state(0, 1), never);
        for (const { what, message, waitSeconds } of sequence) {
          const sent = what === 'fail' ? { ...message, phase: { real: 0, imag: 9 } } : message;
          if (what === 'quiet') await speaker.output.quiet?.('gone');
          else await Promise.resolve(speaker.output.write(sent, never)).catch(() => {});
          await speaker.pass(waitSeconds);
        }
        const played = await speaker.played();
        expect(largestJump(Int16Array.of(0, ...played))).toBeLessThanOrEqual(bound(880, 1, 1));
        expect(played.at(-1)).toBe(0);
      }),
      { numRuns: 15 },
    );
  });
});

describe('silence', () => {
  test('comes by a ramp when the mesh goes, stays, and ends with the next state', async () => {
    await using speaker = await createFileSpeaker();
    await speaker.output.write(state(0, 1), never);
    await speaker.pass(0.1);
    await speaker.output.quiet?.('the sync worker is offline');
    await speaker.pass(3);
    await speaker.output.write(state(0, 1), never);
    await speaker.pass(0.1);
    const played = await speaker.played();
    const quiet = played.slice(0.1 * RATE + WHOLE, 3.1 * RATE);
    expect(quiet.every((sample) => sample === 0)).toBe(true);
    expect(played.slice(0.1 * RATE, 0.1 * RATE + RAMP).some((sample) => sample !== 0)).toBe(true);
    expect(Math.max(...played.slice(3.1 * RATE + WHOLE))).toBeGreaterThan(32_760);
  });

  test('is nothing to play: no file and no program', async () => {
    await using speaker = await createFileSpeaker();
    await speaker.output.write(state(0, 0), never);
    await speaker.pass(1);
    expect(speaker.size()).toBe(0);
    await speaker.output.close?.();
  });

  test('of ten seconds gives the device back until there is something to hear', async () => {
    await using alsa = openAlsaFile();
    const clock = createManualClock();
    const output = await speakerOutput.create(
      speakerOutput.options.parse({ program: 'aplay' }),
      createOutputWorld({ clock }).context,
    );
    await output.write(state(0, 1), never);
    await until(() => runningPrograms('aplay').length === 1, 'the start of aplay');
    await output.quiet?.('gone');
    for (let step = 0; step < 1100; step += 1) clock.advance(0.01);
    await until(() => childProcesses().length === 0, 'the end of aplay');
    await output.write(state(0, 1), never);
    await until(() => alsa.played().length > 0, 'that it plays again');
    await output.close?.();
  });
});

test('a state is heard within 50 ms, of 200 at random moments', async () => {
  await using speaker = await createFileSpeaker();
  const gaps = fc.sample(fc.double({ min: 0.03, max: 0.09, noNaN: true }), { numRuns: 400, seed: 7 });
  await speaker.output.write(state(0, 1), never);
  await speaker.output.quiet?.('gone');
  let now = 0;
  const loud: number[] = [];
  for (const [index, gap] of gaps.entries()) {
    await speaker.pass(gap);
    now += gap;
    if (index % 2 === 0) loud.push(now);
    await speaker.output.write(state(0, index % 2 === 0 ? 1 : 0), never);
  }
  await speaker.pass(0.1);
  const played = await speaker.played();
  const latencies = loud.map((seconds) => {
    const start = Math.floor(seconds * RATE);
    return (start + played.slice(start).findIndex((sample) => sample !== 0)) / RATE - seconds;
  });
  expect(loud).toHaveLength(200);
  expect(Math.min(...latencies)).toBeGreaterThan(0.007);
  expect(Math.max(...latencies)).toBeLessThan(0.021);
});

test('a gain makes all of it softer', async () => {
  expect((await hearState({ gain: 0.25 }, state(0, 0.8))).amplitude).toBeCloseTo(0.2, 3);
});

describe('aplay', () => {
  test('really plays it', async () => {
    await using alsa = openAlsaFile();
    const world = createOutputWorld();
    const output = await speakerOutput.create(
      speakerOutput.options.parse({ program: 'aplay' }),
      world.context,
    );
    await output.write(state(0.5, 0.5), never);
    await until(() => alsa.played().length > RATE, 'a second of sound');
    await output.close?.();
    const heard = hear(alsa.played().slice(RAMP, RATE));
    expect(Math.abs(heard.frequencyHz - 660)).toBeLessThan(0.5);
    expect(Math.abs(heard.amplitude / 0.5 - 1)).toBeLessThan(0.01);
    expect(largestJump(Int16Array.of(0, ...alsa.played()))).toBeLessThan(
      32_767 * 0.5 * (1 / RAMP + 0.0864) + 1,
    );
    expect(alsa.played().at(-1)).toBe(0);
  });

  test('without a device says so', async () => {
    process.env.ALSA_CONFIG_PATH = '/usr/share/alsa/alsa.conf';
    const { context, complaints } = createOutputWorld({ clock: createManualClock() });
    const options = speakerOutput.options.parse({ program: 'aplay', device: 'hw:7' });
    const output = await speakerOutput.create(options, context);
    await output.write(state(0, 1), never);
    await until(() => complaints.length > 0, 'a complaint');
    expect(complaints[0]).toMatch(
      /^aplay ended with exit code 1: aplay: main:\d+: audio open error: No such file or directory; see which sound devices there are: aplay -L; without one, sound can go into a file: to: sound\.wav$/,
    );
    await output.write(state(0, 1), never);
    await output.close?.();
    expect(complaints).toHaveLength(1);
    delete process.env.ALSA_CONFIG_PATH;
  });

  test('whose device is taken away plays again once it is back', async () => {
    await using alsa = openAlsaFile();
    alsa.unplug();
    const clock = createManualClock();
    const { context, complaints } = createOutputWorld({ clock });
    const output = await speakerOutput.create(speakerOutput.options.parse({ program: 'aplay' }), context);
    await output.write(state(0, 1), never);
    await until(() => complaints.length > 0, 'a complaint');
    expect(complaints).toEqual([expect.stringMatching(/^aplay ended with exit code 1: /)]);
    alsa.plug();
    clock.advance(0.3);
    await until(() => alsa.played().length > 0, 'that it plays');
    clock.advance(1);
    expect(complaints.at(-1)).toBeNull();
    await output.close?.();
  });

  test('that is killed twenty times plays again each time, and no state waits for it', async () => {
    await using alsa = openAlsaFile();
    const clock = createManualClock();
    const { context, complaints } = createOutputWorld({ clock });
    const output = await speakerOutput.create(speakerOutput.options.parse({ program: 'aplay' }), context);
    for (let death = 1; death <= 20; death += 1) {
      await output.write(state(0, 1), never);
      await until(() => runningPrograms('aplay').length === 1, 'the start of aplay');
      await until(() => alsa.played().length > 0, 'that it plays');
      const [pid = 0] = childProcesses();
      process.kill(pid, 'SIGKILL');
      await until(() => complaints.length === 2 * death - 1, 'the complaint');
      expect(complaints.at(-1)).toBe('aplay was ended by SIGKILL');
      for (let write = 0; write < 100; write += 1) await output.write(state(0, 1), never);
      await writeFile(alsa.file, '');
      clock.advance(0.3);
      await until(() => runningPrograms('aplay').length === 1, 'the next start');
      clock.advance(1.1);
      await until(() => complaints.length === 2 * death, 'that all is well');
      expect(complaints.at(-1)).toBeNull();
    }
    await output.close?.();
  });
});

describe('announcements', () => {
  test('are spoken above the tone when the mesh emerges and dissolves, in the words that are given', async () => {
    await using folder = await temporaryFolder();
    const log = join(folder.path, 'log');
    await installEspeak(folder.path, log);
    await using speaker = await createFileSpeaker({
      announce: true,
      say_emerged: 'We are {live} of {known}, {coherence}, {unified}.',
    });
    await speaker.output.write(state(0, 0), never);
    await speaker.output.event?.(anEvent('emerged', 0.9), never);
    await speaker.output.event?.({ type: 'node_joined', node: 'a', timestamp: 't', session: 's' }, never);
    await until(() => speaker.size() > 0, 'the first words');
    await speaker.pass(6);
    await speaker.output.event?.(anEvent('dissolved'), never);
    await until(() => readText(log).split('\n').length > 2, 'the next words');
    expect(readText(log)).toBe('We are 34 of 40, 0.9, true.\nThe mesh has dissolved.\n');
    const played = await speaker.played();
    expect(played.slice(0, 5 * RATE).some((sample) => sample > 2000)).toBe(true);
    expect(played.slice(-RATE).every((sample) => sample === 0)).toBe(true);
    expect(speaker.complaints).not.toContainEqual(expect.any(String));
  });

  test('are not made unless asked for', async () => {
    await using speaker = await createFileSpeaker();
    expect(speaker.output.event).toBeUndefined();
    await speaker.output.close?.();
  });

  test('are not made, and broken off, while the mesh is not there', async () => {
    await using folder = await temporaryFolder();
    const log = join(folder.path, 'log');
    await installEspeak(folder.path, log);
    await using speaker = await createFileSpeaker({ announce: true, speak_topic: 'house/says' });
    await speaker.output.event?.(anEvent('emerged'), never);
    speaker.send('house/says', 'too early');
    await speaker.output.write(state(0, 0.5), never);
    await speaker.output.event?.(anEvent('emerged'), never);
    await speaker.output.quiet?.('gone');
    speaker.send('house/says', 'too late');
    await speaker.output.event?.(anEvent('dissolved'), never);
    await until(() => childProcesses().length === 0, 'the end of espeak-ng');
    expect(readText(log).replace('The mesh is one.\n', '')).toBe('');
    await speaker.output.close?.();
  });

  test('under way are broken off by a ramp when the mesh goes, and what waits is forgotten', async () => {
    await using folder = await temporaryFolder();
    const log = join(folder.path, 'log');
    await installEspeak(folder.path, log);
    await using speaker = await createFileSpeaker({ announce: true, volume: '0' });
    await speaker.output.write(state(0, 1), never);
    await speaker.output.event?.(anEvent('emerged'), never);
    await until(() => speaker.size() > 0, 'the first words');
    await speaker.output.event?.(anEvent('dissolved'), never);
    await speaker.pass(0.5);
    await speaker.output.quiet?.('gone');
    await speaker.pass(0.5);
    await speaker.output.close?.();
    await speaker.output.write(state(0, 1), never);
    await speaker.output.event?.(anEvent('dissolved'), never);
    expect(childProcesses()).toEqual([]);
    expect(readText(log)).toBe('The mesh is one.\n');
    const played = await speaker.played();
    expect(played.slice(0, 0.5 * RATE).some((sample) => sample !== 0)).toBe(true);
    expect(played.slice(0.5 * RATE + WHOLE).every((sample) => sample === 0)).toBe(true);
  });

  test('are missing without espeak-ng: the tone goes on, and what to install is said', async () => {
    await using folder = await temporaryFolder();
    process.env.PATH = folder.path;
    await using speaker = await createFileSpeaker({ announce: true });
    expect(speaker.complaints).toEqual([
      'found no program espeak-ng on the PATH; install it: apt-get install espeak-ng',
    ]);
    await speaker.output.write(state(0, 0.5), never);
    await speaker.output.event?.(anEvent('emerged'), never);
    await speaker.pass(1);
    expect(hear((await speaker.played()).slice(RAMP)).frequencyHz).toBeCloseTo(440, 0);
    expect(speaker.complaints).toHaveLength(1);
  });
});

describe('a topic', () => {
  test('is spoken while the mesh is there, but not what was kept from before', async () => {
    await using folder = await temporaryFolder();
    const log = join(folder.path, 'log');
    await installEspeak(folder.path, log);
    await using speaker = await createFileSpeaker({ speak_topic: 'mesh/output/poet/text' });
    await speaker.output.write(state(0, 0.5), never);
    speaker.send('mesh/output/poet/text', 'kept', true);
    speaker.send('mesh/output/other/text', 'not for us');
    speaker.send('mesh/output/poet/text', 'a \x1b[1mpoem\r\n');
    await until(() => readText(log) !== '', 'the words');
    expect(readText(log)).toBe('a  [1mpoem\n');
    await speaker.output.close?.();
    speaker.send('mesh/output/poet/text', 'after the end');
    await settled();
    await until(() => childProcesses().length === 0, 'the end of espeak-ng');
    expect(readText(log)).toBe('a  [1mpoem\n');
  });

  test('whose broker is away is a reason to be degraded', async () => {
    let away: ((reason: string | null) => void) | undefined;
    const { context, complaints } = createOutputWorld({
      hear: async (_filter, _handler, options) => {
        away = options?.away;
        return () => {};
      },
    });
    const output = await speakerOutput.create(
      speakerOutput.options.parse({ to: '/nonexistent/mesh.wav', speak_topic: 'house/says' }),
      context,
    );
    away?.('the broker cannot be reached');
    await output.write(state(0, 1), never);
    away?.(null);
    const disk =
      "cannot write /nonexistent/mesh.wav: ENOENT: no such file or directory, open '/nonexistent/mesh.wav'";
    expect(complaints).toEqual([
      'the broker cannot be reached',
      `the broker cannot be reached; ${disk}`,
      disk,
    ]);
    await output.close?.();
  });

  test('is not waited for', async () => {
    const { context } = createOutputWorld({ hear: () => new Promise(() => {}) });
    const options = speakerOutput.options.parse({ to: '/tmp/never.wav', speak_topic: 'house/says' });
    await (await speakerOutput.create(options, context)).close?.();
  });
});

describe('it cannot be made', () => {
  test('without a program that plays', async () => {
    process.env.PATH = '/nonexistent';
    const make = async (options: object): Promise<Output> =>
      speakerOutput.create(speakerOutput.options.parse(options), createOutputWorld().context);
    await expect(make({})).rejects.toThrow(/^found none of aplay, /);
  });

  test.each([
    [{ to: 'mesh.mp3' }, 'to: found "mesh.mp3", expected a file whose name ends in .wav'],
    [{ gain: 2 }, 'gain: found 2'],
    [{ rate: 4000 }, 'rate: found 4000'],
    [{ buffer: '2s' }, 'buffer: found "2s"'],
    [{ program: 'vlc' }, 'program: found "vlc"'],
    [{ device: 'a\nb' }, 'device: found "a\\nb", expected the name of a device'],
    [{ voice: '-w /etc/passwd' }, 'voice: found "-w /etc/passwd", expected a voice such as en'],
    [{ say_emerged: '{name}' }, 'say_emerged: found "{name}", expected one of {coherence}'],
    [{ speak_topic: 'a/#/b' }, 'speak_topic: found "a/#/b"'],
  ])('with %j', (options, sentence) => {
    expect(explain(speakerOutput.options, options)).toContain(sentence);
  });
});

describe('the probe', () => {
  const probe = async (options: object) => speakerOutput.probe?.(speakerOutput.options.parse(options));

  test('tries what plays', async () => {
    await using alsa = openAlsaFile();
    expect(await probe({ program: 'aplay' })).toEqual({ ok: true, detail: 'sound goes through aplay' });
    expect(alsa.played().length).toBeGreaterThan(0);
    expect(alsa.played().every((sample) => sample === 0)).toBe(true);
  });

  test('says why nothing does, and what speech lacks', async () => {
    await using folder = await temporaryFolder();
    process.env.PATH = folder.path;
    expect(await probe({ speak_topic: 'a' })).toEqual({
      ok: false,
      reason:
        'found none of aplay, paplay, pw-cat, ffplay on the PATH; install one: apt-get install alsa-utils; without speech: found no program espeak-ng on the PATH; install it: apt-get install espeak-ng',
    });
    expect(await probe({ to: 'a.wav' })).toEqual({ ok: true, detail: 'sound goes to a.wav' });
  });
});

/** Puts an espeak-ng on the PATH that keeps what it speaks in a file. */
async function installEspeak(folder: string, log: string): Promise<void> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await writeFile(log, '');
  const script = `#!/bin/sh\nTEXT=$(cat)\necho "$TEXT" >> ${log}\necho "$TEXT" | /usr/bin/espeak-ng "$@"\n`;
  await writeFile(join(bin, 'espeak-ng'), script, { mode: 0o755 });
  await symlink('/usr/bin/aplay', join(bin, 'aplay'));
  process.env.PATH = `${bin}:/usr/bin:/bin`;
}

function readText(file: string): string {
  return readFileSync(file, 'utf8');
}
