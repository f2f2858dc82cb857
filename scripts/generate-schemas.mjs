/**
 * Writes docs/schemas/, one JSON Schema a topic, from the schemas that validate its payload; needs a build.
 *
 *   node scripts/generate-schemas.mjs [--check]
 *
 * With --check nothing is written, and a folder that is out of date ends it with exit code 1.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'docs', 'schemas');
const { TOPIC_TABLE } = await import(join(root, 'dist', 'contract', 'topic-table.js'));

/** `syncStatus` is described in sync-status.json. */
function fileOf(name) {
  return `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.json`;
}

function textOf({ pattern, summary, payload }) {
  const { $schema, ...schema } = z.toJSONSchema(payload, { io: 'input' });
  return `${JSON.stringify({ $schema, title: `mesh/${pattern}`, description: summary, ...schema }, null, 2)}\n`;
}

const expected = new Map(Object.entries(TOPIC_TABLE).map(([name, spec]) => [fileOf(name), textOf(spec)]));
mkdirSync(folder, { recursive: true });
const present = readdirSync(folder);
const stale = present.filter((file) => !expected.has(file));
const changed = [...expected].filter(
  ([file, text]) => !present.includes(file) || readFileSync(join(folder, file), 'utf8') !== text,
);
if (!process.argv.includes('--check')) {
  for (const file of stale) rmSync(join(folder, file));
  for (const [file, text] of changed) writeFileSync(join(folder, file), text);
} else if (stale.length + changed.length > 0) {
  const files = [...stale, ...changed.map(([file]) => file)].join(', ');
  process.stderr.write(`docs/schemas is out of date (${files}): run node scripts/generate-schemas.mjs\n`);
  process.exit(1);
}
