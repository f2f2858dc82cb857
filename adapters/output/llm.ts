import { z } from 'zod';
import { defineOutput, type Output, type OutputContext, type Probe } from '../../contract/adapters.js';
import { sleep, systemClock } from '../../contract/clock.js';
import { durationSchema } from '../../contract/config/duration.js';
import { reasonOf } from '../../contract/errors.js';
import { eventMessageSchema } from '../../contract/payloads/event.js';
import type { GlobalMessage } from '../../contract/payloads/global.js';
import { eventLine } from '../describe-event.js';
import { kindsOption } from '../kinds-option.js';
import { ChatFailure } from '../openai/chat-failure.js';
import { chatOptions } from '../openai/chat-options.js';
import { type Chat, openChat } from '../openai/open-chat.js';
import { fillTemplate, templateSchema } from '../text-template.js';
import { createUsageBudget } from '../usage-budget.js';

/** OpenAI's rule of thumb for English, where a server does not count. */
const CHARACTERS_A_TOKEN = 4;
const MOST_CHARACTERS = 4000;
const EVENT_TYPES = eventMessageSchema.options.map((option) => option.shape.type.value);

const options = z.strictObject({
  ...chatOptions,
  on: kindsOption.prefault('events').describe('what the model is told: states, events, or both'),
  types: z
    .array(z.enum(EVENT_TYPES as [(typeof EVENT_TYPES)[number]]))
    .min(1)
    .default(['emerged', 'dissolved'])
    .describe('which events'),
  system: z
    .string()
    .min(1)
    .max(65_536)
    .default(
      'You are the voice of a mesh of sensors. Say in one short, plain sentence, without figures, how it is. Invent nothing.',
    )
    .describe('the system message'),
  template: templateSchema.default(
    'Coherence {coherence} of 1, order {order}, {live} of {known} nodes live, unified: {unified}.',
  ),
  every: durationSchema(1).prefault('1m').describe('between two questions, at least; the newest one waits'),
  max_tokens: z.int().min(1).max(1e5).default(100).describe('tokens of an answer, at most'),
  temperature: z.number().min(0).max(2).optional().describe("the server's own unless given"),
  max_tokens_per_day: z.int().min(1).default(50_000).describe('of questions and answers; then it is silent'),
  max_requests_per_hour: z.int().min(1).default(60).describe('questions that are asked, at most'),
});
type Options = z.output<typeof options>;

/** Lets a language model say in words how the mesh is, on `mesh/output/<name>/text`. */
export const llmOutput = defineOutput({
  name: 'llm',
  options,
  probe,
  create: (settings, context) => new Voice(settings, context),
});

async function probe(settings: Options): Promise<Probe> {
  try {
    return { ok: true, detail: (await openChat(settings, systemClock, new AbortController().signal)).name };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

class Voice implements Output {
  private readonly settings: Options;
  private readonly context: OutputContext;
  private readonly budget;
  private state: GlobalMessage | undefined;
  private question: string | undefined;
  private chat: Chat | undefined;
  private dueAt = Number.NEGATIVE_INFINITY;
  private asking: Promise<void> | undefined;
  private stop = new AbortController();
  private isOver = false;
  readonly event?: NonNullable<Output['event']>;

  constructor(settings: Options, context: OutputContext) {
    this.settings = settings;
    this.context = context;
    this.budget = createUsageBudget(settings, context.clock);
    const { on, types } = settings;
    if (!on.includes('events')) return;
    this.event = (event) => {
      if (types.includes(event.type)) this.wonder(`What has just happened: ${eventLine(event)}.`);
    };
  }

  async write(state: GlobalMessage, signal: AbortSignal): Promise<void> {
    this.state = state;
    if (!this.settings.on.includes('states')) return;
    this.wonder('');
    await unlessAborted(this.asking, signal);
  }

  quiet(): void {
    this.state = undefined;
    this.question = undefined;
    this.stop.abort();
    this.stop = new AbortController();
  }

  close(): void {
    this.isOver = true;
    this.quiet();
  }

  /** Asks, as soon as it may; of the questions that wait the newest is asked. */
  private wonder(news: string): void {
    if (this.isOver) return;
    const figures = this.state === undefined ? '' : fillTemplate(this.settings.template, this.state);
    this.question = `${news} ${figures}`.trim();
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
  }

  private async ask(): Promise<void> {
    const { clock, degrade, say } = this.context;
    while (this.question !== undefined) {
      const { signal } = this.stop;
      const waitSeconds = this.dueAt - clock.monotonicSeconds();
      if (waitSeconds > 0) await sleep(clock, waitSeconds, signal);
      await this.budget.wait(signal, degrade);
      const { question } = this;
      if (question === undefined || signal.aborted) continue;
      this.question = undefined;
      this.dueAt = clock.monotonicSeconds() + this.settings.every;
      try {
        const text = await this.answer(question, signal);
        if (signal.aborted) continue;
        if (text !== '') say(text);
        degrade(null);
      } catch (error) {
        if (signal.aborted) continue;
        degrade(reasonOf(error));
        const askedForSeconds = error instanceof ChatFailure ? error.retryAfterSeconds : 0;
        this.dueAt = Math.max(this.dueAt, clock.monotonicSeconds() + askedForSeconds);
      }
    }
  }

  private async answer(question: string, signal: AbortSignal): Promise<string> {
    const { settings, context, budget } = this;
    this.chat ??= await openChat(settings, context.clock, signal);
    const { client, model } = this.chat;
    const messages = [
      { role: 'system', content: settings.system } as const,
      { role: 'user', content: question } as const,
    ];
    const { temperature, max_tokens } = settings;
    const request = { model, messages, maxTokens: Math.min(max_tokens, budget.tokensLeft), temperature };
    budget.useRequest();
    let text = '';
    let spent: number | undefined;
    try {
      for await (const piece of client.stream(request, signal)) {
        if ('reason' in piece) throw new ChatFailure('busy', piece.reason);
        text += piece.text;
        const { usage } = piece;
        spent = usage === undefined ? spent : usage.promptTokens + usage.completionTokens;
      }
    } finally {
      budget.useTokens(
        spent ?? Math.ceil((JSON.stringify(messages).length + text.length) / CHARACTERS_A_TOKEN),
      );
    }
    return text
      .replace(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, MOST_CHARACTERS);
  }
}

/** Resolves when `work` does, or at `signal`. */
async function unlessAborted(work: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
  let stop = (): void => {};
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
    signal.addEventListener('abort', stop, { once: true });
  });
  await Promise.race([work, aborted]);
  signal.removeEventListener('abort', stop);
}
