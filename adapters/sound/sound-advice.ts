/** What recorders say when they fail (ALSA's, FFmpeg's and the C library's words), and what to do then. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /resource busy/i,
    'another program has the device; close it, or record from one that is shared, such as default',
  ],
  [
    /permission denied|not permitted/i,
    'this user may not use it; join the group: sudo usermod -aG audio $USER, and log in again',
  ],
  [
    /(channels count|sample format|rate) non available|invalid argument/i,
    'the device cannot record so; put plug before its name: plughw:1 instead of hw:1',
  ],
  [/unknown input format/i, 'see which formats there are: ffmpeg -devices'],
  [/connection refused/i, 'no sound server answers; see that PulseAudio or PipeWire runs for this user'],
  [
    /no such (file|device)/i,
    'see which devices there are: arecord -L, and that this user is in the group audio',
  ],
];

/** What to do about what a recorder said on its standard error; nothing if that is not known. */
export function adviseOnSound(stderr: string): string | undefined {
  return ADVICE.find(([pattern]) => pattern.test(stderr))?.[1];
}
