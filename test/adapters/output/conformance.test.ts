import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { apiOutput } from '../../../adapters/output/api.js';
import { displayOutput } from '../../../adapters/output/display.js';
import { outputDefinitions } from '../../../adapters/output/registry.js';
import { textOutput } from '../../../adapters/output/text.js';
import type { OutputDefinition } from '../../../contract/adapters.js';
import { temporaryFolder } from '../../support/cli.js';
import { createTestTerminal } from '../samples.js';
import { startHttpServer } from './http-server.js';
import { describeOutput, type OutputBench } from './output-suite.js';

async function terminalBench(isTTY: boolean, options: Record<string, unknown> = {}): Promise<OutputBench> {
  const terminal = createTestTerminal({ isTTY, columns: 80 });
  return { options, context: { terminal }, acts: () => terminal.text(), async [Symbol.asyncDispose]() {} };
}

async function httpBench(): Promise<OutputBench> {
  let stalled = false;
  const server = await startHttpServer((response) => {
    if (!stalled) response.writeHead(204).end();
  });
  return {
    options: { url: server.url, every: 0 },
    acts: () => server.posts.length,
    stall: () => {
      stalled = true;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A file, of which the length shows what was done. */
async function fileBench(): Promise<OutputBench> {
  const folder = await temporaryFolder();
  const to = join(folder.path, 'coherence.log');
  return {
    options: { to, every: 0 },
    acts: () =>
      stat(to).then(
        ({ size }) => size,
        () => 0,
      ),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const BENCHES: readonly [string, OutputDefinition, () => Promise<OutputBench>][] = [
  ['api', apiOutput, httpBench],
  ['display on a terminal', displayOutput, () => terminalBench(true)],
  ['display elsewhere', displayOutput, () => terminalBench(false)],
  ['text to the terminal', textOutput, () => terminalBench(false, { every: 0 })],
  ['text to a file', textOutput, fileBench],
];

for (const [title, definition, openBench] of BENCHES) describeOutput(title, definition, openBench);

test('every output of the registry is held to the suite, and called as its file', () => {
  const registry = readFileSync('adapters/output/registry.ts', 'utf8');
  const definitions = [...registry.matchAll(/^import \{ (\w+) \} from '\.\/(.+)\.js';$/gm)];
  expect(outputDefinitions.map(({ name }) => name)).toEqual(definitions.map(([, , file]) => file));
  const held = new Set(BENCHES.map(([, definition]) => definition.name));
  for (const [, definition, name = ''] of definitions) {
    if (held.has(name)) continue;
    const source = readFileSync(`test/adapters/output/${name}.test.ts`, 'utf8');
    expect(source).toMatch(new RegExp(`describeOutput\\([^;]*?\\b${definition}\\b`));
  }
});
