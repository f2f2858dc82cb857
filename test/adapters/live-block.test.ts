import { afterEach, expect, test } from '@jest/globals';
import { LiveBlock } from '../../adapters/live-block.js';
import { canvasOf, lineOf, printable } from '../../adapters/terminal-line.js';
import { createTestTerminal } from './samples.js';

afterEach(() => {
  delete process.env.NO_COLOR;
});

test('a block is redrawn where it stood, with the cursor hidden until it is closed', () => {
  const terminal = createTestTerminal({ isTTY: true, columns: 20 });
  const block = new LiveBlock(terminal);
  block.draw(['one', 'two']);
  block.draw(['three']);
  block.close();
  block.close();
  expect(terminal.written).toEqual([
    '\x1b[?25l\x1b[2Kone\n\x1b[2Ktwo\n\x1b[J',
    '\r\x1b[2A\x1b[2Kthree\n\x1b[J',
    '\x1b[?25h',
  ]);
});

test('the same lines again write nothing', () => {
  const terminal = createTestTerminal({ isTTY: true, columns: 20 });
  const block = new LiveBlock(terminal);
  block.draw(['one', 'two']);
  block.draw(['one', 'two']);
  expect(terminal.written).toHaveLength(1);
});

test('lines that a narrower terminal has wrapped are counted as the rows they take', () => {
  const terminal = createTestTerminal({ isTTY: true, columns: 20 });
  const block = new LiveBlock(terminal);
  block.draw(['\x1b[48;2;1;2;3m12345678901234567890\x1b[0m', '', 'short']);
  terminal.columns = 8;
  block.draw(['x']);
  expect(terminal.written[1]).toBe('\r\x1b[5A\x1b[2Kx\n\x1b[J');
});

test('a block that never drew leaves the cursor alone', () => {
  const terminal = createTestTerminal({ isTTY: true });
  new LiveBlock(terminal).close();
  expect(terminal.written).toEqual([]);
});

test('a line is coloured piece by piece and cut to the width', () => {
  const spans = [
    { text: '  ', ground: { red: 1, green: 2, blue: 3 } },
    ' a ',
    { text: 'bcd', ink: { red: 4, green: 5, blue: 6 } },
  ];
  expect(lineOf(spans, { columns: 7, colour: true })).toBe(
    '\x1b[48;2;1;2;3m  \x1b[0m a \x1b[38;2;4;5;6mbc\x1b[0m',
  );
  expect(lineOf(spans, { columns: 7, colour: false })).toBe('   a bc');
  expect(lineOf(spans, { columns: 2, colour: true })).toBe('\x1b[48;2;1;2;3m  \x1b[0m');
});

test('colours are for terminals, and not where NO_COLOR asks for none', () => {
  expect(canvasOf({ isTTY: true, columns: 100 })).toEqual({ columns: 100, colour: true });
  expect(canvasOf({})).toEqual({ columns: 80, colour: false });
  process.env.NO_COLOR = '';
  expect(canvasOf({ isTTY: true }).colour).toBe(true);
  process.env.NO_COLOR = '1';
  expect(canvasOf({ isTTY: true }).colour).toBe(false);
});

test('text of others cannot move the cursor', () => {
  expect(printable('ok \x1b[2J\u009b\n漢 e')).toBe('ok ?[2J??? e');
});
