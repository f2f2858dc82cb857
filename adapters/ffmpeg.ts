import type { ChildCommand } from './child-process.js';

/** What ffmpeg is to read: a format of its devices, and which; `file` is a file that is played over and over. */
export interface FfmpegSource {
  readonly format: string;
  readonly device: string;
  /** What this format wants to be told before the device is opened: `['-framerate', '30']`. */
  readonly settings: readonly string[];
}

const QUIET = ['-nostdin', '-hide_banner', '-loglevel', 'error'];

/**
 * ffmpeg, reading as fast as its source goes and writing raw data to its standard output.
 *
 * @param output what it makes of its source, down to the format written.
 * @see https://ffmpeg.org/ffmpeg-devices.html
 */
export function ffmpegCommand(
  { format, device, settings }: FfmpegSource,
  output: readonly string[],
  advise: (stderr: string) => string | undefined,
): ChildCommand {
  const isDevice = format !== 'file' && format !== 'lavfi';
  const from = format === 'file' ? ['-stream_loop', '-1'] : ['-f', format];
  // Neither a file nor a filter graph (lavfi) has a pace of its own.
  const pace = isDevice ? [] : ['-re'];
  return {
    program: 'ffmpeg',
    args: [...QUIET, ...pace, ...from, ...settings, '-i', device, ...output, '-flush_packets', '1', 'pipe:1'],
    install: 'apt-get install ffmpeg',
    ...(isDevice ? { advise } : {}),
  };
}
