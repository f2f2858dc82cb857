import { afterEach, describe, expect, test } from '@jest/globals';
import { displayOutput } from '../../../adapters/output/display.js';
import type { GlobalMessage } from '../../../contract/payloads/global.js';
import { createManualClock } from '../../support/manual-clock.js';
import { aState, createOutputWorld, createTestTerminal } from '../samples.js';

afterEach(() => {
  delete process.env.NO_COLOR;
});

function createDisplay(shape: { isTTY?: boolean; columns?: number } = {}) {
  const clock = createManualClock();
  const terminal = createTestTerminal(shape);
  const display = displayOutput.create({}, createOutputWorld({ clock, terminal }).context);
  const show = (overrides: Partial<GlobalMessage> = {}): unknown =>
    display.write(aState(overrides), new AbortController().signal);
  return { clock, terminal, display, show };
}

const dissolved = { coherence: 0.4, unified: false, identity: null, phase: { real: -0.1, imag: -0.004 } };

describe('on a terminal', () => {
  test('a block: the swatch, the bar with the threshold across it, the figures, the identity', () => {
    const { terminal, show } = createDisplay({ isTTY: true, columns: 100 });
    show();
    const swatch = '\x1b[48;2;153;0;207m        \x1b[0m  ';
    expect(terminal.text().split('\n')).toEqual([
      `\x1b[?25l\x1b[2K${swatch}coherence \x1b[38;2;189;0;255m██████████████████████████████┃█░░░░░░░░\x1b[0m 0.810`,
      `\x1b[2K${swatch}threshold 0.75   order 0.94   p_chance 0.002   nodes 34 live of 40 known`,
      `\x1b[2K${swatch}unified 0.79+0.25i   hue 284`,
      '\x1b[J',
    ]);
  });

  test('NO_COLOR leaves colours and the swatch out', () => {
    process.env.NO_COLOR = '1';
    const { terminal, show } = createDisplay({ isTTY: true, columns: 40 });
    show(dissolved);
    expect(terminal.text().split('\n')).toEqual([
      '\x1b[?25l\x1b[2Kcoherence ██████████░░░░░░░░┃░░░░░ 0.400',
      '\x1b[2Kthreshold 0.75   order 0.94   p_chance 0',
      '\x1b[2Knot yet one   hue 324',
      '\x1b[J',
    ]);
  });

  test('it is redrawn in place, goes dark with the reason, and gives the cursor back', () => {
    const { terminal, display, show } = createDisplay({ isTTY: true, columns: 80 });
    show();
    show(dissolved);
    expect(terminal.written[1]?.startsWith('\r\x1b[3A\x1b[2K\x1b[48;2;102;0;61m        ')).toBe(true);
    display.quiet?.('the sync worker is offline');
    expect(terminal.written[2]).toContain('\x1b[48;2;0;0;0m        \x1b[0m  the sync worker is offline\n');
    display.close?.();
    expect(terminal.written.at(-1)).toBe('\x1b[?25h');
  });
});

describe('elsewhere', () => {
  test('one plain line, at most once a second', () => {
    const { terminal, clock, show } = createDisplay();
    for (let step = 0; step < 25; step += 1) {
      show({ coherence: 0.8 + step / 1000 });
      clock.advance(0.1);
    }
    expect(terminal.written).toHaveLength(3);
    expect(terminal.written[0]).toBe(
      'coherence 0.800   threshold 0.75   order 0.94   p_chance 0.002   nodes 34 live of 40 known   hue 284   unified 0.79+0.25i\n',
    );
  });

  test('a heartbeat that comes a little early is not skipped', () => {
    const { terminal, clock, show } = createDisplay();
    for (const pause of [0.99, 1.01, 0.98]) {
      show();
      clock.advance(pause);
    }
    expect(terminal.written).toHaveLength(3);
  });

  test('silence and its reason are a line', () => {
    const { terminal, display, show } = createDisplay();
    display.quiet?.('no word from the mesh for 3.5 s');
    show({ ...dissolved, order: { magnitude: 0.1, angle: 0, p_chance: 0.00002 } });
    expect(terminal.written).toEqual([
      'quiet: no word from the mesh for 3.5 s\n',
      'coherence 0.400   threshold 0.75   order 0.10   p_chance <0.001   nodes 34 live of 40 known   hue 324   not yet one\n',
    ]);
  });
});
