import type { InputContext } from '../contract/adapters.js';
import type { ChatPiece, ChatUsage } from './openai/chat-chunk.js';
import type { ChatRequest } from './openai/chat-client.js';
import type { Chat } from './openai/open-chat.js';

/** So many pieces of text without a log probability say that none will come. */
const MOST_BARE_PIECES = 4;
/** OpenAI's rule of thumb for English, where a server does not count. */
const CHARACTERS_A_TOKEN = 4;

/** What is asked of the model. */
export type Question = Pick<ChatRequest, 'messages' | 'maxTokens' | 'temperature'>;

/** What has come of an answer. */
export interface Heard {
  /** With a log probability, be it one that could not be used. */
  readonly tokens: number;
  /** Pieces of text without any. */
  readonly barePieces: number;
}

/** Asks a model, and makes a reading of each token of its answers as it comes. */
export interface TokenListener {
  /**
   * Resolves with what has come when the answer is over, has no log probabilities or is longer than was asked for, or
   * at `signal`.
   *
   * @throws ChatFailure as `ChatClient.stream` does.
   */
  listen(question: Question, signal: AbortSignal): Promise<Heard>;
}

/**
 * A reading is how many tokens stand before the token, of the prompt too where the server has counted that very prompt
 * before, and the token's log probability.
 *
 * @param spent gets how many tokens each question and its answer were, by the server's count or by our own.
 */
export function createTokenListener(
  { client, model }: Chat,
  context: Pick<InputContext, 'emit' | 'reject'>,
  spent: (tokens: number) => void,
): TokenListener {
  let counted = { messages: '', tokens: 0 };
  return {
    async listen(question, signal) {
      const messages = JSON.stringify(question.messages);
      const answer = new Answer(context, counted.messages === messages ? counted.tokens : 0);
      const request = { ...question, model, logProbabilities: true };
      try {
        for await (const piece of client.stream(request, signal)) {
          if (signal.aborted) break;
          answer.take(piece);
          if (answer.isBare || answer.tokens > question.maxTokens) break;
        }
      } finally {
        const { usage } = answer;
        if (usage !== undefined) counted = { messages, tokens: usage.promptTokens };
        spent(answer.cost(messages));
      }
      return answer;
    },
  };
}

class Answer implements Heard {
  tokens = 0;
  barePieces = 0;
  usage: ChatUsage | undefined;
  private readonly context: Pick<InputContext, 'emit' | 'reject'>;
  private readonly promptTokens: number;

  constructor(context: Pick<InputContext, 'emit' | 'reject'>, promptTokens: number) {
    this.context = context;
    this.promptTokens = promptTokens;
  }

  take(piece: ChatPiece | { readonly reason: string }): void {
    if ('reason' in piece) return this.context.reject(piece.reason);
    for (const token of piece.tokens) {
      if ('reason' in token) this.context.reject(token.reason);
      else this.context.emit({ value: this.promptTokens + this.tokens, imag: token.logProbability });
      this.tokens += 1;
    }
    if (piece.tokens.length === 0 && piece.text !== '') this.barePieces += 1;
    this.usage = piece.usage ?? this.usage;
  }

  get isBare(): boolean {
    return this.tokens === 0 && this.barePieces >= MOST_BARE_PIECES;
  }

  /** Tokens of the messages and the answer. */
  cost(messages: string): number {
    return this.usage === undefined
      ? Math.ceil(messages.length / CHARACTERS_A_TOKEN) + this.tokens + this.barePieces
      : this.usage.promptTokens + this.usage.completionTokens;
  }
}
