/** What camera programs say when they fail (FFmpeg's, libcamera's and the C library's words), and what to do then. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/resource busy|in use by another|failed to acquire/i, 'another program has the camera; close it'],
  [
    /permission denied|not permitted/i,
    'this user may not use it; join the group: sudo usermod -aG video $USER, and log in again',
  ],
  [/no cameras available/i, 'no camera answers at the connector; see that its cable sits, and start again'],
  [
    /inappropriate ioctl|not a video capture device/i,
    'that is no camera; another /dev/video may be, see: v4l2-ctl --list-devices',
  ],
  [/unknown input format/i, 'see which formats there are: ffmpeg -devices'],
  [
    /no such (file|device)|input\/output error/i,
    'see that the camera is plugged in, and which there are: v4l2-ctl --list-devices',
  ],
];

/** What to do about what a camera program said on its standard error; nothing if that is not known. */
export function adviseOnCamera(stderr: string): string | undefined {
  return ADVICE.find(([pattern]) => pattern.test(stderr))?.[1];
}
