import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What a test file runs: Mosquitto where it imports what speaks to it, and what its line `// Needs: ...` names. */
const MOSQUITTO = ['mosquitto', 'mosquitto_sub'];

/** The programs of Debian's packages that each test file runs, by file. */
function needs() {
  const files = readdirSync('test', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const sources = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
  const own = (file) => {
    const source = sources.get(file) ?? '';
    const named = /^\/\/ Needs: (.+)$/m.exec(source)?.[1]?.split(', ') ?? [];
    return /support\/mosquitto(-clients)?\.js|'mosquitto/.test(source) ? [...named, ...MOSQUITTO] : named;
  };
  const used = (file) =>
    [...(sources.get(file) ?? '').matchAll(/from '(\.{1,2}\/[^']+)\.js'/g)]
      .map(([, path]) => relative('.', join(file, '..', `${path}.ts`)))
      .filter((path) => sources.has(path));
  const tests = files.filter((file) => file.endsWith('.test.ts'));
  return tests.map((file) => [file, [...own(file), ...used(file).flatMap(own)]]);
}

function isInstalled(command) {
  return spawnSync(command, ['--help']).error === undefined;
}

/** What is left out here; nothing in CI, where a missing program is a failure. */
function leftOut() {
  if (process.env.CI) return [];
  const wanted = needs();
  const missing = [...new Set(wanted.flatMap(([, programs]) => programs))].filter((one) => !isInstalled(one));
  const files = wanted
    .filter(([, programs]) => programs.some((one) => missing.includes(one)))
    .map(([file]) => file);
  if (files.length === 0) return [];
  process.stderr.write(
    `becomingone: ${missing.join(', ')} not installed; ${files.length} test files are left out ` +
      '(apt-get install mosquitto mosquitto-clients ffmpeg alsa-utils sox espeak-ng)\n',
  );
  return files.map((file) => `/${file.replaceAll('.', '\\.')}$`);
}

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...leftOut()],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
  // Jest leaves a core idle; most tests wait for processes and sockets.
  maxWorkers: '100%',
  testTimeout: 20_000,
};
