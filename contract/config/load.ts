import { readFile } from 'node:fs/promises';
import { isMap, isNode, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { MeshError, reasonOf } from '../errors.js';
import { type Fault, faultsOf } from '../explain.js';

/**
 * Parses and validates a configuration.
 *
 * @param text YAML; nothing at all means every default.
 * @param file its name, for the error.
 * @throws MeshError CONFIG_INVALID with one line a fault: file, line, column, where, found, expected.
 */
export function parseConfig<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
): z.output<Schema> {
  const lines = new LineCounter();
  const at = (offset: number, message: string): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}: ${message}`;
  };
  const invalid = (messages: readonly string[]): MeshError =>
    new MeshError('CONFIG_INVALID', `\n  ${messages.slice(0, 20).join('\n  ')}\n`);

  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw invalid(
      document.errors.map(({ pos, message }) =>
        at(pos[0], `found broken YAML (${message}), expected valid YAML`),
      ),
    );
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    throw invalid([at(0, `found YAML that cannot be resolved (${reasonOf(error)}), expected plain YAML`)]);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(
    faultsOf(schema, value).map((fault) => at(offsetOf(document.contents, fault), sentenceOf(fault))),
  );
}

/** Reads a configuration file; see {@link parseConfig}. */
export async function loadConfig<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new MeshError('CONFIG_UNREADABLE', `${file}: ${reasonOf(error)}`, { cause: error });
  }
  return parseConfig(text, file, schema);
}

function sentenceOf({ path, found, expected }: Fault): string {
  return `${path.length === 0 ? 'the whole file' : path.join('.')}: found ${found}, expected ${expected}`;
}

/** Where the value at the path starts; a key that is missing is looked for where its map starts. */
function offsetOf(root: Node | null, { path, found }: Fault): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const [index, key] of path.entries()) {
    const last = index === path.length - 1;
    const pair = isMap(node) ? node.items.find((item) => String(item.key) === String(key)) : undefined;
    if (last && found.startsWith('the unknown key') && isNode(pair?.key))
      return pair.key.range?.[0] ?? offset;
    node = pair === undefined ? childOf(node, key) : (pair.value ?? pair.key);
    if (!isNode(node) || node.range == null) return offset;
    offset = node.range[0];
  }
  return offset;
}

function childOf(node: unknown, key: PropertyKey): unknown {
  const items = (node as { items?: readonly unknown[] } | null)?.items;
  return typeof key === 'number' ? items?.[key] : undefined;
}
