import { readdirSync, readFileSync } from 'node:fs';
import { until } from '../support/until.js';

/** The processes that this one has started and that have not been reaped, zombies included. */
export function childProcesses(): number[] {
  const tasks = `/proc/${process.pid}/task`;
  return readdirSync(tasks)
    .flatMap((task) => readFileSync(`${tasks}/${task}/children`, 'utf8').trim().split(' '))
    .filter((pid) => pid !== '')
    .map(Number);
}

/** Those of them that run a program; a process that has just been forked has not begun to. */
export function runningPrograms(program: string): number[] {
  return childProcesses().filter((pid) => commandOf(pid) === program);
}

/** Kills a program that this process has started, once it runs, as `kill -9` does; resolves when it is gone. */
export async function killProgram(program: string): Promise<void> {
  await until(() => runningPrograms(program).length > 0, `the start of ${program}`);
  for (const pid of runningPrograms(program)) {
    process.kill(pid, 'SIGKILL');
    await until(() => !childProcesses().includes(pid), `the end of ${program}`);
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}
