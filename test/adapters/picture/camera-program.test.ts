import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { adviseOnCamera } from '../../../adapters/picture/camera-advice.js';
import {
  describeCameras,
  listPiCameras,
  listVideoDevices,
} from '../../../adapters/picture/camera-devices.js';
import { cameraProgram, type View } from '../../../adapters/picture/camera-program.js';
import { openPiCamera } from './pi-camera.js';

const VIEW: View = {
  program: 'auto',
  format: 'v4l2',
  size: [64, 48],
  everySeconds: 0.01,
};
const programOf = async (view: Partial<View>): Promise<string> => {
  const { command } = await cameraProgram({ ...VIEW, ...view }, new AbortController().signal);
  return [command.program, ...command.args].join(' ');
};

describe('auto takes', () => {
  test("rpicam-vid where a Pi's camera is there and no device is given", async () => {
    await using _camera = openPiCamera();
    expect(await listPiCameras(new AbortController().signal)).toEqual(['0 (imx219)', '1 (imx708)']);
    expect(await programOf({})).toBe(
      'rpicam-vid --camera 0 --nopreview --verbose 0 --timeout 0 --codec yuv420 --width 64 --height 48 --framerate 30 --flush -o -',
    );
    expect(await programOf({ device: '/dev/video2' })).toMatch(/^ffmpeg .* -i \/dev\/video2 /);
    expect(await programOf({ format: 'avfoundation', device: '0' })).toMatch(/^ffmpeg .* -f avfoundation /);
  });

  test('ffmpeg and /dev/video0 where there is none', async () => {
    await using camera = openPiCamera();
    camera.unplug();
    expect(await programOf({})).toMatch(/^ffmpeg .* -i \/dev\/video0 /);
  });

  test("rpicam-vid for a number, which is a Pi's camera", async () => {
    expect(await programOf({ device: '1' })).toMatch(/^rpicam-vid --camera 1 /);
  });
});

test('ffmpeg asks another format for the rate that is configured, and for none else', async () => {
  const avfoundation = { format: 'avfoundation', device: '0' };
  expect(await programOf(avfoundation)).toContain('-f avfoundation -threads 1 -i 0 ');
  expect(await programOf({ ...avfoundation, fps: 30 })).toContain('-threads 1 -framerate 30 -i 0 ');
});

test('ffmpeg asks a camera for few and small pictures, and scales them down', async () => {
  expect(await programOf({ program: 'ffmpeg', everySeconds: 0.1 })).toBe(
    'ffmpeg -nostdin -hide_banner -loglevel error -f v4l2 -threads 1 -framerate 10 -video_size 320x240 -i /dev/video0' +
      ' -an -vf scale=64:48:flags=area,format=gray,settb=1/30,setpts=N -r 30 -f rawvideo -flush_packets 1 pipe:1',
  );
  expect(await programOf({ program: 'ffmpeg', size: [640, 100] })).toContain('-video_size 640x240');
  expect(await programOf({ program: 'ffmpeg', everySeconds: 60 })).toContain('-framerate 5 ');
  expect(await programOf({ program: 'ffmpeg', fps: 90 })).toContain('-framerate 90 ');
  expect(await programOf({ format: 'file', device: 'x.mp4' })).toContain(
    '-re -stream_loop -1 -threads 1 -i x.mp4',
  );
});

// As FFmpeg 5.1, libcamera 0.3 and rpicam-apps 1.5 print it.
test.each([
  [
    '[video4linux2,v4l2 @ 0x5] ioctl(VIDIOC_STREAMON): Device or resource busy',
    'another program has the camera',
  ],
  ['/dev/video0: Permission denied', 'sudo usermod -aG video $USER'],
  ['/dev/video0: No such file or directory', 'plugged in'],
  ['/dev/video0: No such device', 'plugged in'],
  ['/dev/video1: Inappropriate ioctl for device', 'that is no camera'],
  ['[video4linux2,v4l2 @ 0x5] Not a video capture device.', 'that is no camera'],
  ['ERROR: *** no cameras available ***', 'at the connector'],
  ['ERROR Camera camera.cpp:1033 Camera in use by another process', 'another program has the camera'],
  ['ERROR: *** failed to acquire camera /base/soc/i2c0mux/i2c@1/imx219@10 ***', 'close it'],
])('%s is answered by what to do', (said, advice) => {
  expect(adviseOnCamera(said)).toContain(advice);
});

test('what is not known is left without advice', () => {
  expect(adviseOnCamera('Last message repeated 3 times')).toBeUndefined();
});

test('cameras are listed as Linux shows them, one a device', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'becomingone-video-'));
  const show = (node: string, name: string, index: number): void => {
    mkdirSync(join(folder, node));
    writeFileSync(join(folder, node, 'name'), `${name}\n`);
    writeFileSync(join(folder, node, 'index'), `${index}\n`);
  };
  show('video10', 'bcm2835-codec-decode', 0);
  show('video11', 'HD Webcam', 0);
  show('video2', 'Endoscope', 0);
  show('video3', 'Endoscope', 1);
  show('v4l-subdev0', 'imx219', 0);
  expect(await listVideoDevices(folder)).toEqual(['/dev/video2 (Endoscope)', '/dev/video11 (HD Webcam)']);
  rmSync(folder, { recursive: true });
  expect(await listVideoDevices(folder)).toEqual([]);
});

test('all cameras are named in words', async () => {
  const { signal } = new AbortController();
  await using camera = openPiCamera();
  expect(await describeCameras(signal)).toMatch(/^there are: 0 \(imx219\), 1 \(imx708\)/);
  camera.unplug();
  expect(await describeCameras(signal)).toMatch(/^there (are: \/dev\/|is no camera; plug one in)/);
});
