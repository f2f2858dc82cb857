import { z } from 'zod';
import { explain, show } from '../../contract/explain.js';

/** A token of the answer: how likely the model held it, or why that cannot be said. */
export type ChatToken =
  | {
      /** Natural logarithm of its probability, finite and <= 0; -9999 where it is very unlikely. */
      readonly logProbability: number;
    }
  | { readonly reason: string };

/** Tokens as the server counts them. */
export interface ChatUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** What one event of a streamed answer brings. */
export interface ChatPiece {
  readonly text: string;
  /** None where the server sends no log probabilities. */
  readonly tokens: readonly ChatToken[];
  readonly usage?: ChatUsage;
  /** Why the answer ends here: stop, length, content_filter. */
  readonly finishReason?: string;
}

/** A piece, or why there is none: `failure` is the server's own word that it failed, `reason` that we cannot read it. */
export type ReadPiece = ChatPiece | { readonly reason: string } | { readonly failure: string };

const countSchema = z.int().min(0);
const chunkSchema = z.object({
  choices: z.array(
    z.object({
      delta: z.object({ content: z.string().nullish() }).nullish(),
      logprobs: z.object({ content: z.array(z.object({ logprob: z.unknown() })).nullish() }).nullish(),
      finish_reason: z.string().nullish(),
    }),
  ),
  usage: z.object({ prompt_tokens: countSchema, completion_tokens: countSchema }).nullish(),
});

const errorSchema = z.union([
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ object: z.literal('error'), message: z.string() }).transform(({ message }) => message),
  z.object({ detail: z.string() }).transform(({ detail }) => detail),
]);

/** What a server says is wrong, in the ways that OpenAI, llama.cpp, Ollama and vLLM say it; undefined where it says nothing. */
export function errorMessageOf(json: unknown): string | undefined {
  const result = errorSchema.safeParse(json);
  return result.success ? result.data : undefined;
}

/**
 * Reads one event of a streamed answer.
 *
 * @see OpenAI API reference, the chat completion chunk object; logprobs come with the text they belong to, and the
 *   usage in a last chunk without choices.
 */
export function readChatChunk(data: string): ReadPiece {
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return {
      reason: `found ${show(data)} in the stream, which is not JSON, expected a chat.completion.chunk`,
    };
  }
  const failure = errorMessageOf(json);
  if (failure !== undefined) return { failure };
  const result = chunkSchema.safeParse(json);
  if (!result.success) return { reason: explain(chunkSchema, json) };
  const { choices, usage } = result.data;
  const choice = choices[0];
  return {
    text: choice?.delta?.content ?? '',
    tokens: (choice?.logprobs?.content ?? []).map(({ logprob }) => tokenOf(logprob)),
    ...(usage == null
      ? {}
      : { usage: { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens } }),
    ...(choice?.finish_reason == null ? {} : { finishReason: choice.finish_reason }),
  };
}

function tokenOf(logprob: unknown): ChatToken {
  if (typeof logprob === 'number' && logprob <= 0 && logprob > Number.NEGATIVE_INFINITY) {
    return { logProbability: logprob };
  }
  return { reason: `found the log probability ${show(logprob)}, expected a finite number of at most 0` };
}
