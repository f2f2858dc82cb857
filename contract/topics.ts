import { TOPIC_TABLE, type TopicName } from './topic-table.js';

type ParameterOf<Pattern extends string> = Pattern extends `${string}<${infer Name}>${infer Rest}`
  ? Name | ParameterOf<Rest>
  : never;
/** The parameters of a topic, one name a level: `{ node: 'kitchen', channel: 'temperature' }`. */
export type TopicParameters<Name extends TopicName> = Record<
  ParameterOf<(typeof TOPIC_TABLE)[Name]['pattern']>,
  string
>;

/** Builds and parses every topic of a mesh; nothing else spells or splits one. */
export interface Topics {
  readonly prefix: string;
  /** The topic of that name, e.g. `build('phase', { node: 'kitchen' })` is `mesh/kitchen/phase`. */
  build<Name extends TopicName>(name: Name, parameters: TopicParameters<Name>): string;
  /** The subscription filter of that name; a parameter left out matches any. */
  filter<Name extends TopicName>(name: Name, parameters?: Partial<TopicParameters<Name>>): string;
  /** The parameters of `topic` if it is one of that name, whether their values are legal names or not. */
  parse<Name extends TopicName>(name: Name, topic: string): TopicParameters<Name> | null;
  /** The first level under the prefix, which is the node of every `<node>/...` topic; for hot paths. */
  nodeOf(topic: string): string;
}

/** @param prefix levels before every topic, without a slash at either end; `mesh` by default. */
export function createTopics(prefix = 'mesh'): Topics {
  const split = prefix.length + 1;
  const fill = (name: TopicName, parameters: Record<string, string | undefined>, otherwise: string): string =>
    `${prefix}/${TOPIC_TABLE[name].pattern.replace(/<(\w+)>/g, (_, key: string) => parameters[key] ?? otherwise)}`;
  return {
    prefix,
    build: (name, parameters) => fill(name, parameters, ''),
    filter: (name, parameters = {}) => fill(name, parameters, '+'),
    parse(name, topic) {
      if (!topic.startsWith(`${prefix}/`)) return null;
      return matchLevels(TOPIC_TABLE[name].pattern.split('/'), topic.slice(split).split('/')) as never;
    },
    nodeOf(topic) {
      const end = topic.indexOf('/', split);
      return end === -1 ? topic.slice(split) : topic.slice(split, end);
    },
  };
}

function matchLevels(pattern: readonly string[], levels: readonly string[]): Record<string, string> | null {
  if (pattern.length !== levels.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const level = levels[index] ?? '';
    if (expected.startsWith('<')) parameters[expected.slice(1, -1)] = level;
    else if (expected !== level) return null;
  }
  return parameters;
}
