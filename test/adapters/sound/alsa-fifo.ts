import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An ALSA device called `fifo`, which records what a test writes: ALSA's file plugin, reading a named pipe. */
export interface AlsaFifo extends AsyncDisposable {
  /** Lets the device hear samples; those that there is no room for are dropped. */
  hear(samples: Int16Array): void;
  /** Takes the device away. */
  unplug(): void;
}

/** Makes the device, for programs that this process starts, until it is disposed of. */
export function openAlsaFifo(): AlsaFifo {
  const folder = mkdtempSync(join(tmpdir(), 'becomingone-alsa-'));
  const fifo = join(folder, 'fifo');
  const config = join(folder, 'asound.conf');
  execFileSync('mkfifo', [fifo]);
  writeFileSync(
    config,
    `</usr/share/alsa/alsa.conf>
pcm.fifo { type file, slave.pcm null, file /dev/null, infile "${fifo}", format raw }`,
  );
  const before = process.env.ALSA_CONFIG_PATH;
  process.env.ALSA_CONFIG_PATH = config;
  // Open at both ends, so that neither side waits for the other.
  const descriptor = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  return {
    hear(samples) {
      try {
        writeSync(descriptor, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      }
    },
    unplug: () => rmSync(config),
    async [Symbol.asyncDispose]() {
      if (before === undefined) delete process.env.ALSA_CONFIG_PATH;
      else process.env.ALSA_CONFIG_PATH = before;
      closeSync(descriptor);
      rmSync(folder, { recursive: true });
    },
  };
}
