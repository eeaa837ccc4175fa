import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Launch } from './peers.ts';
import type { Answer, Request } from './workers/protocol.ts';

/** Makes a command run on one CPU, where the system has `taskset`. */
export function pinned({ command, args, env }: Launch, cpu: number): Launch {
  if (!hasTaskset()) return { command, args, ...(env ? { env } : {}) };
  return { command: 'taskset', args: ['-c', String(cpu), command, ...args], ...(env ? { env } : {}) };
}

let taskset: boolean | undefined;
export function hasTaskset(): boolean {
  taskset ??= spawnSync('taskset', ['-c', '0', process.execPath, '--version']).status === 0;
  return taskset;
}

/** Lets a library compile as long as it wants, within reason. */
const answerMilliseconds = 180_000;

/** A worker that is asked one thing at a time; one that ends or does not answer skips all that follows. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #waiting: ((line: string) => void)[] = [];
  readonly #lines: string[] = [];
  #errors = '';
  #gone: string | undefined;

  constructor(launch: Launch) {
    this.#child = spawn(launch.command, launch.args, { env: { ...process.env, ...launch.env } });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.#take(line));
    this.#child.stderr!.on('data', (data) => {
      this.#errors = `${this.#errors}${data}`.slice(-2000);
    });
    this.#child.stdin!.on('error', () => {});
    this.#child.on('error', (error) => this.#end(error.message));
    this.#child.on('exit', (code, signal) => this.#end(`ended with ${signal ?? code}`));
  }

  /** The worker's word on what it is, or why it is none. */
  async ready(): Promise<{ readonly ready: string } | { readonly skip: string }> {
    return JSON.parse(await this.#line());
  }

  async ask(request: Request): Promise<Answer> {
    if (this.#gone !== undefined) return { skip: this.#gone };
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    return JSON.parse(await this.#line());
  }

  get isGone(): boolean {
    return this.#gone !== undefined;
  }

  close(): void {
    this.#child.stdin!.end();
    this.#child.kill();
  }

  async #line(): Promise<string> {
    const known = this.#lines.shift();
    if (known !== undefined) return known;
    if (this.#gone !== undefined) return JSON.stringify({ skip: this.#gone });
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#end(`no answer within ${answerMilliseconds / 1000} s`);
        this.#child.kill('SIGKILL');
      }, answerMilliseconds);
      this.#waiting.push((line) => {
        clearTimeout(timer);
        resolve(line);
      });
    });
  }

  #take(line: string): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#lines.push(line);
    else next(line);
  }

  #end(reason: string): void {
    const last = this.#errors.trim().split('\n').at(-1) ?? '';
    this.#gone ??= last === '' ? reason : `${reason}: ${last.slice(0, 160)}`;
    for (const resolve of this.#waiting.splice(0)) resolve(JSON.stringify({ skip: this.#gone }));
  }
}
