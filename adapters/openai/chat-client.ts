import { z } from 'zod';
import type { Clock } from '../../contract/clock.js';
import { answerJson } from '../answer-json.js';
import { type ChatPiece, readChatChunk } from './chat-chunk.js';
import { ChatExchange, type ChatServer } from './chat-exchange.js';
import { ChatFailure } from './chat-failure.js';
import { serverSentEvents } from './server-sent-events.js';

const MOST_LIST_BYTES = 4 * 1024 * 1024;
/** How a streamed answer says that it is over. */
const DONE = '[DONE]';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  /** Of the answer, at most. */
  readonly maxTokens: number;
  /** The server's own unless given. */
  readonly temperature?: number | undefined;
  /** Whether each token is to come with its log probability. */
  readonly logProbabilities?: boolean;
}

/** Speaks with one OpenAI-compatible server; what fails, or is aborted, rejects with a ChatFailure. */
export interface ChatClient {
  /** The names of its models. */
  models(signal: AbortSignal): Promise<string[]>;
  /** An answer piece by piece, as it comes, or why a piece cannot be read; leaving the loop ends the request. */
  stream(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatPiece | { readonly reason: string }>;
  /** The text of an answer, once it is whole; it is streamed, so that a server that hangs is noticed. */
  complete(request: ChatRequest, signal: AbortSignal): Promise<string>;
}

/** @see OpenAI API reference, Chat Completions: Create, Streaming; Models: List. */
export function createChatClient(server: ChatServer, clock: Clock): ChatClient {
  const begin = createBeginning(server, clock);
  async function* stream(request: ChatRequest, signal: AbortSignal) {
    const { exchange, response } = await begin(request, signal);
    try {
      yield* piecesOf(exchange, response);
    } catch (error) {
      throw exchange.failureOf(error);
    } finally {
      exchange.end();
    }
  }
  return {
    stream,
    async complete(request, signal) {
      let text = '';
      for await (const piece of stream(request, signal)) {
        if ('reason' in piece) throw new ChatFailure('busy', piece.reason);
        text += piece.text;
      }
      return text;
    },
    async models(signal) {
      const exchange = new ChatExchange(server, clock, '/models', undefined, signal);
      try {
        return await modelsOf(exchange);
      } catch (error) {
        throw exchange.failureOf(error);
      } finally {
        exchange.end();
      }
    },
  };
}

/**
 * Makes a function that asks for a streamed answer. It calls the length of the answer max_tokens, as every server did,
 * until one says that it wants max_completion_tokens, as OpenAI's newer models do.
 */
function createBeginning(server: ChatServer, clock: Clock) {
  let lengthName = 'max_tokens';
  const begin = async (request: ChatRequest, signal: AbortSignal) => {
    const body = bodyOf(request, lengthName);
    const exchange = new ChatExchange(server, clock, '/chat/completions', body, signal);
    try {
      return { exchange, response: await exchange.send() };
    } catch (error) {
      exchange.end();
      throw exchange.failureOf(error);
    }
  };
  return async (request: ChatRequest, signal: AbortSignal) => {
    try {
      return await begin(request, signal);
    } catch (error) {
      const wanted = 'max_completion_tokens';
      const { kind, message } = error as ChatFailure;
      if (lengthName === wanted || kind !== 'refused' || !message.includes(wanted)) throw error;
      lengthName = wanted;
      return await begin(request, signal);
    }
  };
}

function bodyOf(
  { model, messages, maxTokens, temperature, logProbabilities = false }: ChatRequest,
  lengthName: string,
): object {
  return {
    model,
    messages,
    [lengthName]: maxTokens,
    ...(temperature === undefined ? {} : { temperature }),
    ...(logProbabilities ? { logprobs: true } : {}),
    stream: true,
    stream_options: { include_usage: true },
  };
}

async function* piecesOf(exchange: ChatExchange, { headers, body }: Response) {
  const type = headers.get('content-type') ?? 'nothing';
  if (!type.startsWith('text/event-stream') || body === null) {
    throw exchange.failure(
      'refused',
      `answered with ${type}, expected text/event-stream; is base_url right?`,
    );
  }
  let isWhole = false;
  for await (const data of serverSentEvents(body)) {
    exchange.touch();
    if (data === DONE) return;
    const piece = readChatChunk(data);
    if ('failure' in piece) throw exchange.failure('busy', `failed while it answered: ${piece.failure}`);
    if ('finishReason' in piece) isWhole = true;
    yield piece;
  }
  if (!isWhole) throw exchange.failure('gone', 'broke off in the middle of an answer');
}

/** Ollama says null where it has none. */
const modelsSchema = z.object({ data: z.array(z.object({ id: z.string() })).nullable() });

async function modelsOf(exchange: ChatExchange): Promise<string[]> {
  const result = modelsSchema.safeParse(await answerJson(await exchange.send(), MOST_LIST_BYTES));
  if (result.success) return (result.data.data ?? []).map(({ id }) => id);
  throw exchange.failure('refused', 'does not list its models, expected one to be named with model');
}
