/**
 * Installs and builds what is missing or out of date, says so on stderr, and is quick when nothing is.
 * Runs before `npm start`, `npm test` and `npm run bench`, with Node alone.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const installStamp = join(root, 'node_modules', '.becomingone-installed');
const buildStamp = join(root, 'dist', '.becomingone-built');
const shell = process.platform === 'win32';

function say(text) {
  process.stderr.write(`becomingone: ${text}\n`);
}

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell });
  if (status !== 0) {
    say(`"${command} ${args.join(' ')}" failed; its messages stand above.`);
    process.exit(1);
  }
}

/** The newest state of everything the build reads: names, sizes and modification times. */
function sourceState() {
  const hash = createHash('sha256').update(process.version);
  const { include } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  const visit = (path) => {
    if (!existsSync(path)) return;
    const stat = statSync(path);
    if (stat.isDirectory()) {
      for (const name of readdirSync(path).sort()) visit(join(path, name));
    } else {
      hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\0`);
    }
  };
  for (const path of ['package-lock.json', 'tsconfig.json', ...include]) visit(join(root, path));
  return hash.digest('hex');
}

/** What is to be installed: the manifest's dependencies, the lock and the Node version native packages were built for. */
function dependencyState() {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { dependencies, optionalDependencies, devDependencies } = manifest;
  return createHash('sha256')
    .update(JSON.stringify([dependencies, optionalDependencies, devDependencies, process.versions.modules]))
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function stamped(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

if (stamped(installStamp) !== dependencyState()) {
  say('installing the packages it needs (npm install) ...');
  run('npm', ['install', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(installStamp, dependencyState());
}
if (stamped(buildStamp) !== sourceState()) {
  say('building (tsc) ...');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  run(process.execPath, [
    join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
    '-p',
    join(root, 'tsconfig.json'),
  ]);
  writeFileSync(buildStamp, sourceState());
}
