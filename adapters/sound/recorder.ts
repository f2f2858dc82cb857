import type { ChildCommand } from '../child-process.js';
import { ffmpegCommand } from '../ffmpeg.js';
import { findProgram } from '../find-program.js';
import { adviseOnSound } from './sound-advice.js';

const RECORDERS = ['arecord', 'ffmpeg', 'sox'] as const;
type Recorder = (typeof RECORDERS)[number];

/** What is to be recorded: 16-bit signed little-endian samples of one channel. */
export interface Recording {
  readonly program: Recorder | 'auto';
  /** ffmpeg's name of what the device is; all but alsa are read by ffmpeg alone. */
  readonly format: string;
  readonly device: string;
  readonly rateHz: number;
  /** After how many samples the device should tell of them. */
  readonly periodSamples: number;
}

/**
 * The program that records, and how it is told to.
 *
 * @throws Error in one sentence when none is installed, or the one that was asked for cannot read the format.
 */
export async function recorderCommand(recording: Recording): Promise<ChildCommand> {
  switch (await chooseRecorder(recording)) {
    case 'arecord':
      return arecordCommand(recording);
    case 'ffmpeg':
      return ffmpegRecorder(recording);
    case 'sox':
      return soxCommand(recording);
  }
}

async function chooseRecorder({ program, format }: Recording): Promise<Recorder> {
  if (format !== 'alsa') {
    if (program === 'auto' || program === 'ffmpeg') return 'ffmpeg';
    throw new Error(`program: found ${program}, expected ffmpeg, which alone reads the format ${format}`);
  }
  if (program !== 'auto') return program;
  for (const recorder of RECORDERS) {
    if ((await findProgram(recorder)) !== undefined) return recorder;
  }
  throw new Error(
    `found none of ${RECORDERS.join(', ')} on the PATH; install one: apt-get install alsa-utils`,
  );
}

/** arecord reads a period, writes it, and reads the next; its buffer is for when we are late. */
function arecordCommand({ device, rateHz, periodSamples }: Recording): ChildCommand {
  const bufferSamples = Math.max(Math.round(rateHz / 2), 4 * periodSamples);
  return {
    program: 'arecord',
    args: [
      ...['-q', '-D', device, '-t', 'raw', '-f', 'S16_LE', '-c', '1', '-r', `${rateHz}`],
      ...[`--period-size=${periodSamples}`, `--buffer-size=${bufferSamples}`],
    ],
    install: 'apt-get install alsa-utils',
    advise: adviseOnSound,
  };
}

function ffmpegRecorder({ format, device, rateHz, periodSamples }: Recording): ChildCommand {
  const asked = ['-sample_rate', `${rateHz}`, '-channels', '1'];
  // PulseAudio hands sound on by the second or two unless it is asked for less.
  const fragment = ['-fragment_size', `${2 * periodSamples}`];
  const settings = format === 'alsa' ? asked : format === 'pulse' ? [...asked, ...fragment] : [];
  const output = ['-vn', '-ac', '1', '-ar', `${rateHz}`, '-f', 's16le'];
  return ffmpegCommand({ format, device, settings }, output, adviseOnSound);
}

/** Without dither, which would be heard in silence; asked twice, because a card may record otherwise than it is asked. */
function soxCommand({ device, rateHz, periodSamples }: Recording): ChildCommand {
  const sound = ['-r', `${rateHz}`, '-c', '1', '-e', 'signed-integer', '-b', '16'];
  return {
    program: 'sox',
    args: [
      ...['-q', '-D', '--buffer', `${Math.max(32, 2 * periodSamples)}`],
      ...[...sound, '-t', 'alsa', device, ...sound, '-L', '-t', 'raw', '-'],
    ],
    install: 'apt-get install sox',
    advise: adviseOnSound,
  };
}
