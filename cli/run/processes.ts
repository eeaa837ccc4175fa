import { readFileSync } from 'node:fs';

/** Whether a process of this number runs, whoever started it. One that has ended and whose parent has not asked does not. */
export function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const state = statusOf(id)?.[0];
  return state !== 'Z' && state !== 'X';
}

/** When a process began, as the system counts: numbers of processes are given again, this tells them apart. */
export function startOf(id: number): string | undefined {
  return statusOf(id)?.[19];
}

/** Fields of `/proc/ID/stat` from the third on (proc(5)); undefined on systems that have none. */
function statusOf(id: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
