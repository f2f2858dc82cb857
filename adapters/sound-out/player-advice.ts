/** What players say when they fail (ALSA's, PulseAudio's, PipeWire's, SDL's words), and what to do then. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /resource busy/i,
    'another program has the device; close it, or play to one that is shared, such as default',
  ],
  [
    /permission denied|not permitted/i,
    'this user may not use it; join the group: sudo usermod -aG audio $USER, and log in again',
  ],
  [
    /(channels count|sample format|access type) no[nt] available|invalid argument/i,
    'the device cannot play so; put plug before its name: plughw:1 instead of hw:1',
  ],
  [
    /connection refused|host is down|access denied/i,
    'no sound server answers; see that PulseAudio or PipeWire runs for this user',
  ],
  [
    /no such entity|target not found/i,
    'see which devices there are: pactl list short sinks, or wpctl status',
  ],
  [
    /cannot find card|no such (file|device)|open audio device|available audio device/i,
    'see which sound devices there are: aplay -L; without one, sound can go into a file: to: sound.wav',
  ],
];

/** What to do about what a player said on its standard error; nothing if that is not known. */
export function adviseOnPlaying(stderr: string): string | undefined {
  return ADVICE.find(([pattern]) => pattern.test(stderr))?.[1];
}
