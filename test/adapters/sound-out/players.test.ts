// Needs: aplay, ffplay
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createPlayerOpener, findWorkingPlayer } from '../../../adapters/sound-out/open-player.js';
import { adviseOnPlaying } from '../../../adapters/sound-out/player-advice.js';
import { openPlayer } from '../../../adapters/sound-out/player-sink.js';
import { findPlayers, type PlayerName, type Playing, playerOf } from '../../../adapters/sound-out/players.js';
import { systemClock } from '../../../contract/clock.js';
import { temporaryFolder } from '../../support/cli.js';
import { createManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';
import { childProcesses, runningPrograms } from '../child-processes.js';

const PLAYING: Playing = { program: 'auto', rateHz: 48_000, bufferSeconds: 0.03 };
const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
  expect(childProcesses()).toEqual([]);
});

/** Puts programs on the PATH, each a line of shell. */
async function install(folder: string, programs: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  }
  process.env.PATH = `${folder}:/bin`;
}

describe('auto', () => {
  test.each<[PlayerName[], string | undefined, PlayerName[]]>([
    [['ffplay', 'pw-cat', 'aplay', 'paplay'], undefined, ['aplay', 'paplay', 'pw-cat', 'ffplay']],
    [['ffplay', 'pw-cat'], undefined, ['pw-cat', 'ffplay']],
    [['ffplay', 'pw-cat'], 'speakers', ['pw-cat']],
  ])('of %j to %s is %j', async (installed, device, players) => {
    await using folder = await temporaryFolder();
    await install(folder.path, Object.fromEntries(installed.map((name) => [name, ''])));
    process.env.PATH = folder.path;
    expect(await findPlayers({ ...PLAYING, device })).toEqual(players);
  });

  test('of none says what to install', async () => {
    process.env.PATH = '/nonexistent';
    await expect(findPlayers(PLAYING)).rejects.toThrow(
      /^found none of aplay, paplay, pw-cat, ffplay on the PATH; install one: apt-get install alsa-utils$/,
    );
  });

  test('goes on to the next that is installed while one cannot play, and says what is wrong with each', async () => {
    await using folder = await temporaryFolder();
    await install(folder.path, {
      aplay: 'echo aplay: no card >&2; exit 1',
      ffplay: 'echo no screen >&2; exit 2',
    });
    const clock = createManualClock();
    const open = createPlayerOpener(PLAYING, clock);
    const endings: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      const sink = await open(() => {});
      endings.push(await sink.ended);
      await sink.close();
    }
    const [aplay, ffplay] = [
      'aplay ended with exit code 1: aplay: no card',
      'ffplay ended with exit code 2: no screen',
    ];
    expect(endings).toEqual([aplay, `${aplay}; ${ffplay}`, `${aplay}; ${ffplay}`, `${aplay}; ${ffplay}`]);
  });

  test('stays with one that has played', async () => {
    await using folder = await temporaryFolder();
    await install(folder.path, { aplay: 'exec cat > /dev/null', ffplay: 'exit 1' });
    const clock = createManualClock();
    const open = createPlayerOpener(PLAYING, clock);
    for (let turn = 0; turn < 3; turn += 1) {
      const sink = await open(() => {});
      await until(() => runningPrograms('cat').length === 1, 'the start of aplay');
      clock.advance(1.5);
      for (const pid of runningPrograms('cat')) process.kill(pid, 'SIGKILL');
      expect(await sink.ended).toBe('aplay was ended by SIGKILL');
      await sink.close();
    }
  });
});

test('ffplay is told no device, since it takes none', async () => {
  await expect(findPlayers({ ...PLAYING, program: 'ffplay', device: 'hw:1' })).rejects.toThrow(
    'device: found hw:1, expected none: ffplay plays to the default device alone',
  );
});

describe('is told to play 30 ms of 16 bit samples at a time', () => {
  test.each<[PlayerName, string]>([
    [
      'aplay',
      '-vvv -V mono -D plughw:1 -t raw -f S16_LE -c 1 -r 48000 --buffer-time=30000 --period-time=10000',
    ],
    [
      'paplay',
      '--verbose --raw --format=s16le --rate=48000 --channels=1 --client-name=becomingone --latency-msec=30 --device=plughw:1',
    ],
    [
      'pw-cat',
      '--playback --verbose --format=s16 --rate=48000 --channels=1 --latency=30ms --target=plughw:1 -',
    ],
    [
      'ffplay',
      '-hide_banner -loglevel error -stats -nodisp -autoexit -fflags nobuffer -probesize 32 -analyzeduration 0 -f s16le -sample_rate 48000 -i pipe:0',
    ],
  ])('%s', async (name, args) => {
    process.env.PATH = '/nonexistent';
    expect((await playerOf(name, { ...PLAYING, device: 'plughw:1' })).args.join(' ')).toBe(args);
  });

  test('pw-cat that knows --raw with it', async () => {
    await using folder = await temporaryFolder();
    await install(folder.path, { 'pw-cat': 'echo "  -a, --raw    RAW mode"' });
    expect((await playerOf('pw-cat', PLAYING)).args.slice(-2)).toEqual(['--raw', '-']);
  });
});

