import type { Socket } from 'node:net';
import type { MqttClient } from 'mqtt';
import { connectClient } from '../support/test-broker.js';

export interface Heard {
  readonly topic: string;
  readonly text: string;
  readonly retained: boolean;
  readonly qos: number;
}

/** An MQTT client that hears everything on a broker. */
export interface Observer extends AsyncDisposable {
  readonly heard: readonly Heard[];
  publish(topic: string, payload: string | object, options?: { retain?: boolean }): void;
  /** Waits until the broker has handed on what was published before, and what that led to. */
  settle(): Promise<void>;
  /** The texts heard on a topic since `forget`. */
  texts(topic: string): string[];
  /** The last message heard on a topic as JSON; undefined when there was none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into messages of every kind
  last(topic: string): any;
  /** Forgets what was heard. */
  forget(): void;
  /** What the broker keeps on a topic now; undefined when it keeps nothing. */
  kept(topic: string): Promise<string | undefined>;
  /** Resolves to the first message on a topic that fits, of those to come. */
  next(topic: string, fits?: (text: string) => boolean): Promise<string>;
}

const BARRIER = 'test-barrier';
/** A message, an answer to it, and the answer's answer. */
const ROUNDS = 3;

async function connect(url: string): Promise<MqttClient> {
  const client = await connectClient(url);
  (client.stream as Socket).setNoDelay(true);
  return client;
}

/** Subscribes to everything on a broker. */
export async function observe(url: string): Promise<Observer> {
  const client = await connect(url);
  const heard: Heard[] = [];
  const waiting = new Set<(message: Heard) => void>();
  client.on('message', (topic, payload, { retain, qos }) => {
    const message = { topic, text: payload.toString(), retained: retain, qos };
    if (topic !== BARRIER && !topic.startsWith('$')) heard.push(message);
    for (const look of waiting) look(message);
  });
  // Retain as published, so that the flag tells how it was sent.
  await client.subscribeAsync('#', { qos: 1, rap: true });
  const until = (fits: (message: Heard) => boolean): Promise<Heard> =>
    new Promise((resolve) => {
      const look = (message: Heard): void => {
        if (!fits(message)) return;
        waiting.delete(look);
        resolve(message);
      };
      waiting.add(look);
    });
  let barriers = 0;
  const texts = (topic: string): string[] =>
    heard.filter((message) => message.topic === topic).map(({ text }) => text);
  return {
    heard,
    publish(topic, payload, { retain = false } = {}) {
      const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
      client.publish(topic, text, { qos: 1, retain });
    },
    async settle() {
      for (let round = 0; round < ROUNDS; round += 1) {
        barriers += 1;
        const number = String(barriers);
        const passed = until(({ topic, text }) => topic === BARRIER && text === number);
        client.publish(BARRIER, number, { qos: 1 });
        await passed;
      }
    },
    texts,
    last(topic) {
      const text = texts(topic).at(-1);
      return text === undefined ? undefined : JSON.parse(text);
    },
    forget() {
      heard.length = 0;
    },
    async kept(topic) {
      const reader = await connect(url);
      let text: string | undefined;
      reader.on('message', (name, payload) => {
        if (name === topic) text = payload.toString();
      });
      await reader.subscribeAsync(topic, { qos: 1 });
      const passed = new Promise((resolve) =>
        reader.on('message', (name) => name === BARRIER && resolve(name)),
      );
      await reader.subscribeAsync(BARRIER, { qos: 1 });
      reader.publish(BARRIER, 'kept', { qos: 1 });
      await passed;
      await reader.endAsync();
      return text;
    },
    next: async (topic, fits = () => true) =>
      (await until((message) => message.topic === topic && fits(message.text))).text,
    async [Symbol.asyncDispose]() {
      await client.endAsync();
    },
  };
}
