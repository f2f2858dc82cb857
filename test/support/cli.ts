import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const READY_WITHIN_MS = 15_000;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `becomingone` that runs as its own process. */
export interface RunningCli extends AsyncDisposable {
  /** What followed the word ready. */
  readonly ready: string;
  /** The addresses in it, by scheme: `mqtt`, `http`. */
  readonly port: Readonly<Record<string, number>>;
  readonly process: ChildProcess;
  output(): { stdout: string; stderr: string };
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Finished & { readonly milliseconds: number }>;
}

/** A folder of a test's own, gone afterwards. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'becomingone-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Runs a command to its end. */
export async function runCli(args: readonly string[], input = ''): Promise<Finished> {
  const { child, output } = launch(args);
  child.stdin?.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output() };
}

/** Starts a command that serves, and waits until it says ready. */
export async function startCli(args: readonly string[], config?: string): Promise<RunningCli> {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'mesh.yaml');
  await writeFile(file, config ?? '');
  const withConfig = args.includes('--config') ? args : [...args, '--config', file];
  const { child, output } = launch(withConfig, { BECOMINGONE_DATA: folder.path });
  const closed = once(child, 'close') as Promise<[number | null]>;
  const ready = await readyLine(child, output);
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    const start = performance.now();
    child.kill(signal);
    const [code] = await closed;
    return { code, ...output(), milliseconds: performance.now() - start };
  };
  const addresses = [...ready.matchAll(/(\w+):\/\/\S+?:(\d+)/g)].map(
    ([, scheme = '', port]) => [scheme, Number(port)] as const,
  );
  return {
    ready,
    port: Object.fromEntries(addresses),
    process: child,
    output,
    stop,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) await stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function launch(args: readonly string[], variables: Record<string, string> = {}) {
  const env = { ...process.env, BECOMINGONE_CONFIG: '/dev/null', ...variables };
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return { child, output: () => ({ stdout, stderr }) };
}

function readyLine(child: ChildProcess, output: () => { stdout: string; stderr: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void =>
      reject(new Error(`becomingone ${why}:\n${output().stdout}\n${output().stderr}`));
    const timer = setTimeout(() => fail(`was not ready within ${READY_WITHIN_MS} ms`), READY_WITHIN_MS);
    const onClose = (code: number | null): void => fail(`ended with ${code} before it was ready`);
    child.once('close', onClose);
    child.stdout?.on('data', () => {
      const line = /^ready ?(.*)$/m.exec(output().stdout);
      if (line === null) return;
      clearTimeout(timer);
      child.off('close', onClose);
      resolve(line[1] ?? '');
    });
  });
}
