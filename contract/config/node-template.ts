import { toLegalName } from '../names.js';

/** `{device}` stands for one level of a topic, `{device*}` for one or more. */
const PLACEHOLDER = /\{([a-z][a-z0-9_]*)(\*?)\}/gi;
/** Where placeholders stand for themselves in a pattern that is otherwise text. */
const SPLIT = /(\{[a-z][a-z0-9_]*\*?\})/i;

/** What the placeholders of a template stand for in one case. */
export type Bindings = Readonly<Record<string, string>>;

/** The names of a template's placeholders; none where it is plain text. */
export function placeholdersOf(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

/** Fills in what is bound; a placeholder that is not stays as it is. */
export function fillTemplate(template: string, bindings: Bindings): string {
  return template.replace(PLACEHOLDER, (whole, name: string) => bindings[name] ?? whole);
}

/** The subscription filter that hears at least what a topic template stands for. */
export function filterOfTemplate(topic: string): string {
  const levels = topic
    .split('/')
    .map((level) => (SPLIT.test(level) ? (level.includes('*}') ? '#' : '+') : level));
  const rest = levels.indexOf('#');
  return levels.slice(0, rest === -1 ? levels.length : rest + 1).join('/');
}

/** Makes a function that finds what the placeholders of a topic template stand for in a topic; null where it is another. */
export function topicBinder(template: string): (topic: string) => Bindings | null {
  const names = placeholdersOf(template);
  const pattern = patternOf(template, (isMany) => (isMany ? '(.+)' : '([^/]+)'), { '+': '[^/]+', '#': '.*' });
  return (topic) => {
    const match = pattern.exec(topic);
    if (match === null) return null;
    return Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? '']));
  };
}

/** The node's name of a template: what is bound, made legal. */
export function nodeNameOf(template: string, bindings: Bindings): string {
  return toLegalName(fillTemplate(template, bindings));
}

/** Whether a node's name may have come of a template of names. */
export function matchesTemplate(template: string, node: string): boolean {
  return placeholdersOf(template).length > 0 && patternOf(template, () => '.+', {}).test(node);
}

function patternOf(
  template: string,
  placeholder: (isMany: boolean) => string,
  wildcards: Readonly<Record<string, string>>,
): RegExp {
  const parts = template.split(SPLIT).map((part) => {
    if (SPLIT.test(part)) return placeholder(part.endsWith('*}'));
    return part.replace(/[.*+?^${}()|[\]\\#]/g, (letter) => wildcards[letter] ?? `\\${letter}`);
  });
  return new RegExp(`^${parts.join('')}$`);
}
