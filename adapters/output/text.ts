import { appendFile } from 'node:fs/promises';
import { z } from 'zod';
import { defineOutput, type OutputContext } from '../../contract/adapters.js';
import { durationSchema } from '../../contract/config/duration.js';
import { reasonOf } from '../../contract/errors.js';
import type { GlobalMessage } from '../../contract/payloads/global.js';
import { createSpacing } from '../spacing.js';
import { fillTemplate, templateSchema } from '../text-template.js';

const options = z.strictObject({
  template: templateSchema.default('{timestamp} coherence {coherence} order {order} unified {unified}'),
  every: durationSchema(0)
    .prefault('1s')
    .describe('between two lines, 0 for every state; a change of unified is written at once'),
  to: z.string().min(1).default('stdout').describe('stdout, stderr, or a file to append to'),
});

/** Writes a line of text a state: for logs, files and whatever reads lines. */
export const textOutput = defineOutput({
  name: 'text',
  options,
  create: ({ template, every, to }, context) => {
    const spacing = createSpacing(context.clock, every);
    const write = writerTo(to, context);
    let unified: boolean | undefined;
    let closed = false;
    return {
      async write(state: GlobalMessage) {
        if (closed || (state.unified === unified && !spacing.due)) return;
        await write(`${fillTemplate(template, state)}\n`);
        unified = state.unified;
        spacing.pass();
      },
      quiet() {
        unified = undefined;
      },
      close() {
        closed = true;
      },
    };
  },
});

/** A function that writes a line; a file is opened for each, so that it may be rotated or appear later. */
function writerTo(to: string, { terminal }: OutputContext): (line: string) => Promise<void> | void {
  if (to === 'stdout') return (line) => void terminal.write(line);
  if (to === 'stderr') return (line) => void process.stderr.write(line);
  return async (line) => {
    try {
      await appendFile(to, line);
    } catch (error) {
      throw new Error(`cannot append to ${to}: ${reasonOf(error)}`, { cause: error });
    }
  };
}
