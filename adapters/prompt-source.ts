import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import type { InputContext } from '../contract/adapters.js';
import { sleep } from '../contract/clock.js';
import { durationSchema } from '../contract/config/duration.js';
import { reasonOf } from '../contract/errors.js';
import { hearUntil } from './hear-until.js';
import { topicOption } from './topic-option.js';

const MOST_PROMPT_CHARACTERS = 64 * 1024;
/** UTF-8 takes at most three bytes for what JavaScript counts as one character. */
const MOST_PROMPT_BYTES = 3 * MOST_PROMPT_CHARACTERS;
const DEFAULT_PROMPT = 'Say in a few sentences what is on your mind.';
const DEFAULT_EVERY_SECONDS = 60;
/** A file without a prompt is not looked at more often. */
const RETRY_SECONDS = 1;

export const promptOptions = {
  prompt: z
    .string()
    .trim()
    .min(1)
    .max(MOST_PROMPT_CHARACTERS)
    .optional()
    .describe('what the model is asked, again and again; what is on its mind unless a prompt is given'),
  prompt_file: z.string().min(1).optional().describe('a file with the prompt, read anew each time'),
  prompt_topic: topicOption
    .optional()
    .describe('an MQTT topic whose messages are prompts; while it answers the newest one waits'),
  prompt_every: durationSchema(0)
    .optional()
    .describe('between two prompts, at least; 1m unless given, with prompt_topic 0'),
};
export type PromptOptions = z.output<z.ZodObject<typeof promptOptions>>;

/** Where the prompts of a model come from. */
export interface PromptSource {
  /** The next prompt, once it is due and there; undefined at the end. */
  next(): Promise<string | undefined>;
  close(): void;
}

/** What is wrong with the options together, in a sentence; null when nothing is. */
export function promptFault({ prompt, prompt_file, prompt_topic }: PromptOptions): string | null {
  const given = Object.entries({ prompt, prompt_file, prompt_topic }).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length <= 1) return null;
  return `found ${given.map(([name]) => name).join(' and ')}, expected one of them`;
}

/** @param signal at which prompts come to an end. */
export async function openPrompts(
  options: PromptOptions,
  context: InputContext,
  signal: AbortSignal,
): Promise<PromptSource> {
  const { clock } = context;
  const { take, everySeconds, close } = await openTaking(options, context, signal);
  let dueAt = Number.NEGATIVE_INFINITY;
  return {
    async next() {
      while (!signal.aborted) {
        const waitSeconds = dueAt - clock.monotonicSeconds();
        if (waitSeconds > 0) await sleep(clock, waitSeconds, signal);
        if (signal.aborted) break;
        const prompt = await take();
        dueAt = clock.monotonicSeconds() + (prompt === undefined ? RETRY_SECONDS : everySeconds);
        if (prompt !== undefined) return prompt;
      }
      return undefined;
    },
    close,
  };
}

/** How one prompt is taken, and how often that may be; `take` gives undefined where there is none for now. */
interface Taking {
  readonly take: () => Promise<string | undefined>;
  readonly everySeconds: number;
  readonly close: () => void;
}

async function openTaking(
  { prompt = DEFAULT_PROMPT, prompt_file, prompt_topic, prompt_every }: PromptOptions,
  context: InputContext,
  signal: AbortSignal,
): Promise<Taking> {
  if (prompt_topic !== undefined) {
    return { ...(await hearPrompts(prompt_topic, context, signal)), everySeconds: prompt_every ?? 0 };
  }
  const take = prompt_file === undefined ? async () => prompt : promptsIn(prompt_file, context.lose);
  return { take, everySeconds: prompt_every ?? DEFAULT_EVERY_SECONDS, close() {} };
}

/** Makes a function that reads the prompt in a file; where there is none it is undefined, and `say` gets a new reason. */
function promptsIn(path: string, say: (reason: string) => void): () => Promise<string | undefined> {
  let said = '';
  return async () => {
    try {
      const prompt = await readPrompt(path);
      said = '';
      return prompt;
    } catch (error) {
      const reason = `found no prompt in prompt_file ${path}: ${reasonOf(error)}`;
      if (reason !== said) say(reason);
      said = reason;
      return undefined;
    }
  };
}

async function readPrompt(path: string): Promise<string> {
  const file = await stat(path);
  if (!file.isFile()) throw new Error('it is no file');
  if (file.size > MOST_PROMPT_BYTES) {
    throw new Error(`it has ${file.size} bytes, expected at most ${MOST_PROMPT_BYTES}`);
  }
  const text = (await readFile(path, 'utf8')).trim();
  if (text === '') throw new Error('it is empty');
  return text;
}

/** Keeps the newest prompt of a topic until it is taken. */
async function hearPrompts(filter: string, context: InputContext, signal: AbortSignal) {
  let waiting: string | undefined;
  let wake = (): void => {};
  const end = (): void => wake();
  signal.addEventListener('abort', end, { once: true });
  const unhear = await hearUntil(signal, context, filter, ({ topic, text }) => {
    const prompt = text.trim();
    if (prompt === '' || prompt.length > MOST_PROMPT_CHARACTERS) {
      const found = prompt === '' ? 'an empty message' : `a message of ${prompt.length} characters`;
      context.reject(
        `${topic}: found ${found}, expected a prompt of 1 to ${MOST_PROMPT_CHARACTERS} characters`,
      );
      return;
    }
    waiting = prompt;
    wake();
  });
  return {
    async take(): Promise<string | undefined> {
      while (waiting === undefined && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const prompt = waiting;
      waiting = undefined;
      return prompt;
    },
    close(): void {
      signal.removeEventListener('abort', end);
      unhear();
    },
  };
}
