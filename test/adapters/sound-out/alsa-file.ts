import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { samplesIn } from './heard.js';

/** The default ALSA device of this process's children, which plays into a file: ALSA's file plugin. */
export interface AlsaFile extends AsyncDisposable {
  /** What it has played since a program last opened it. */
  played(): Int16Array;
  readonly file: string;
  /** Takes the device away, or puts it back. */
  unplug(): void;
  plug(): void;
}

/** Makes the device the default one, until it is disposed of. It takes what it gets at once. */
export function openAlsaFile(): AlsaFile {
  const folder = mkdtempSync(join(tmpdir(), 'becomingone-alsa-'));
  const [file, config, away] = ['played.raw', 'asound.conf', 'away.conf'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  writeFileSync(
    config,
    `</usr/share/alsa/alsa.conf>
pcm.!default { type file, slave.pcm null, file "${file}", format raw }`,
  );
  writeFileSync(file, '');
  const before = process.env.ALSA_CONFIG_PATH;
  process.env.ALSA_CONFIG_PATH = config;
  return {
    file,
    played: () => samplesIn(readFileSync(file)),
    unplug: () => renameSync(config, away),
    plug: () => renameSync(away, config),
    async [Symbol.asyncDispose]() {
      if (before === undefined) delete process.env.ALSA_CONFIG_PATH;
      else process.env.ALSA_CONFIG_PATH = before;
      rmSync(folder, { recursive: true });
    },
  };
}
