import { z } from 'zod';
import { defineOutput, type Output, type OutputContext } from '../../contract/adapters.js';
import { stateLine } from '../describe-state.js';
import { LiveBlock } from '../live-block.js';
import { createSpacing } from '../spacing.js';
import { quietBlock, stateBlock } from '../state-block.js';
import { type Canvas, canvasOf } from '../terminal-line.js';

/** Shows the mesh in the terminal: a block redrawn in place, or where there is none, a line a second. */
export const displayOutput = defineOutput({
  name: 'display',
  options: z.strictObject({}),
  create: (_options, context) =>
    context.terminal.isTTY === true ? createBlockDisplay(context) : createLineDisplay(context),
});

function createBlockDisplay({ terminal }: OutputContext): Output {
  const block = new LiveBlock(terminal);
  let closed = false;
  const draw = (lines: (canvas: Canvas) => string[]): void => {
    if (!closed) block.draw(lines(canvasOf(terminal)));
  };
  return {
    write: (state) => draw((canvas) => stateBlock(state, canvas)),
    quiet: (reason) => draw((canvas) => quietBlock(reason, canvas)),
    close() {
      closed = true;
      block.close();
    },
  };
}

function createLineDisplay({ terminal, clock }: OutputContext): Output {
  const spacing = createSpacing(clock, 1);
  let quiet = false;
  let closed = false;
  return {
    write(state) {
      quiet = false;
      if (closed || !spacing.due) return;
      spacing.pass();
      terminal.write(`${stateLine(state)}\n`);
    },
    quiet(reason) {
      if (closed || quiet) return;
      quiet = true;
      terminal.write(`quiet: ${reason}\n`);
    },
    close() {
      closed = true;
    },
  };
}
