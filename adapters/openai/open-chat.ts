import type { Clock } from '../../contract/clock.js';
import { type ChatClient, createChatClient } from './chat-client.js';
import { ChatFailure } from './chat-failure.js';
import { type ChatOptions, readApiKey } from './chat-options.js';

/** A model that can be spoken with. */
export interface Chat {
  readonly client: ChatClient;
  readonly model: string;
  /** The model and its server, for sentences. */
  readonly name: string;
}

/**
 * Prepares to speak with the model that the options name; where they name none the server is asked what it has.
 *
 * @throws ChatFailure when there is no key, no server or no model.
 */
export async function openChat(settings: ChatOptions, clock: Clock, signal: AbortSignal): Promise<Chat> {
  const { base_url: baseUrl, timeout: timeoutSeconds } = settings;
  const client = createChatClient({ baseUrl, key: await readApiKey(settings), timeoutSeconds }, clock);
  const model = settings.model ?? (await client.models(signal))[0];
  if (model !== undefined) return { client, model, name: `${model} at ${baseUrl}` };
  throw new ChatFailure('refused', `${baseUrl} has no model; with Ollama, ollama pull llama3.2 brings one`);
}
