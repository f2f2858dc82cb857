import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LIST_WITHIN_MS = 5000;
const PI_CAMERA = /^\s*(\d+) : (\S+)/gm;
/** Video devices of a Raspberry Pi that code and convert, and see nothing. */
const NO_CAMERA = /^(bcm2835-(codec|isp)|pispbe|rpi-hevc|rpivid)/;

/** The cameras at a Raspberry Pi's own connectors, as rpicam-vid numbers and names them: `0 (imx219)`. */
export async function listPiCameras(signal: AbortSignal): Promise<readonly string[]> {
  const options = { env: process.env, timeout: LIST_WITHIN_MS, killSignal: 'SIGKILL', signal } as const;
  const listed = await run('rpicam-vid', ['--list-cameras'], options).catch(() => ({
    stdout: '',
    stderr: '',
  }));
  const lines = `${listed.stdout}\n${listed.stderr}`;
  return [...lines.matchAll(PI_CAMERA)].map(([, number, name]) => `${number} (${name})`);
}

/**
 * The video devices that Linux shows: `/dev/video0 (HD Webcam)`.
 *
 * @param folder of the kernel's class; elsewhere only in tests.
 */
export async function listVideoDevices(folder = '/sys/class/video4linux'): Promise<readonly string[]> {
  const nodes = (await readdir(folder).catch(() => [])).filter((node) => /^video\d+$/.test(node));
  nodes.sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)));
  const listed = nodes.map(async (node) => {
    const read = (file: string): Promise<string> =>
      readFile(join(folder, node, file), 'utf8').catch(() => '');
    const [name, index] = await Promise.all([read('name'), read('index')]);
    // The further nodes of a camera give what it says of its pictures, and no picture.
    return NO_CAMERA.test(name) || Number(index) > 0 ? [] : [`/dev/${node} (${name.trim()})`];
  });
  return (await Promise.all(listed)).flat();
}

/** What cameras there are on this machine, in words. */
export async function describeCameras(signal: AbortSignal): Promise<string> {
  const [own, others] = await Promise.all([listPiCameras(signal), listVideoDevices()]);
  const cameras = [...own, ...others];
  return cameras.length > 0 ? `there are: ${cameras.join(', ')}` : 'there is no camera; plug one in';
}
