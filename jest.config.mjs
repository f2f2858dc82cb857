import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Files that speak to Debian's Mosquitto, which `npm test` must do without where it is not installed. */
function needingMosquitto() {
  const files = readdirSync('test', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const sources = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
  const needs = (file) => /support\/mosquitto(-clients)?\.js|'mosquitto/.test(sources.get(file) ?? '');
  const usesOne = (file) =>
    [...(sources.get(file) ?? '').matchAll(/from '(\.{1,2}\/[^']+)\.js'/g)].some(([, path]) => {
      const used = relative('.', join(file, '..', `${path}.ts`));
      return sources.has(used) && needs(used);
    });
  return files.filter((file) => file.endsWith('.test.ts') && (needs(file) || usesOne(file)));
}

function isInstalled(command) {
  return spawnSync(command, ['--help']).error === undefined;
}

/** What is left out here; nothing in CI, where a missing program is a failure. */
function leftOut() {
  if (process.env.CI || (isInstalled('mosquitto') && isInstalled('mosquitto_sub'))) return [];
  const files = needingMosquitto();
  process.stderr.write(
    `becomingone: Mosquitto is not installed; ${files.length} test files are left out (apt-get install mosquitto mosquitto-clients)\n`,
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
  testTimeout: 20_000,
};
