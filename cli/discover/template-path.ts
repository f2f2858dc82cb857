import { pathTo } from './json-values.js';

const EXPRESSION = /^\{\{-?\s*([^{}|]+?)\s*-?\}\}$/;
const ACCESS = /\.([A-Za-z_]\w*)|\['([^']+)'\]|\["([^"]+)"\]|\[(\d{1,6})\]/y;

/**
 * Where the value stands that a template of Home Assistant takes, for templates that are no more than that:
 * `{{ value_json.x }}`, `{{ value_json['x'].y[0] }}`, `{{ value }}`.
 *
 * @returns the path, undefined for the whole message, or null where the template is more than a path.
 */
export function templatePath(template: string | undefined): string | undefined | null {
  if (template === undefined) return undefined;
  const expression = EXPRESSION.exec(template.trim())?.[1];
  if (expression === 'value' || expression === 'value_json') return undefined;
  if (expression === undefined || !expression.startsWith('value_json')) return null;
  const keys: (string | number)[] = [];
  ACCESS.lastIndex = 'value_json'.length;
  while (ACCESS.lastIndex < expression.length) {
    const match = ACCESS.exec(expression);
    if (match === null) return null;
    const [, name, single, double, index] = match;
    keys.push(name ?? single ?? double ?? Number(index));
  }
  return pathTo(keys);
}
