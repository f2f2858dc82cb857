import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

const MOSQUITTO = '/usr/sbin/mosquitto';
const LIMIT_MS = 5000;

/** Debian's Mosquitto, with a configuration of its own; disposing of it stops it. */
export interface Mosquitto extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Ends it as SIGTERM does; `start` brings it back on the same port, without what it had retained. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export interface MosquittoOptions {
  /** Free unless given. */
  readonly port?: number;
  /** Lines of mosquitto.conf besides the listener; `allow_anonymous true` unless given. */
  readonly config?: readonly string[];
}

/** Starts a Mosquitto on 127.0.0.1; it serves when this resolves. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  if (!existsSync(MOSQUITTO)) {
    throw new Error(
      `${MOSQUITTO} is missing, which this test needs: apt-get install mosquitto mosquitto-clients`,
    );
  }
  const port = options.port ?? (await freePort());
  const folder = await mkdtemp(join(tmpdir(), 'becomingone-mosquitto-'));
  const file = join(folder, 'mosquitto.conf');
  const config = [
    `listener ${port} 127.0.0.1`,
    'set_tcp_nodelay true',
    // As root it would become another user, who may not read what a test wrote.
    `user ${userInfo().username}`,
    ...(options.config ?? ['allow_anonymous true']),
  ];
  await writeFile(file, `${config.join('\n')}\n`);
  let child = await launch(file);
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // Mosquitto forgets a SIGTERM that comes between its saying that it runs and its doing so: ask again.
    const asking = setInterval(() => child.kill(), 50);
    child.kill();
    await once(child, 'exit');
    clearInterval(asking);
  };
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    stop,
    async start() {
      await stop();
      child = await launch(file);
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts the process, and waits until it says that it runs. */
async function launch(file: string): Promise<ChildProcess> {
  const child = spawn(MOSQUITTO, ['-c', file, '-v'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const fail = (what: string): void => reject(new Error(`mosquitto ${what}; it said: ${said}`));
    const timer = setTimeout(() => fail(`did not start within ${LIMIT_MS} ms`), LIMIT_MS);
    child.once('exit', () => fail('ended at its start'));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000);
      if (!said.includes('running')) return;
      clearTimeout(timer);
      resolve();
    });
  });
  return child;
}
