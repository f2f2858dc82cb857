import { z } from 'zod';

const STEP = /^(?:\.?([^.[\]"']+)|\[(\d+)\]|\[(?:"([^"]+)"|'([^']+)')\])/;
const EXPECTED = 'a path such as temperature, AM2301.Temperature, data[0].price or ["odd key"].value';
const LONGEST = 500;

/** The keys and indices of a path; null where it is none. */
function stepsOf(path: string): readonly string[] | null {
  const steps: string[] = [];
  let rest = path;
  while (rest !== '') {
    const match = STEP.exec(rest);
    if (match === null || (steps.length === 0 && rest.startsWith('.'))) return null;
    steps.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '');
    rest = rest.slice(match[0].length);
  }
  return steps.length === 0 ? null : steps;
}

/** Where in a JSON document a value stands: keys joined by dots, indices and odd keys in brackets. */
export const jsonPathSchema = z
  .string()
  .max(LONGEST)
  .refine((path) => stepsOf(path) !== null, EXPECTED);

/**
 * Makes a function that looks a path up in parsed JSON.
 *
 * @param path one that {@link jsonPathSchema} accepts.
 * @returns the value there; undefined where the document has none.
 * @throws RangeError when it is no path.
 */
export function createJsonPath(path: string): (document: unknown) => unknown {
  const steps = stepsOf(path);
  if (steps === null) throw new RangeError(`found ${path}, expected ${EXPECTED}`);
  return (document) => {
    let value = document;
    for (const step of steps) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
      value = (value as Record<string, unknown>)[step];
    }
    return value;
  };
}
