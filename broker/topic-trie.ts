/**
 * Values filed under MQTT topic filters, found again by topic.
 *
 * Matching follows MQTT 5.0 section 4.7: `+` is one level, `#` is the rest and the parent too, and a filter that
 * begins with a wildcard does not match a topic that begins with `$` [MQTT-4.7.2-1].
 */
export interface TopicTrie<Value> {
  /** How many values are filed. */
  readonly size: number;
  add(filter: string, value: Value): void;
  /** Takes back one `add` of that value; false when there was none. */
  remove(filter: string, value: Value): boolean;
  /** All values whose filter matches. The array is shared with later calls: nobody may change it. */
  match(topic: string): readonly Value[];
}

interface Branch<Value> {
  readonly children: Map<string, Branch<Value>>;
  readonly values: Value[];
}

/** Topics whose matches are remembered: the phases of tens of thousands of nodes. */
const MOST_REMEMBERED = 32_768;

export function createTopicTrie<Value>(): TopicTrie<Value> {
  const root = newBranch<Value>();
  const remembered = new Map<string, readonly Value[]>();
  let size = 0;
  return {
    get size() {
      return size;
    },
    add(filter, value) {
      let branch = root;
      for (const level of filter.split('/')) {
        const child = branch.children.get(level) ?? newBranch();
        branch.children.set(level, child);
        branch = child;
      }
      branch.values.push(value);
      size += 1;
      remembered.clear();
    },
    remove(filter, value) {
      if (!removeBelow(root, filter.split('/'), 0, value)) return false;
      size -= 1;
      remembered.clear();
      return true;
    },
    match(topic) {
      const known = remembered.get(topic);
      if (known !== undefined) return known;
      const found: Value[] = [];
      collect(root, topic.split('/'), 0, found);
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(topic, found);
      return found;
    },
  };
}

function newBranch<Value>(): Branch<Value> {
  return { children: new Map(), values: [] };
}

function collect<Value>(branch: Branch<Value>, levels: readonly string[], at: number, found: Value[]): void {
  const level = levels[at];
  const wildcards = at > 0 || level?.charAt(0) !== '$';
  if (wildcards) push(branch.children.get('#'), found);
  if (level === undefined) {
    push(branch, found);
    return;
  }
  const named = branch.children.get(level);
  if (named !== undefined) collect(named, levels, at + 1, found);
  const any = wildcards ? branch.children.get('+') : undefined;
  if (any !== undefined) collect(any, levels, at + 1, found);
}

function push<Value>(branch: Branch<Value> | undefined, found: Value[]): void {
  if (branch !== undefined) for (const value of branch.values) found.push(value);
}

/** Removes the value and every branch that is then empty. */
function removeBelow<Value>(
  branch: Branch<Value>,
  levels: readonly string[],
  at: number,
  value: Value,
): boolean {
  const level = levels[at];
  if (level === undefined) {
    const index = branch.values.indexOf(value);
    if (index !== -1) branch.values.splice(index, 1);
    return index !== -1;
  }
  const child = branch.children.get(level);
  if (child === undefined || !removeBelow(child, levels, at + 1, value)) return false;
  if (child.values.length === 0 && child.children.size === 0) branch.children.delete(level);
  return true;
}
