import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { textOutput } from '../../../adapters/output/text.js';
import { explain } from '../../../contract/explain.js';
import { temporaryFolder } from '../../support/cli.js';
import { createManualClock } from '../../support/manual-clock.js';
import { aState, createOutputWorld, createTestTerminal } from '../samples.js';

const never = new AbortController().signal;

function createText(options: Record<string, unknown> = {}) {
  const clock = createManualClock();
  const terminal = createTestTerminal();
  const { context } = createOutputWorld({ clock, terminal });
  return { clock, terminal, text: textOutput.create(textOutput.options.parse(options), context) };
}

describe('a template', () => {
  test('may hold every figure of a state', async () => {
    const template =
      '{coherence}|{real}|{imag}|{magnitude}|{angle}|{order}|{p_chance}|{live}|{known}|{unified}|{threshold}|{timestamp}';
    const { terminal, text } = createText({ template });
    await text.write(aState({ coherence: 0.8123456789 }), never);
    expect(terminal.text()).toBe(
      '0.812346|0.79|0.25|0.828613|0.306485|0.94|0.002|34|40|true|0.75|2026-11-23T23:00:00.000Z\n',
    );
  });

  test('may be a line of JSON', async () => {
    const { terminal, text } = createText({ template: '{"c": {coherence}, "on": {unified}, "none": {}}' });
    await text.write(aState(), never);
    expect(JSON.parse(terminal.text())).toEqual({ c: 0.81, on: true, none: {} });
  });

  test('has a default', async () => {
    const { terminal, text } = createText();
    await text.write(aState(), never);
    expect(terminal.text()).toBe('2026-11-23T23:00:00.000Z coherence 0.81 order 0.94 unified true\n');
  });

  test('with an unknown placeholder is refused, with its place', () => {
    expect(explain(textOutput.options, { template: 'c {coherence} of {treshold}' })).toMatch(
      /^template: found "c {coherence} of {treshold}", expected one of {coherence}, .* instead of {treshold} at character 18$/,
    );
    expect(explain(textOutput.options, { template: '{constructor}' })).toContain('at character 1');
  });
});

describe('the pace', () => {
  test('is a line a second unless the configuration says otherwise; unified or not is written at once', async () => {
    const { terminal, text, clock } = createText({ template: '{live} {unified}' });
    for (let step = 0; step < 24; step += 1) {
      await text.write(aState({ nodes: { live: step, known: 40 }, unified: step >= 15 }), never);
      clock.advance(0.1);
    }
    expect(terminal.written).toEqual(['0 false\n', '10 false\n', '15 true\n']);
  });

  test('of 0 is every state', async () => {
    const { terminal, text } = createText({ every: 0 });
    for (let step = 0; step < 5; step += 1) await text.write(aState(), never);
    expect(terminal.written).toHaveLength(5);
  });

  test('starts anew after a silence', async () => {
    const { terminal, text } = createText({ every: '1h' });
    await text.write(aState(), never);
    await text.quiet?.('gone');
    await text.write(aState(), never);
    expect(terminal.written).toHaveLength(2);
  });
});

describe('a file', () => {
  test('is opened when there is something to write, and appended to', async () => {
    await using folder = await temporaryFolder();
    const to = join(folder.path, 'coherence.log');
    const first = createText({ to, every: 0, template: '{live}' }).text;
    await expect(readFile(to)).rejects.toThrow('ENOENT');
    await first.write(aState(), never);
    await first.write(aState(), never);
    await createText({ to, every: 0, template: 'again' }).text.write(aState(), never);
    expect(await readFile(to, 'utf8')).toBe('34\n34\nagain\n');
  });

  test('that cannot be written is a rejection, and works once it can', async () => {
    await using folder = await temporaryFolder();
    const to = join(folder.path, 'later', 'coherence.log');
    const { text } = createText({ to, template: '{live}' });
    await expect(text.write(aState(), never)).rejects.toThrow(`cannot append to ${to}: ENOENT`);
    await mkdir(join(folder.path, 'later'));
    await text.write(aState(), never);
    expect(await readFile(to, 'utf8')).toBe('34\n');
    await rm(to);
  });
});
