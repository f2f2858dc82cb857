import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Machine, Rpio } from '../../../adapters/sensors/machine.js';

/** A machine of real files in a folder of its own, laid out as Linux shows them. */
export interface FakeMachine extends Machine, AsyncDisposable {
  readonly root: string;
  /** Writes a file such as `sys/class/hwmon/hwmon0/name`. */
  write(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes it a Raspberry Pi whose whole memory this process may open. */
  becomePi(model?: string): Promise<void>;
  rpio: Rpio | undefined;
  /** Resolves once somebody looks for devices, as an input does that starts again. */
  untilLookedAt(): Promise<void>;
}

export async function createFakeMachine(rpio?: Rpio): Promise<FakeMachine> {
  const root = await mkdtemp(join(tmpdir(), 'becomingone-machine-'));
  const waiting: (() => void)[] = [];
  const machine: FakeMachine = {
    root,
    get sys() {
      for (const resolve of waiting.splice(0)) resolve();
      return join(root, 'sys');
    },
    proc: join(root, 'proc'),
    dev: join(root, 'dev'),
    rpio,
    async loadRpio() {
      if (machine.rpio === undefined) throw new Error("Cannot find package 'rpio'\nimported from here");
      return machine.rpio;
    },
    async write(path, text) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    },
    remove: (path) => rm(join(root, path), { recursive: true, force: true }),
    async becomePi(model = 'Raspberry Pi 4 Model B Rev 1.4') {
      await machine.write('proc/device-tree/model', `${model}\0`);
      await machine.write('dev/mem', '');
    },
    untilLookedAt: () => new Promise((resolve) => waiting.push(resolve)),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
  return machine;
}
