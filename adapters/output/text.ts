import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { defineOutput, type Output, type OutputContext, type Probe } from '../../contract/adapters.js';
import { durationSchema } from '../../contract/config/duration.js';
import { reasonOf } from '../../contract/errors.js';
import { formatTimestamp, parseTimestamp } from '../../contract/instant.js';
import type { EventMessage } from '../../contract/payloads/event.js';
import type { GlobalMessage } from '../../contract/payloads/global.js';
import { eventLine } from '../describe-event.js';
import { findProgram } from '../find-program.js';
import { kindsOption } from '../kinds-option.js';
import { createRotatingFile } from '../rotating-file.js';
import { createSpacing } from '../spacing.js';
import { fillTemplate, templateSchema } from '../text-template.js';

const run = promisify(execFile);
/** Sends a notification to the desktop; of libnotify. */
const NOTIFIER = 'notify-send';
const MISSING = `found no ${NOTIFIER} on the PATH; install it: apt-get install libnotify-bin`;
const NOTIFY_WITHIN_MS = 5000;

const options = z.strictObject({
  on: kindsOption
    .prefault('states')
    .describe('what is written: states, events such as emerged and node_left, or both'),
  template: templateSchema.default('{timestamp} coherence {coherence} order {order} unified {unified}'),
  every: durationSchema(0)
    .prefault('1s')
    .describe('between two lines, 0 for every state; a change of unified is written at once'),
  to: z
    .string()
    .min(1)
    .default('stdout')
    .describe('stdout, stderr, notification for one on the desktop, or a file to append to'),
  rotate_at: z
    .int()
    .min(0)
    .default(10_000_000)
    .describe('a file of so many bytes is put aside as FILE.1, and another begun; 0 for never'),
  keep: z.int().min(1).max(1000).default(5).describe('how many files are kept aside'),
});
type Options = z.output<typeof options>;

/** Writes a line of text a state or an event: for logs, files, the desktop and whatever reads lines. */
export const textOutput = defineOutput({ name: 'text', options, probe, create: createText });

async function probe({ to }: Options): Promise<Probe> {
  if (to !== 'notification') return { ok: true };
  const program = await findProgram(NOTIFIER);
  if (program !== undefined) return { ok: true, detail: program };
  return { ok: false, reason: MISSING };
}

function createText(settings: Options, context: OutputContext): Output {
  const { template, every, on } = settings;
  const spacing = createSpacing(context.clock, every);
  const write = oneAtATime(writerTo(settings, context));
  let unified: boolean | undefined;
  let closed = false;
  return {
    async write(state: GlobalMessage) {
      if (closed || !on.includes('states') || (state.unified === unified && !spacing.due)) return;
      await write(`${fillTemplate(template, state)}\n`);
      unified = state.unified;
      spacing.pass();
    },
    ...(on.includes('events') && {
      async event(event: EventMessage) {
        const { wholeSeconds } = parseTimestamp(event.timestamp);
        if (!closed) await write(`${formatTimestamp(wholeSeconds)} ${eventLine(event)}\n`);
      },
    }),
    quiet() {
      unified = undefined;
    },
    close() {
      closed = true;
    },
  };
}

type Writer = (line: string) => Promise<void> | void;

function writerTo({ to, rotate_at, keep }: Options, { terminal }: OutputContext): Writer {
  if (to === 'stdout') return (line) => void terminal.write(line);
  if (to === 'stderr') return (line) => void process.stderr.write(line);
  if (to === 'notification') return notify;
  return createRotatingFile(to, { atBytes: rotate_at, keep });
}

async function notify(line: string): Promise<void> {
  const program = await findProgram(NOTIFIER);
  if (program === undefined) throw new Error(MISSING);
  try {
    await run(program, ['--app-name=becomingone', 'becomingone', line.trim()], { timeout: NOTIFY_WITHIN_MS });
  } catch (error) {
    throw new Error(`cannot notify the desktop: ${reasonOf(error)}`, { cause: error });
  }
}

/** States and events come beside each other; lines may not. */
function oneAtATime(write: Writer): (line: string) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (line) => {
    const next = last.catch(() => {}).then(() => write(line));
    last = next;
    return next;
  };
}
