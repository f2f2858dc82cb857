import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// As rpicam-apps 1.5 prints it.
const LIST = `Available cameras
-----------------
0 : imx219 [3280x2464 10-bit RGGB] (/base/soc/i2c0mux/i2c@1/imx219@10)
    Modes: 'SRGGB10_CSI2P' : 640x480 [206.65 fps - (1000, 752)/1280x960 crop]
1 : imx708 [4608x2592 10-bit RGGB] (/base/soc/i2c0mux/i2c@0/imx708@1a)
`;

/** A program called rpicam-vid, first on the PATH, for machines that are no Raspberry Pi. */
export interface PiCamera extends AsyncDisposable {
  /** Lets the camera be missing from the next start on, as its program says then. */
  unplug(): void;
}

/**
 * Makes the program: it lists two cameras, and sees luma 51 and colour 200 in pictures of 64 x 48, in yuv420 as the
 * documentation of rpicam-vid describes it, 100 a second.
 */
export function openPiCamera(): PiCamera {
  const folder = mkdtempSync(join(tmpdir(), 'becomingone-rpicam-'));
  const file = (name: string): string => join(folder, name);
  const picture = Buffer.concat([Buffer.alloc(64 * 48, 51), Buffer.alloc(64 * 24, 200)]);
  writeFileSync(file('picture'), picture);
  writeFileSync(file('list'), LIST);
  writeFileSync(
    file('rpicam-vid'),
    `#!/bin/sh
if [ "$1" = --list-cameras ]; then
  cat '${file('list')}' 2>/dev/null || echo 'No cameras available!'
elif [ -e '${file('list')}' ]; then
  echo "$*" > '${file('arguments')}'
  while cat '${file('picture')}'; do sleep 0.01; done
else
  echo 'ERROR: *** no cameras available ***' >&2
  exit 255
fi
`,
  );
  chmodSync(file('rpicam-vid'), 0o755);
  const before = process.env.PATH;
  process.env.PATH = `${folder}:${before}`;
  return {
    unplug: () => rmSync(file('list')),
    async [Symbol.asyncDispose]() {
      process.env.PATH = before;
      rmSync(folder, { recursive: true });
    },
  };
}
