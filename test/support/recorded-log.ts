import type { Log } from '../../contract/log.js';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A log whose lines a test can read. */
export interface RecordedLog extends Log {
  readonly lines: readonly LogLine[];
  at(level: LogLine['level']): readonly LogLine[];
}

export function recordLog(): RecordedLog {
  const lines: LogLine[] = [];
  const logWith = (bound: object): Log => {
    const at =
      (level: LogLine['level']) =>
      (fields: object, message: string): void => {
        lines.push({ level, fields: { ...bound, ...fields }, message });
      };
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      child: (fields) => logWith({ ...bound, ...fields }),
    };
  };
  return { ...logWith({}), lines, at: (level) => lines.filter((line) => line.level === level) };
}
