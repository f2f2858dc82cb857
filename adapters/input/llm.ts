import { z } from 'zod';
import { defineInput, type InputContext, type Probe } from '../../contract/adapters.js';
import { type Clock, sleep, systemClock } from '../../contract/clock.js';
import { reasonOf } from '../../contract/errors.js';
import { backoffSeconds } from '../backoff.js';
import type { ChatMessage } from '../openai/chat-client.js';
import { ChatFailure } from '../openai/chat-failure.js';
import { chatOptions } from '../openai/chat-options.js';
import { type Chat, openChat } from '../openai/open-chat.js';
import { openPrompts, promptFault, promptOptions } from '../prompt-source.js';
import { createTokenListener, type Heard } from '../token-listener.js';
import { createUsageBudget, type UsageBudget } from '../usage-budget.js';

/** The seed's period; tokens come as they come, and this is the step of the node's resonance. */
const PERIOD_SECONDS = 0.01;
const MOST_SYSTEM_CHARACTERS = 65_536;
/** What a probe asks: a token is enough to see whether it has a log probability. */
const PROBE_QUESTION = { messages: [{ role: 'user', content: 'Hi' } as const], maxTokens: 1 };

const options = z.strictObject({
  ...chatOptions,
  ...promptOptions,
  system: z
    .string()
    .min(1)
    .max(MOST_SYSTEM_CHARACTERS)
    .optional()
    .describe('the system message that stands before each prompt'),
  temperature: z
    .number()
    .min(0)
    .max(2)
    .optional()
    .describe("how freely it chooses its words; the server's own unless given"),
  max_tokens: z.int().min(1).max(1e6).default(256).describe('tokens of an answer, at most'),
  context: z.int().min(1).max(1e9).default(4096).describe("tokens in the model's context"),
  max_tokens_per_day: z
    .int()
    .min(1)
    .default(500_000)
    .describe('tokens of prompts and answers, at most; then it waits for the next day'),
  max_requests_per_hour: z.int().min(1).default(120).describe('prompts that are sent, at most'),
});
type Options = z.output<typeof options>;

/**
 * Listens to a language model as it speaks: how many tokens stand before each token, and the logarithm of how likely
 * the model held it.
 *
 * @see seed, the LLM adapter.
 */
export const llmInput = defineInput({
  name: 'llm',
  options,
  everySeconds: () => PERIOD_SECONDS,
  encoder: ({ context }) => ({ name: 'token', context }),
  probe,
  create: (settings, context) => ({
    async run(signal) {
      if (signal.aborted) return;
      await converse(settings, context, signal).catch((error) => {
        if (!signal.aborted) throw error;
      });
    },
  }),
});

/** Asks and listens until `signal` aborts. What may pass is waited for; anything else is thrown. */
async function converse(settings: Options, context: InputContext, signal: AbortSignal): Promise<void> {
  const { clock, lose } = context;
  const fault = promptFault(settings);
  if (fault !== null) throw new Error(fault);
  const budget = budgetOf(settings, clock);
  const chat = await openChat(settings, clock, signal);
  const listener = createTokenListener(chat, context, budget.useTokens);
  const prompts = await openPrompts(settings, context, signal);
  let failures = 0;
  try {
    while (!signal.aborted) {
      await budget.wait(signal, lose);
      const prompt = await prompts.next();
      if (prompt === undefined) return;
      budget.useRequest();
      const { max_tokens, temperature } = settings;
      const maxTokens = Math.min(max_tokens, budget.tokensLeft);
      const question = { messages: messagesOf(settings, prompt), maxTokens, temperature };
      const failure = await listener
        .listen(question, signal)
        .then((heard) => silenceOf(heard, chat), passing);
      failures = failure === null ? 0 : failures + 1;
      if (failure === null || signal.aborted) continue;
      lose(failure.message);
      await sleep(
        clock,
        Math.max(backoffSeconds(failures, Math.random()), failure.retryAfterSeconds),
        signal,
      );
    }
  } finally {
    prompts.close();
  }
}

/** Hands back what may pass, and throws the rest. */
function passing(error: unknown): ChatFailure {
  if (error instanceof ChatFailure && error.kind === 'busy') return error;
  throw error;
}

function messagesOf({ system }: Options, prompt: string): ChatMessage[] {
  const user: ChatMessage = { role: 'user', content: prompt };
  return system === undefined ? [user] : [{ role: 'system', content: system }, user];
}

/** What is wrong with an answer that gave no reading; null when it gave some. */
function silenceOf({ tokens, barePieces }: Heard, { name }: Chat): ChatFailure | null {
  if (tokens > 0) return null;
  const reason =
    barePieces > 0
      ? `${name} sends no log probabilities; llama.cpp, vLLM, OpenAI and Ollama from 0.12.11 do`
      : `${name} answered without text; a model that thinks first needs more max_tokens`;
  return new ChatFailure('busy', reason);
}

async function probe(settings: Options): Promise<Probe> {
  try {
    const fault = promptFault(settings);
    if (fault !== null) throw new Error(fault);
    const { signal } = new AbortController();
    const chat = await openChat(settings, systemClock, signal);
    const listener = createTokenListener(chat, { emit() {}, reject() {} }, () => {});
    const heard = await listener.listen(PROBE_QUESTION, signal);
    if (heard.tokens > 0) return { ok: true, detail: `${chat.name}, which sends log probabilities` };
    const silence = silenceOf(heard, chat);
    if (heard.barePieces > 0 && silence !== null) throw silence;
    return {
      ok: true,
      detail: `${chat.name}, which may send log probabilities: its first token had no text`,
    };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

/** An input that is started again gets the options it had, and must not get its budget anew. */
const budgets = new WeakMap<Options, UsageBudget>();

function budgetOf(settings: Options, clock: Clock): UsageBudget {
  const budget = budgets.get(settings) ?? createUsageBudget(settings, clock);
  budgets.set(settings, budget);
  return budget;
}
