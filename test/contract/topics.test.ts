import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { faultsOf } from '../../contract/explain.js';
import { readInputMessage } from '../../contract/payloads/input.js';
import { TOPIC_TABLE, type TopicName } from '../../contract/topic-table.js';
import { createTopics } from '../../contract/topics.js';

/** What topics.md says about one topic. */
interface Section {
  readonly topic: string;
  readonly text: string;
}

const page = readFileSync('topics.md', 'utf8');
const [, ...parts] = page.split(/^## /m);
const sections: Section[] = parts.map((text) => ({ topic: /^`(.+)`/.exec(text)?.[1] ?? text, text }));
const table = Object.entries(TOPIC_TABLE) as [TopicName, (typeof TOPIC_TABLE)[TopicName]][];
const topics = createTopics();

function sectionOf(pattern: string): string {
  return sections.find(({ topic }) => topic === `mesh/${pattern}`)?.text ?? '';
}

/** The contents of all fences of a language. */
function fences(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(
    ([, code]) => code ?? '',
  );
}

/** The names of all keys, at any depth. */
function keysOf(schema: unknown, keys = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return keys;
  for (const [name, value] of Object.entries(schema)) {
    if (name === 'properties') for (const key of Object.keys(value as object)) keys.add(key);
    keysOf(value, keys);
  }
  return keys;
}

/** The keys in the first column of the section's table, by their last name. */
function documentedKeys(text: string): string[] {
  const rows = [...text.matchAll(/^\| (`.+?) \|/gm)];
  return rows.flatMap(([, cell]) =>
    [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, path]) => path?.split('.').at(-1) ?? ''),
  );
}

test('topics.md has a section for every topic there is, in the same order, and for no other', () => {
  const patterns = table.map(([, { pattern }]) => `mesh/${pattern}`);
  expect(sections.map(({ topic }) => topic)).toEqual(patterns);
});

test('its overview links to every section', () => {
  const links = [...page.matchAll(/^\| \[`(.+?)`\]\(#(.+?)\)/gm)].map(([, topic, anchor]) => [topic, anchor]);
  // GitHub makes an anchor of a heading so: lower case, without punctuation.
  expect(links).toEqual(
    sections.map(({ topic }) => [topic, topic.toLowerCase().replace(/[^a-z0-9_-]/g, '')]),
  );
});

test('every link within the page leads to a section', () => {
  const anchors = sections.map(({ topic }) => `#${topic.toLowerCase().replace(/[^a-z0-9_-]/g, '')}`);
  for (const [, anchor] of page.matchAll(/\]\((#.+?)\)/g)) expect(anchors).toContain(anchor);
});

describe.each(table)('%s', (name, { pattern, publisher, qos, retained, payload }) => {
  const text = sectionOf(pattern);
  const keys = keysOf(z.toJSONSchema(payload, { io: 'input' }));

  test('its publisher, QoS and retain flag are those of the table', () => {
    expect(text.split('\n')[2]).toBe(
      `From ${publisher} · QoS ${qos} · ${retained ? 'retained' : 'not retained'}`,
    );
  });

  test('its examples are valid', () => {
    const examples = [
      ...fences(text, 'json').map((code): unknown => JSON.parse(code)),
      ...fences(text, 'text').map((code) => code.trim()),
    ];
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(faultsOf(payload, example)).toEqual([]);
  });

  test('every key of its payload is shown in an example and explained, and no other', () => {
    const shown = fences(text, 'json').join('\n');
    for (const key of keys) {
      expect(text).toMatch(new RegExp(`\`([a-z_]+\\.)*${key}(\\.[a-z_]+)*\``));
      if (name !== 'zone') expect(shown).toContain(`"${key}"`);
    }
    for (const key of documentedKeys(text)) expect([...keys]).toContain(key);
  });
});

describe('every command', () => {
  const commands = fences(page, 'sh').flatMap((code) => code.trim().split('\n'));

  test.each(commands)('%s', (command) => {
    const [tool = '', ...words] = command
      .split(/\s+(?=(?:[^']*'[^']*')*[^']*$)/)
      .map((word) => word.replace(/^'|'$/g, ''));
    expect(['mosquitto_pub', 'mosquitto_sub']).toContain(tool);
    const topic = words[words.indexOf('-t') + 1] ?? '';
    if (topic === 'mesh/#') return;
    // A topic of fixed levels before one with <node>: mesh/sync/set is no node's.
    const fixedFirst = table.toSorted(
      ([, a], [, b]) => a.pattern.split('<').length - b.pattern.split('<').length,
    );
    const name = fixedFirst.find(([one]) => topics.parse(one, topic) !== null)?.[0];
    expect(name).toBeDefined();
    if (tool !== 'mosquitto_pub' || name === undefined || !words.includes('-m')) return;
    const message = words[words.indexOf('-m') + 1] ?? '';
    if (name === 'input') expect(readInputMessage(message)).toHaveProperty('message');
    else expect(faultsOf(TOPIC_TABLE[name].payload, JSON.parse(message))).toEqual([]);
  });
});
