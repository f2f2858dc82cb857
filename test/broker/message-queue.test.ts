import { expect, test } from '@jest/globals';
import type { AedesPublishPacket } from 'aedes';
import fc from 'fast-check';
import { createFifo } from '../../broker/fifo.js';
import { createMessageQueue, type Listener } from '../../broker/message-queue.js';

const packet = (topic: string): AedesPublishPacket =>
  ({
    cmd: 'publish',
    topic,
    payload: '',
    qos: 0,
    retain: false,
    dup: false,
  }) as unknown as AedesPublishPacket;

test('the ring gives back what was put in, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -200, max: 200 }), { maxLength: 50 }), (moves) => {
      const fifo = createFifo<number>();
      const model: number[] = [];
      let next = 0;
      for (const move of moves) {
        for (let count = 0; count < Math.abs(move); count += 1) {
          if (move > 0) {
            fifo.push(next);
            model.push(next);
            next += 1;
          } else expect(fifo.shift()).toBe(model.shift());
        }
        expect(fifo.length).toBe(model.length);
      }
    }),
  );
});

test('what a listener emits waits until the message it hears has reached everybody', () => {
  const queue = createMessageQueue();
  const heard: string[] = [];
  const hear =
    (who: string): Listener =>
    ({ topic }, done) => {
      heard.push(`${who} ${topic}`);
      if (who === 'first' && topic === 'a/1') queue.emit(packet('a/2'));
      done();
    };
  queue.on('a/#', hear('first'));
  queue.on('a/+', hear('second'));
  queue.emit(packet('a/1'));
  expect(heard).toEqual(['first a/1', 'second a/1', 'first a/2', 'second a/2']);
});

test('a task takes its turn between what was emitted before and after', () => {
  const queue = createMessageQueue();
  const order: string[] = [];
  queue.on('#', ({ topic }, done) => {
    order.push(topic);
    if (topic === 'start') {
      queue.emit(packet('before'));
      queue.inTurn(() => order.push('task'));
      queue.emit(packet('after'));
    }
    done();
  });
  queue.emit(packet('start'));
  expect(order).toEqual(['start', 'before', 'task', 'after']);
  queue.inTurn(() => order.push('idle'));
  expect(order.at(-1)).toBe('idle');
});

test('a message is done when every listener is, and at once when there is none', () => {
  const queue = createMessageQueue();
  const pending: (() => void)[] = [];
  let done = 0;
  const count = (): void => {
    done += 1;
  };
  queue.emit(packet('a'), count);
  expect(done).toBe(1);
  for (let listener = 0; listener < 3; listener += 1)
    queue.on('a', (_packet, finish) => pending.push(finish));
  queue.emit(packet('a'), count);
  for (const finish of pending.slice(0, 2)) finish();
  expect(done).toBe(1);
  pending[2]?.();
  expect(done).toBe(2);
});

test('listeners that answer each other for ever leave sockets and timers their turn', async () => {
  const queue = createMessageQueue();
  let rounds = 0;
  const ping: Listener = (_packet, done) => {
    rounds += 1;
    queue.emit(packet('ping'));
    done();
  };
  queue.on('ping', ping);
  const start = performance.now();
  queue.emit(packet('ping'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(performance.now() - start).toBeLessThan(500);
  expect(rounds).toBeGreaterThan(1000);
  queue.removeListener('ping', ping);
});

test('a burst costs the same a message however many wait', () => {
  const millisecondsFor = (messages: number): number => {
    const queue = createMessageQueue();
    let heard = 0;
    queue.on('burst', (_packet, done) => {
      heard += 1;
      done();
    });
    const message = packet('burst');
    queue.on('start', (_packet, done) => {
      for (let index = 0; index < messages; index += 1) queue.emit(message);
      done();
    });
    const start = performance.now();
    queue.emit(packet('start'));
    expect(heard).toBeGreaterThan(1000);
    return performance.now() - start;
  };
  millisecondsFor(20_000);
  expect(millisecondsFor(400_000) / 20).toBeLessThan(10 * Math.max(1, millisecondsFor(20_000)));
});

test('a queue that has closed takes nothing', async () => {
  const queue = createMessageQueue();
  await new Promise<void>((resolve) => queue.close(resolve));
  const error = await new Promise<Error | undefined>((resolve) => queue.emit(packet('a'), resolve));
  expect(error?.message).toBe('the broker has stopped');
});
