import type { HeardTopics } from './heard-topics.js';
import type { House } from './house.js';

/** Where progress is told. */
export interface ProgressTerminal {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** Tells a person who waits what is going on: a line that changes on a terminal, elsewhere one at the start. */
export interface Progress {
  tell(heard: HeardTopics, secondsLeft: number): void;
  end(house: House, heard: HeardTopics): void;
}

export function createProgress(terminal: ProgressTerminal, url: string, seconds: number): Progress {
  let isFirst = true;
  return {
    tell(heard, secondsLeft) {
      const text = `listening to ${url} for ${seconds} s`;
      if (terminal.isTTY === true) {
        const left = `${Math.ceil(secondsLeft)} s left`;
        terminal.write(`\r\x1b[K${text}, ${left}: ${amountOf(heard)}`);
      } else if (isFirst) terminal.write(`${text}\n`);
      isFirst = false;
    },
    end({ nodes }, heard) {
      if (terminal.isTTY === true) terminal.write('\r\x1b[K');
      if (nodes.length === 0) return void terminal.write(`${nothingFound(url, seconds, heard)}\n`);
      const values = nodes.reduce((sum, { inputs }) => sum + inputs.size, 0);
      terminal.write(`heard ${amountOf(heard)}; found ${nodes.length} devices with ${values} values\n`);
    },
  };
}

/** In a sentence what was listened to without a result, for how long, and what to try. */
function nothingFound(url: string, seconds: number, heard: HeardTopics): string {
  const nothing =
    heard.topics.size === 0
      ? `nothing but the mesh itself spoke on ${url} in ${seconds} s`
      : `nothing that is known spoke on ${url} in ${seconds} s`;
  return (
    `${nothing}: devices may speak once in minutes, so try --seconds 10m; name the broker that they use with ` +
    '--broker mqtt://HOST:PORT, and let its user read all topics'
  );
}

function amountOf({ messages, topics }: HeardTopics): string {
  return `${messages} messages on ${topics.size} topics`;
}
