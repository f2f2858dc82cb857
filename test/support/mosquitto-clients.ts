import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PATIENCE_MS = 15_000;

/** Publishes with Debian's mosquitto_pub: a client nobody here wrote. */
export async function mosquittoPub(
  port: number,
  topic: string,
  message: string,
  ...more: string[]
): Promise<void> {
  await run('mosquitto_pub', ['-h', '127.0.0.1', '-p', String(port), '-t', topic, '-m', message, ...more]);
}

export interface Heard {
  readonly topic: string;
  readonly retained: boolean;
  readonly text: string;
}

/** Debian's mosquitto_sub, and what it printed. */
export interface Subscription extends AsyncDisposable {
  readonly heard: readonly Heard[];
  /** The first message, from now on or before, that fits. */
  next(topic: string, fits?: (text: string) => boolean): Promise<string>;
  /** The first message on that topic, as JSON, that fits. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into messages of every kind
  nextJson(topic: string, fits?: (message: any) => boolean): Promise<any>;
}

/** Subscribes with mosquitto_sub; resolves once the broker has confirmed it. */
export async function mosquittoSub(port: number, filter: string, ...more: string[]): Promise<Subscription> {
  const args = ['-h', '127.0.0.1', '-p', String(port), '-t', filter, '-F', '%t\t%r\t%p', '-d', ...more];
  const child = spawn('stdbuf', ['-oL', 'mosquitto_sub', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  await confirmed(child, (line) => {
    const [topic, retained, ...rest] = line.split('\t');
    if (rest.length === 0) return;
    heard.push({ topic: topic ?? '', retained: retained === '1', text: rest.join('\t') });
    for (const look of waiting) look();
  });
  const next = (topic: string, fits: (text: string) => boolean = () => true): Promise<string> =>
    new Promise((resolve, reject) => {
      let from = 0;
      const look = (): void => {
        for (; from < heard.length; from += 1) {
          const one = heard[from];
          if (one?.topic !== topic || !fits(one.text)) continue;
          waiting.delete(look);
          clearTimeout(timer);
          resolve(one.text);
          return;
        }
      };
      const timer = setTimeout(() => {
        waiting.delete(look);
        const last = heard.filter((one) => one.topic === topic).at(-1)?.text ?? 'nothing';
        reject(new Error(`no fitting message on ${topic} within ${PATIENCE_MS} ms; the last was: ${last}`));
      }, PATIENCE_MS);
      waiting.add(look);
      look();
    });
  return {
    heard,
    next,
    nextJson: async (topic, fits = () => true) =>
      JSON.parse(await next(topic, (text) => text !== '' && fits(JSON.parse(text)))),
    async [Symbol.asyncDispose]() {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
    },
  };
}

/** Hands out stdout's lines; resolves at the SUBACK that `-d` prints. */
function confirmed(child: ChildProcess, take: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let rest = '';
    child.once('error', () =>
      reject(new Error('mosquitto_sub is missing: apt-get install mosquitto mosquitto-clients')),
    );
    child.once('close', () => reject(new Error('mosquitto_sub ended before it had subscribed')));
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.includes('\t')) take(line);
        else if (line.startsWith('Subscribed')) resolve();
      }
    });
  });
}
