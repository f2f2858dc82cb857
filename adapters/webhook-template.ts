import { z } from 'zod';
import { reasonOf } from '../contract/errors.js';
import type { EventMessage } from '../contract/payloads/event.js';

/** What a template of an event may hold in braces. */
const NAMES = [
  ...['type', 'timestamp', 'session', 'node', 'reason', 'coherence', 'before', 'threshold', 'real', 'imag'],
  ...['live', 'known', 'moved', 'collapse', 'a', 'b', 'strength', 'centred_strength'],
] as const;
type Figures = Partial<Record<(typeof NAMES)[number], string | number>>;

const LIST = NAMES.map((name) => `{${name}}`).join(', ');
/** A word in braces; other braces stand for themselves, so that JSON can be a template. */
const PLACEHOLDER = /\{(\w+)\}/g;

/** A text with placeholders; one that is not known is a fault that names its place. */
export const eventTemplateSchema = z
  .string()
  .min(1)
  .max(10_000)
  .superRefine((template, context) => {
    for (const { 0: found, 1: name = '', index } of template.matchAll(PLACEHOLDER)) {
      if ((NAMES as readonly string[]).includes(name)) continue;
      const message = `one of ${LIST} instead of ${found} at character ${index + 1}`;
      context.addIssue({ code: 'custom', message });
    }
  })
  .describe(`text with ${LIST}`);

/**
 * Makes texts of events: the event itself in JSON, unless there is a template.
 *
 * In JSON what stands in quotes is escaped, and what stands outside is a number, a text in quotes, or null where this
 * kind of event has no such figure; so the text is JSON for every event. Elsewhere such a figure is left out.
 *
 * @throws Error with a sentence when the text is to be JSON and is not.
 */
export function createEventBody(
  template: string | undefined,
  isJson: boolean,
): (event: EventMessage) => string {
  if (template === undefined) return (event) => JSON.stringify(event);
  const isQuoted = isJson ? insideQuotes(template) : undefined;
  const fill = (figures: Figures): string =>
    template.replace(PLACEHOLDER, (_found, name: keyof Figures, index: number) => {
      const figure = typeof figures[name] === 'number' ? sixDigits(figures[name]) : figures[name];
      if (isQuoted === undefined) return String(figure ?? '');
      return isQuoted[index]
        ? JSON.stringify(String(figure ?? '')).slice(1, -1)
        : JSON.stringify(figure ?? null);
    });
  if (isJson) {
    for (const figure of [undefined, -0.5, 'x']) {
      checkJson('event_template', fill(Object.fromEntries(NAMES.map((name) => [name, figure]))));
    }
  }
  return (event) => fill(figuresOf(event));
}

/** @throws Error with a sentence when a text is not JSON. */
export function checkJson(option: string, text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    const reason = reasonOf(error);
    throw new Error(
      `${option}: found ${text} once it is filled in, which is not JSON (${reason}), expected JSON or another content_type`,
    );
  }
}

function figuresOf(event: EventMessage): Figures {
  const { type, timestamp, session } = event;
  return { type, timestamp: String(timestamp), session, ...ownFiguresOf(event) };
}

function ownFiguresOf(event: EventMessage): Figures {
  switch (event.type) {
    case 'emerged':
    case 'dissolved': {
      const { coherence, before, threshold, phase, nodes } = event;
      const moved = event.moved.map(({ node }) => node).join(', ');
      return { coherence, before, threshold, ...phase, ...nodes, moved };
    }
    case 'collapsed':
    case 'released':
      return { ...event.resonance, collapse: event.collapse };
    case 'we_formed':
    case 'we_parted': {
      const { strength, centred_strength } = event;
      const [a, b] = event.nodes;
      return { a, b, strength, centred_strength };
    }
    case 'node_joined':
      return { node: event.node };
    case 'node_left':
      return { node: event.node, reason: event.reason };
  }
}

/** For each character of a JSON text, whether it stands in a string. @see RFC 8259, 7 */
function insideQuotes(template: string): boolean[] {
  const inside: boolean[] = [];
  let isInside = false;
  let isEscaped = false;
  for (const character of template.split('')) {
    inside.push(isInside);
    if (isEscaped) isEscaped = false;
    else if (character === '\\') isEscaped = isInside;
    else if (character === '"') isInside = !isInside;
  }
  return inside;
}

function sixDigits(value: number): number {
  return Number(value.toPrecision(6));
}
