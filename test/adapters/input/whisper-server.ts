import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../../support/until.js';

/** An utterance as the server received it. */
export interface ReceivedSpeech {
  /** The WAV file. */
  readonly file: Buffer;
  readonly fileName: string;
  /** The other fields of the form. */
  readonly fields: Readonly<Record<string, string>>;
}

/** whisper.cpp's server as its README describes it, with whatever text it is told to understand. */
export interface WhisperServer extends AsyncDisposable {
  readonly url: string;
  readonly heard: readonly ReceivedSpeech[];
  /** Requests that have not been answered. */
  readonly open: number;
  /** Answers from now on; what it throws away hangs. */
  answer: (response: ServerResponse, index: number) => void;
  received(count: number): Promise<void>;
  stop(): Promise<void>;
}

export function understands(text: string): WhisperServer['answer'] {
  return (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ text }));
}

export async function startWhisperServer(
  answer: WhisperServer['answer'] = understands(' Hello there,\n how are you?\n'),
): Promise<WhisperServer> {
  const heard: ReceivedSpeech[] = [];
  const open = new Set<ServerResponse>();
  const server = createServer(async (request, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const type = request.headers['content-type'] ?? '';
    const form = await new Response(Buffer.concat(chunks), { headers: { 'content-type': type } }).formData();
    const file = form.get('file');
    if (request.url !== '/inference' || !(file instanceof File)) {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(`{"error":"no 'file' field in the request"}`);
      return;
    }
    const texts = [...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    const fields = Object.fromEntries(texts);
    heard.push({ file: Buffer.from(await file.arrayBuffer()), fileName: file.name, fields });
    api.answer(response, heard.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const api: WhisperServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/inference`,
    heard,
    get open() {
      return open.size;
    },
    answer,
    received: (count) => until(() => heard.length >= count, `utterance ${count}`, 10),
    stop,
    [Symbol.asyncDispose]: stop,
  };
  return api;
}
