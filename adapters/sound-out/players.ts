import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ChildCommand } from '../child-process.js';
import { findProgram } from '../find-program.js';
import { adviseOnPlaying } from './player-advice.js';

const run = promisify(execFile);
const HELP_WITHIN_MS = 2000;

/** The programs that play, the first that is installed first. */
export const PLAYERS = ['aplay', 'paplay', 'pw-cat', 'ffplay'] as const;
export type PlayerName = (typeof PLAYERS)[number];

/** What is to be played: 16 bit signed little-endian samples of one channel. */
export interface Playing {
  readonly program: PlayerName | 'auto';
  /** What the program calls it; the default device unless given. */
  readonly device?: string | undefined;
  readonly rateHz: number;
  /** How much sound the device should hold. */
  readonly bufferSeconds: number;
}

/** A program that plays what is written to its standard input. */
export interface Player extends ChildCommand {
  /** How much should wait for it beyond what it is known to have taken. */
  readonly aheadSeconds: number;
  /** How much it may be given beyond that; without end for one that tells only when it begins. */
  readonly blindSeconds: number;
  /** How many samples it has taken by now, out of a line of its standard error; undefined where it says nothing of it. */
  readonly takenBy: (line: string) => number | undefined;
}

/** What waits for a program beside what the device holds: as much as is made at a time. */
const BEFORE_DEVICE_SECONDS = 0.01;
/** A player says what it has taken ten times a second or more often; one that does not has not begun, or stands still. */
const BLIND_SECONDS = 0.2;
/** Into how many pieces the device divides what it holds; fewer are fewer calls, and less time to bring the next. */
const PERIODS = 3;
const INSTALL_ALSA = 'apt-get install alsa-utils';

/**
 * The programs that may play it, best first.
 *
 * @throws Error in one sentence when none is installed, or the one that was asked for cannot.
 */
export async function findPlayers({ program, device }: Playing): Promise<[PlayerName, ...PlayerName[]]> {
  if (program === 'ffplay' && device !== undefined) {
    throw new Error(`device: found ${device}, expected none: ffplay plays to the default device alone`);
  }
  if (program !== 'auto') return [program];
  const able = PLAYERS.filter((name) => device === undefined || name !== 'ffplay');
  const places = await Promise.all(able.map((name) => findProgram(name)));
  const [first, ...others] = able.filter((_, index) => places[index] !== undefined);
  if (first !== undefined) return [first, ...others];
  throw new Error(`found none of ${able.join(', ')} on the PATH; install one: ${INSTALL_ALSA}`);
}

/** How a program is told to play. */
export async function playerOf(name: PlayerName, playing: Playing): Promise<Player> {
  switch (name) {
    case 'aplay':
      return aplay(playing);
    case 'paplay':
      return paplay(playing);
    case 'pw-cat':
      return pwCat(playing, await pwCatKnowsRaw());
    case 'ffplay':
      return ffplay(playing);
  }
}

/** Its level meter says a line for each piece that the device has taken: `Max peak (480 samples): 0x00007f14 #### 99%`. */
function aplay({ device = 'default', rateHz, bufferSeconds }: Playing): Player {
  let taken = 0;
  const microseconds = (seconds: number): number => Math.round(1e6 * seconds);
  return {
    program: 'aplay',
    args: [
      ...['-vvv', '-V', 'mono', '-D', device, '-t', 'raw', '-f', 'S16_LE', '-c', '1', '-r', `${rateHz}`],
      `--buffer-time=${microseconds(bufferSeconds)}`,
      `--period-time=${microseconds(bufferSeconds / PERIODS)}`,
    ],
    install: INSTALL_ALSA,
    advise: adviseOnPlaying,
    chatter: /^(?!aplay|ALSA lib|Warning)/,
    aheadSeconds: BEFORE_DEVICE_SECONDS,
    blindSeconds: BLIND_SECONDS + bufferSeconds,
    takenBy(line) {
      const samples = /^Max peak \((\d+) samples\)/.exec(line)?.[1];
      if (samples === undefined) return undefined;
      taken += Number(samples);
      return taken;
    },
  };
}

/** It says how much has been heard: `Time: 0.128 sec; Latency: 21651 usec.` */
function paplay({ device, rateHz, bufferSeconds }: Playing): Player {
  return {
    program: 'paplay',
    args: [
      ...['--verbose', '--raw', '--format=s16le', `--rate=${rateHz}`, '--channels=1'],
      ...['--client-name=becomingone', `--latency-msec=${Math.round(1000 * bufferSeconds)}`],
      ...(device === undefined ? [] : [`--device=${device}`]),
    ],
    install: 'apt-get install pulseaudio-utils',
    advise: adviseOnPlaying,
    chatter: /^(Time|Opening|Connect|Stream s|Buffer|Using)/,
    aheadSeconds: BEFORE_DEVICE_SECONDS + bufferSeconds,
    blindSeconds: BLIND_SECONDS + bufferSeconds,
    takenBy: (line) => samplesOf(/^Time: (\d+\.\d+) sec/.exec(line)?.[1], rateHz),
  };
}

/** It says when it begins; from then on it is trusted to go by our clock. */
function pwCat({ device, rateHz, bufferSeconds }: Playing, knowsRaw: boolean): Player {
  return {
    program: 'pw-cat',
    args: [
      ...['--playback', '--verbose', '--format=s16', `--rate=${rateHz}`, '--channels=1'],
      `--latency=${Math.round(1000 * bufferSeconds)}ms`,
      ...(device === undefined ? [] : [`--target=${device}`]),
      ...(knowsRaw ? ['--raw'] : []),
      '-',
    ],
    install: 'apt-get install pipewire-bin',
    advise: adviseOnPlaying,
    chatter: /^(?!error|.*\[E\])/,
    aheadSeconds: BEFORE_DEVICE_SECONDS + bufferSeconds,
    blindSeconds: Number.POSITIVE_INFINITY,
    takenBy: (line) => (line.endsWith('-> streaming') ? 0 : undefined),
  };
}

/** From PipeWire 1.5 on pw-cat takes what comes on its standard input for a file with a header unless it is told. */
async function pwCatKnowsRaw(): Promise<boolean> {
  return run('pw-cat', ['--help'], { timeout: HELP_WITHIN_MS, env: process.env }).then(
    ({ stdout }) => stdout.includes('--raw'),
    () => false,
  );
}

/** It shows how much has been heard: `   1.23 M-A:  0.000 fd=   0 aq=    0KB`. */
function ffplay({ rateHz, bufferSeconds }: Playing): Player {
  return {
    program: 'ffplay',
    args: [
      ...['-hide_banner', '-loglevel', 'error', '-stats', '-nodisp', '-autoexit'],
      // It would else read a second of sound before it plays.
      ...['-fflags', 'nobuffer', '-probesize', '32', '-analyzeduration', '0'],
      ...['-f', 's16le', '-sample_rate', `${rateHz}`, '-i', 'pipe:0'],
    ],
    install: 'apt-get install ffmpeg',
    advise: adviseOnPlaying,
    chatter: /^\s*(nan|\d+\.\d+) |^Failed to open file/,
    aheadSeconds: BEFORE_DEVICE_SECONDS + bufferSeconds,
    blindSeconds: BLIND_SECONDS + bufferSeconds,
    takenBy: (line) => samplesOf(/^\s*(\d+\.\d+) [A-Z]-[A-Z]:/.exec(line)?.[1], rateHz),
  };
}

function samplesOf(seconds: string | undefined, rateHz: number): number | undefined {
  return seconds === undefined ? undefined : Math.round(Number(seconds) * rateHz);
}
