import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Case } from '../cases.ts';
import { median } from '../statistics.ts';

/*
 * How a worker talks: one JSON object per line, a request on standard input, its answer on standard output. The first
 * line is `{ ready }`, what it is and of which version. What libraries print goes to standard error.
 */

export type Request =
  /** The time of one call, in microseconds, over at least `milliseconds`; `warmUp` milliseconds at the first visit. */
  | { readonly do: 'case'; readonly case: Case; readonly milliseconds: number; readonly warmUp: number }
  /** The most memory this process has held so far, in bytes. */
  | { readonly do: 'memory' }
  /** A question only some workers understand. */
  | { readonly do: 'compile' | 'sizes'; readonly case: Case };

export type Answer =
  | Timing
  | { readonly skip: string }
  | { readonly bytes: number }
  | { readonly figures: Readonly<Record<string, number>> };

export interface Timing {
  /** Microseconds of one call: the median of the visit. */
  readonly median: number;
  readonly repetitions: number;
  /** Multiply-adds per second of a loop of nothing else, measured right after. */
  readonly peak?: number;
  /** What was chosen at load. */
  readonly note?: string;
}

/** One case made ready. */
export interface Prepared {
  readonly run: () => void | Promise<void>;
  /** Whether `run` must be awaited; synchronous ones are called in a bare loop. */
  readonly waits?: boolean;
  readonly note?: string;
}

export interface Worker {
  readonly ready: string;
  /** Undefined where this case is not for it. */
  prepare(wanted: Case): Promise<Prepared | undefined> | Prepared | undefined;
  peak?(): number;
  compile?(wanted: Case): Promise<Readonly<Record<string, number>>>;
  sizes?(wanted: Case): Readonly<Record<string, number>>;
}

export async function serve(begin: () => Promise<Worker> | Worker): Promise<void> {
  for (const method of ['log', 'info', 'debug', 'warn'] as const) console[method] = console.error;
  const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  let worker: Worker;
  try {
    worker = await begin();
  } catch (error) {
    say({ skip: reasonOf(error) });
    return;
  }
  say({ ready: worker.ready });
  const visits = new Visits(worker);
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      say(await answer(worker, visits, JSON.parse(line) as Request));
    } catch (error) {
      say({ skip: reasonOf(error) });
    }
  }
  process.exit(0);
}

async function answer(worker: Worker, visits: Visits, request: Request): Promise<Answer> {
  switch (request.do) {
    case 'case':
      return visits.visit(request.case, request.milliseconds, request.warmUp);
    case 'memory':
      return { bytes: peakMemory() };
    case 'compile':
      return worker.compile ? { figures: await worker.compile(request.case) } : notForIt;
    case 'sizes':
      return worker.sizes ? { figures: worker.sizes(request.case) } : notForIt;
  }
}

const notForIt = { skip: 'not offered' } as const;

/** Keeps the case of the last visit ready, and no other. */
class Visits {
  readonly #worker: Worker;
  #key = '';
  #prepared: Prepared | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  async visit(wanted: Case, milliseconds: number, warmUp: number): Promise<Answer> {
    const key = JSON.stringify(wanted);
    if (key !== this.#key) {
      this.#prepared = undefined;
      this.#key = key;
      this.#prepared = await this.#worker.prepare(wanted);
      if (this.#prepared !== undefined) await measure(this.#prepared, warmUp);
    }
    if (this.#prepared === undefined) return notForIt;
    const timing = await measure(this.#prepared, milliseconds);
    const { note } = this.#prepared;
    return {
      ...timing,
      ...(this.#worker.peak ? { peak: this.#worker.peak() } : {}),
      ...(note === undefined ? {} : { note }),
    };
  }
}

/** Of one group of calls, well above the grain of a clock. */
const groupMilliseconds = 0.2;
const slowCall = 300;
const longestVisit = 8000;

/** Calls in groups, each timed; the median over groups. */
async function measure({ run, waits = false }: Prepared, milliseconds: number): Promise<Timing> {
  const times = async (count: number) => {
    const start = performance.now();
    if (waits) for (let i = 0; i < count; i++) await run();
    else for (let i = 0; i < count; i++) run();
    return (performance.now() - start) / count;
  };
  let one = await times(1);
  if (one < slowCall) one = await times(2);
  const group = Math.max(1, Math.floor(groupMilliseconds / Math.max(one, 1e-6)));
  const fewest = one < slowCall ? 3 : 2;
  const groups: number[] = [];
  const start = performance.now();
  for (let elapsed = 0; elapsed < milliseconds || groups.length < fewest; ) {
    groups.push(await times(group));
    elapsed = performance.now() - start;
    if (elapsed > longestVisit) break;
  }
  return { median: median(groups) * 1000, repetitions: groups.length * group };
}

/** Of this program alone: what the operating system counts for a process includes the one it was forked from. */
function peakMemory(): number {
  try {
    const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (found) return Number(found[1]) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0]!.slice(0, 200);
}

/** Even in [-1, 1] times `scale`, from a fixed seed: the same numbers at every run. */
export function randomValues(count: number, scale = 1): Float32Array {
  let state = 0x9e3779b9;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * scale;
  });
}
