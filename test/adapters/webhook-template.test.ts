import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createEventBody, eventTemplateSchema } from '../../adapters/webhook-template.js';
import { explain } from '../../contract/explain.js';
import type { EventMessage } from '../../contract/payloads/event.js';

const common = { timestamp: '2026-11-23T23:00:00.000Z', session: 'k3f9' };
const figure = fc.double({ min: -1, max: 1, noNaN: true });
const complex = fc.record({ real: figure, imag: figure });
const name = fc.string({ unit: 'grapheme', minLength: 1 });
const count = fc.nat(1000);

/** Any event, with names as wild as text can be. */
const anyEvent: fc.Arbitrary<EventMessage> = fc
  .oneof(
    fc.record({
      type: fc.constantFrom('emerged' as const, 'dissolved' as const),
      coherence: figure,
      threshold: figure,
      phase: complex,
      nodes: fc.record({ live: count, known: count }),
      before: figure,
      moved: fc.array(fc.record({ node: name, by: figure }), { maxLength: 5 }),
    }),
    fc.record({
      type: fc.constantFrom('collapsed' as const, 'released' as const),
      resonance: complex,
      collapse: figure,
    }),
    fc.record({
      type: fc.constantFrom('we_formed' as const, 'we_parted' as const),
      nodes: fc.tuple(name, name),
      strength: figure,
      centred_strength: figure,
    }),
    fc.record({ type: fc.constant('node_joined' as const), node: name }),
    fc.record({
      type: fc.constant('node_left' as const),
      node: name,
      reason: fc.constantFrom('silent' as const, 'offline' as const),
    }),
  )
  .map((event) => ({ ...event, ...common }) as EventMessage);

const left: EventMessage = { type: 'node_left', node: 'a "b" \\ c\n', reason: 'silent', ...common };
const emerged: EventMessage = {
  type: 'emerged',
  coherence: 0.8123456789,
  threshold: 0.75,
  phase: { real: 0.79, imag: -1e-9 },
  nodes: { live: 34, known: 40 },
  before: 0.7,
  moved: [
    { node: 'kitchen', by: 0.1 },
    { node: 'hall', by: 0.02 },
  ],
  ...common,
};

describe('in JSON', () => {
  const fill = (template: string, event: EventMessage): unknown =>
    JSON.parse(createEventBody(template, true)(event));

  test('a text is escaped in quotes and quoted outside, a figure that is not there is nothing', () => {
    const template = '{"text": "{type}: {node} ({coherence})", "node": {node}, "coherence": {coherence}}';
    expect(fill(template, left)).toEqual({
      text: 'node_left: a "b" \\ c\n ()',
      node: 'a "b" \\ c\n',
      coherence: null,
    });
    expect(fill(template, emerged)).toEqual({
      text: 'emerged:  (0.812346)',
      node: null,
      coherence: 0.812346,
    });
  });

  test('quotes and backslashes of the template itself are understood', () => {
    expect(fill('{"a\\"{type}": "\\\\", "b": {type}}', left)).toEqual({
      'a"node_left': '\\',
      b: 'node_left',
    });
  });

  test('every figure of every kind of event can be named', () => {
    expect(fill('[{coherence},{before},{threshold},{real},{imag},{live},{known},{moved}]', emerged)).toEqual([
      0.812346,
      0.7,
      0.75,
      0.79,
      -1e-9,
      34,
      40,
      'kitchen, hall',
    ]);
    const bond: EventMessage = {
      type: 'we_formed',
      nodes: ['mark', 'solaria'],
      strength: 0.9,
      centred_strength: 0.8,
      ...common,
    };
    expect(fill('[{a},{b},{strength},{centred_strength},{timestamp},{session}]', bond)).toEqual([
      'mark',
      'solaria',
      0.9,
      0.8,
      common.timestamp,
      'k3f9',
    ]);
    const collapsed: EventMessage = {
      type: 'collapsed',
      resonance: { real: 0.1, imag: 0.2 },
      collapse: 0.8,
      ...common,
      timestamp: 1_771_542_000.123,
    };
    expect(fill('[{real},{imag},{collapse},{reason},"{timestamp}"]', collapsed)).toEqual([
      0.1,
      0.2,
      0.8,
      null,
      '1771542000.123',
    ]);
    expect(fill('{reason}', left)).toBe('silent');
  });

  test('any event gives JSON', () => {
    const template =
      '{"{type}": "{node}{a}{b}{moved}", "n": {node}, "a": [{a}, {b}, {coherence}, {strength}], "t": "{real} \\"{imag}\\""}';
    const body = createEventBody(template, true);
    fc.assert(
      fc.property(anyEvent, (event) => {
        const parsed = JSON.parse(body(event));
        expect(Object.keys(parsed)[0]).toBe(event.type);
        expect(parsed.n).toBe('node' in event ? event.node : null);
      }),
    );
  });

  test.each(['{type', '{"a": {type}', '{"a": {coherence}{node}}', 'emerged: {node}', '{"a": 1{before}}'])(
    'the template %j is refused',
    (template) => {
      expect(() => createEventBody(template, true)).toThrow(
        /^event_template: found .* once it is filled in, which is not JSON \(.*\), expected JSON or another content_type$/,
      );
    },
  );
});

test('elsewhere texts stand as they are', () => {
  expect(createEventBody('{type} {node}{coherence}, {"x"}', false)(left)).toBe(
    'node_left a "b" \\ c\n, {"x"}',
  );
});

test('without a template the event is posted as it is', () => {
  fc.assert(
    fc.property(anyEvent, (event) => {
      expect(JSON.parse(createEventBody(undefined, true)(event))).toEqual(JSON.parse(JSON.stringify(event)));
    }),
  );
});

test('a placeholder that there is not is refused with its place', () => {
  expect(explain(eventTemplateSchema, '{type} {colour}')).toMatch(
    /^found "\{type\} \{colour\}", expected one of \{type\}, .* instead of \{colour\} at character 8$/,
  );
});