describe('what a player says of how much it took', () => {
  // As alsa-utils 1.2.8, PulseAudio 16.1, PipeWire 0.3.65 and FFmpeg 5.1 say it.
  test.each<[PlayerName, string[], (number | undefined)[]]>([
    [
      'aplay',
      [
        "Playing raw data 'stdin' : Signed 16 bit Little Endian, Rate 48000 Hz, Mono",
        '  period_size  : 480',
        'Max peak (480 samples): 0x00007f14 #################### 99%',
        'Max peak (480 samples): 0x00000000 #                    0%',
        'underrun!!! (at least 3.262 ms long)',
        'Max peak (17 samples): 0x00000000 #                    0%',
      ],
      [undefined, undefined, 480, 960, undefined, 977],
    ],
    [
      'paplay',
      [
        'Stream successfully created.',
        'Time: 0.000 sec; Latency: 20000 usec.        ',
        'Time: 12.128 sec; Latency: 21651 usec.',
      ],
      [undefined, 0, 582_144],
    ],
    [
      'pw-cat',
      ['stream state changed connecting -> paused', 'stream state changed paused -> streaming'],
      [undefined, 0],
    ],
    [
      'ffplay',
      [
        '    nan    :  0.000 fd=   0 aq=    0KB',
        '   2.77 M-A:  0.000 fd=   0 aq=   93KB vq=    0KB sq=    0B f=0/0   ',
      ],
      [undefined, 132_960],
    ],
  ])('%s', async (name, lines, taken) => {
    process.env.PATH = '/nonexistent';
    const player = await playerOf(name, PLAYING);
    expect(lines.map(player.takenBy)).toEqual(taken);
    expect(
      lines
        .filter((line) => line !== 'Stream successfully created.')
        .every((line) => player.chatter?.test(line)),
    ).toBe(true);
  });
});

test.each([
  ['aplay: main:831: audio open error: Device or resource busy', 'another program has the device'],
  ['aplay: main:831: audio open error: Permission denied', 'usermod -aG audio'],
  ['aplay: set_params:1398: Channels count non available', 'plughw:1'],
  ["ALSA lib confmisc.c:855:(parse_card) cannot find card '0'", 'aplay -L'],
  ['Connection failure: Connection refused', 'PulseAudio or PipeWire runs'],
  ['error: pw_context_connect() failed: Host is down', 'PulseAudio or PipeWire runs'],
  ['Stream error: No such entity', 'pactl list short sinks'],
  ['something new', undefined],
])('%s: %s', (said, advice) => {
  if (advice === undefined) expect(adviseOnPlaying(said)).toBeUndefined();
  else expect(adviseOnPlaying(said)).toContain(advice);
});

describe('a player that takes no more', () => {
  test('is given no more, ended, and told of', async () => {
    await using folder = await temporaryFolder();
    await install(folder.path, { ffplay: 'kill -STOP $$' });
    const clock = createManualClock();
    const player = { ...(await playerOf('ffplay', PLAYING)), blindSeconds: Number.POSITIVE_INFINITY };
    const sink = openPlayer(player, { clock, rateHz: 48_000, took: () => {} });
    for (let tick = 0; tick < 1000 && sink.wanted > 0; tick += 1) {
      sink.write(Buffer.alloc(2 * sink.wanted));
      clock.advance(0.012);
    }
    expect(sink.wanted).toBe(0);
    clock.advance(2);
    expect(await sink.ended).toBe('ffplay took no more sound and was ended');
    await sink.close();
  });
});

test('what one says that it took, and when, is passed on', async () => {
  await using folder = await temporaryFolder();
  await install(folder.path, { aplay: 'echo "Max peak (480 samples): 0x0" >&2; exec cat > /dev/null' });
  let took = 0;
  const player = await playerOf('aplay', PLAYING);
  const clock = createManualClock();
  const sink = openPlayer(player, {
    clock,
    rateHz: 48_000,
    took: () => {
      took += 1;
    },
  });
  sink.write(Buffer.alloc(2 * sink.wanted));
  expect(sink.wanted).toBe(0);
  await until(() => took === 1, 'that it said so');
  expect(sink.wanted).toBe(480);
  await sink.close();
});

describe('trying', () => {
  test('finds the first that plays for a second', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'played');
    await install(folder.path, { aplay: 'echo aplay: no card >&2; exit 1', ffplay: `exec cat > ${file}` });
    expect(await findWorkingPlayer(PLAYING)).toBe('ffplay');
    const played = await readFile(file);
    expect(played.length).toBeGreaterThan(0);
    expect(played.every((byte) => byte === 0)).toBe(true);
  });

  test('says what is wrong with each when none does', async () => {
    await using folder = await temporaryFolder();
    await install(folder.path, { aplay: 'echo aplay: no card >&2; exit 1', ffplay: 'exit 2' });
    await expect(findWorkingPlayer(PLAYING)).rejects.toThrow(
      /^aplay ended with exit code 1: aplay: no card; ffplay ended with exit code 2$/,
    );
  });
});

test('every player that is installed here says why it cannot play where there is no device', async () => {
  process.env.ALSA_CONFIG_PATH = '/usr/share/alsa/alsa.conf';
  for (const [program, device] of [
    ['aplay', 'hw:7'],
    ['ffplay', undefined],
  ] as const) {
    const open = createPlayerOpener({ ...PLAYING, program, device }, systemClock);
    const sink = await open(() => {});
    sink.write(Buffer.alloc(9600));
    expect(await sink.ended).toMatch(/; see which sound devices there are: aplay -L; without one, /);
    await sink.close();
  }
  delete process.env.ALSA_CONFIG_PATH;
});
