import type { ChildCommand } from '../child-process.js';
import { ffmpegCommand } from '../ffmpeg.js';
import { findProgram } from '../find-program.js';
import { adviseOnCamera } from './camera-advice.js';
import { listPiCameras } from './camera-devices.js';
import type { Size } from './luma.js';

const DEFAULT_DEVICE = '/dev/video0';
const SLOWEST_HZ = 5;
const FASTEST_HZ = 30;
/** The least that cameras commonly offer; scaled down from there. */
const SMALLEST_CAPTURE: Size = [320, 240];
/** The image processor of a Raspberry Pi pads each row to so many bytes. */
const PI_ROW_BYTES = 64;

/** What is to be seen. */
export interface View {
  readonly program: 'auto' | 'ffmpeg' | 'rpicam-vid';
  /** ffmpeg's name of what the device is. */
  readonly format: string;
  /** A path, or the number of a camera at a Pi's own connector. */
  readonly device?: string | undefined;
  readonly size: Size;
  /** Pictures a second that the camera is asked for; it may give others. Chosen by `everySeconds` if undefined. */
  readonly fps?: number | undefined;
  /** Between two readings. */
  readonly everySeconds: number;
}

/** A program that writes pictures, one after another: the luma of every pixel, and perhaps more. */
export interface CameraProgram {
  readonly command: ChildCommand;
  readonly pictureBytes: number;
}

/**
 * The program that sees, and how it is told to.
 *
 * @throws Error in one sentence when it cannot read such a device, or give such a size.
 */
export async function cameraProgram(view: View, signal: AbortSignal): Promise<CameraProgram> {
  return (await isPiCamera(view, signal)) ? rpicam(view) : ffmpeg(view);
}

async function isPiCamera({ program, format, device }: View, signal: AbortSignal): Promise<boolean> {
  if (program !== 'auto') return program === 'rpicam-vid';
  if (format !== 'v4l2') return false;
  if (device !== undefined) return /^\d+$/.test(device);
  return (await findProgram('rpicam-vid')) !== undefined && (await listPiCameras(signal)).length > 0;
}

/** rpicam-vid writes whole pictures in yuv420, full range: the luma first, then a half more of colour. */
function rpicam(view: View): CameraProgram {
  const { format, device = '0', size } = view;
  const [width, height] = size;
  if (format !== 'v4l2') {
    throw new Error(`program: found rpicam-vid, expected ffmpeg, which alone reads the format ${format}`);
  }
  if (!/^\d+$/.test(device)) {
    throw new Error(
      `device: found ${device}, expected the number of a camera such as 0, because rpicam-vid reads it`,
    );
  }
  if (width % PI_ROW_BYTES !== 0 || height % 2 !== 0) {
    throw new Error(
      `size: found ${width} x ${height}, expected a width that is a multiple of ${PI_ROW_BYTES} and an even height, because rpicam-vid reads it`,
    );
  }
  return {
    command: {
      program: 'rpicam-vid',
      args: [
        ...['--camera', device, '--nopreview', '--verbose', '0', '--timeout', '0', '--codec', 'yuv420'],
        ...['--width', `${width}`, '--height', `${height}`, '--framerate', `${rateHz(view)}`],
        ...['--flush', '-o', '-'],
      ],
      install: 'apt-get install rpicam-apps-lite (Raspberry Pi OS)',
      advise: adviseOnCamera,
    },
    pictureBytes: (width * height * 3) / 2,
  };
}

function ffmpeg(view: View): CameraProgram {
  const { format, device = DEFAULT_DEVICE, size } = view;
  const [width, height] = size;
  // More threads would decode more pictures at a time, and give each of them later.
  const settings = ['-threads', '1', ...capture(view)];
  // Pictures are numbered anew: by their own times ffmpeg would fill a camera's gaps with copies.
  const filter = `scale=${width}:${height}:flags=area,format=gray,settb=1/30,setpts=N`;
  const output = ['-an', '-vf', filter, '-r', '30', '-f', 'rawvideo'];
  return {
    command: ffmpegCommand({ format, device, settings }, output, adviseOnCamera),
    pictureBytes: width * height,
  };
}

/** What the camera is asked for; not all formats know a rate, so only V4L2 is asked for one of our own choice. */
function capture(view: View): readonly string[] {
  if (view.format !== 'v4l2') return view.fps === undefined ? [] : ['-framerate', `${view.fps}`];
  const pixels = view.size.map((length, side) => Math.max(length, SMALLEST_CAPTURE[side] ?? 0));
  return ['-framerate', `${rateHz(view)}`, '-video_size', pixels.join('x')];
}

function rateHz({ fps, everySeconds }: View): number {
  return fps ?? Math.min(FASTEST_HZ, Math.max(SLOWEST_HZ, 1 / everySeconds));
}
