import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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

describe('a file that grows', () => {
  test('is put aside, and so many are kept', async () => {
    await using folder = await temporaryFolder();
    const to = join(folder.path, 'coherence.log');
    const { text } = createText({ to, every: 0, template: '{live}', rotate_at: 6, keep: 2 });
    for (let live = 10; live < 20; live += 1) await text.write(aState({ nodes: { live, known: 40 } }), never);
    expect((await readdir(folder.path)).sort()).toEqual([
      'coherence.log',
      'coherence.log.1',
      'coherence.log.2',
    ]);
    expect(await readFile(to, 'utf8')).toBe('18\n19\n');
    expect(await readFile(`${to}.1`, 'utf8')).toBe('16\n17\n');
    expect(await readFile(`${to}.2`, 'utf8')).toBe('14\n15\n');
  });

  test('is left alone where nothing is to be put aside', async () => {
    await using folder = await temporaryFolder();
    const to = join(folder.path, 'coherence.log');
    const { text } = createText({ to, every: 0, template: '{live}', rotate_at: 0 });
    for (let live = 10; live < 20; live += 1) await text.write(aState({ nodes: { live, known: 40 } }), never);
    expect(await readdir(folder.path)).toEqual(['coherence.log']);
  });
});

const joined = {
  type: 'node_joined',
  node: 'kit\u001bchen',
  timestamp: 1_800_000_000.5,
  session: 'k3f9',
} as const;

describe('events', () => {
  test('are lines of their own, without what a terminal would obey', async () => {
    const { terminal, text } = createText({ on: ['events'] });
    await text.write(aState(), never);
    await text.event?.(joined, never);
    expect(terminal.text()).toMatch(/^2027-01-15T08:00:00.000Z node_joined kit.?chen\n$/);
    expect(terminal.text()).not.toContain('\u001b');
  });

  test('are nothing to it unless they are asked for', () => {
    expect(createText().text.event).toBeUndefined();
  });
});

describe('a notification', () => {
  /** A notify-send that writes down what it was called with, found before any other. */
  async function withNotifier(script: string) {
    const folder = await temporaryFolder();
    const program = join(folder.path, 'notify-send');
    await writeFile(program, `#!/bin/sh\n${script}\n`);
    await chmod(program, 0o755);
    const path = process.env.PATH;
    process.env.PATH = `${folder.path}:${path}`;
    return {
      folder: folder.path,
      async [Symbol.asyncDispose]() {
        process.env.PATH = path;
        await folder[Symbol.asyncDispose]();
      },
    };
  }

  test('goes to the desktop', async () => {
    await using notifier = await withNotifier('printf "%s|" "$@" > "$(dirname "$0")/said"');
    const { text } = createText({ to: 'notification', on: ['events'] });
    await text.event?.({ ...joined, node: 'kitchen' }, never);
    const said = await readFile(join(notifier.folder, 'said'), 'utf8');
    expect(said).toBe('--app-name=becomingone|becomingone|2027-01-15T08:00:00.000Z node_joined kitchen|');
    expect(await textOutput.probe?.(textOutput.options.parse({ to: 'notification' }))).toEqual({
      ok: true,
      detail: join(notifier.folder, 'notify-send'),
    });
  });

  test('that fails is a sentence', async () => {
    await using _notifier = await withNotifier('echo "no desktop" >&2; exit 1');
    const { text } = createText({ to: 'notification' });
    await expect(text.write(aState(), never)).rejects.toThrow('cannot notify the desktop: Command failed');
  });

  test('without a notify-send says what to install', async () => {
    await using notifier = await withNotifier('exit 0');
    await rm(join(notifier.folder, 'notify-send'));
    process.env.PATH = notifier.folder;
    const { text } = createText({ to: 'notification' });
    const sentence = 'install it: apt-get install libnotify-bin';
    await expect(text.write(aState(), never)).rejects.toThrow(sentence);
    expect(await textOutput.probe?.(textOutput.options.parse({ to: 'notification' }))).toMatchObject({
      reason: expect.stringContaining(sentence),
    });
  });
});
