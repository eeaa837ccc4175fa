import { cpus } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { compile } from '../../compiler/compile.ts';
import { mathOps } from '../../compiler/ops/math.ts';
import type { MathOp } from '../../compiler/ops/mathOp.ts';
import { invariant } from '../../compiler/support/invariant.ts';
import { instantiateSync } from '../../runtime/index.ts';
import { unitsInLastPlace } from './ulp.ts';

/*
 * `npm run sweep -- tanh exp`: every one of the 2^32 f32 through the WebAssembly kernel of an op of one argument, four lanes
 * at a time, against its meaning in f64. Some minutes per op; without names, all of them.
 */

const entries = 2 ** 16;
const blocks = 2 ** 32 / entries;

interface Found {
  readonly units: number;
  readonly at: number;
}

interface Task {
  readonly name: string;
  readonly first: number;
  readonly step: number;
}

/** Blocks `first`, `first + step`, … of the bit patterns. */
function sweep({ name, first, step }: Task): Found {
  const op = mathOps.get(name);
  invariant(op !== undefined, `there is no op ${name}`);
  const text = `cell Sweep(N) { input x: [N]\n y = ${name}(x)\n output y }`;
  const options = { sizes: { N: entries }, window: 1, training: false, profile: 'separate' } as const;
  const kernel = instantiateSync(compile({ name: 'sweep.rnn', text }, options));
  const x = new Float32Array(entries);
  const patterns = new Uint32Array(x.buffer);
  const { y } = kernel.step(x);
  let worst: Found = { units: 0, at: 0 };
  let last = performance.now();
  for (let block = first; block < blocks; block += step) {
    if (performance.now() - last > 1000) {
      last = performance.now();
      post({ done: (block - first) / step });
    }
    for (let i = 0; i < entries; i++) patterns[i] = block * entries + i;
    kernel.step(x);
    for (let i = 0; i < entries; i++) {
      const argument = x[i]!;
      const exact = op.evaluate(argument);
      const got = y![i]!;
      if (Object.is(Math.fround(exact), got) || op.accurateWhere?.holds(argument) === false) continue;
      const units = unitsInLastPlace(got, exact);
      if (units > worst.units) worst = { units, at: argument };
    }
  }
  return worst;
}

const isSwept = (op: MathOp) => op.parameters.length === 1 && op.inLanguage;

async function sweepAll(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const start = performance.now();
    const step = cpus().length;
    const progress = progressOf(name, step);
    const found = await Promise.all(
      Array.from({ length: step }, (_, first) => inWorker({ name, first, step }, progress.of(first))),
    );
    progress.end();
    const worst = found.reduce((a, b) => (b.units > a.units ? b : a));
    const { maxError } = mathOps.get(name)!;
    const seconds = Math.round((performance.now() - start) / 1000);
    const verdict = worst.units <= maxError ? 'holds' : 'IS BROKEN';
    if (worst.units > maxError) process.exitCode = 1;
    console.log(
      `${name}: at most ${worst.units.toFixed(3)} units in the last place, at ${worst.at}; the bound of ${maxError} ${verdict} (${seconds} s)`,
    );
  }
}

/** What a worker says: how many blocks it has done, and in the end what it found. */
type Said = { readonly done: number } | { readonly found: Found };

function inWorker(task: Task, onProgress: (done: number) => void): Promise<Found> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(process.argv[1]!, { workerData: task });
    worker.on('message', (said: Said) => {
      if ('done' in said) onProgress(said.done);
      else resolve(said.found);
    });
    worker.once('error', reject);
  });
}

const post = (said: Said): void => parentPort?.postMessage(said);

/** How far an op is, on standard error: a line that is overwritten on a terminal, else one for every tenth. */
function progressOf(name: string, workers: number) {
  const done = new Array<number>(workers).fill(0);
  const { isTTY } = process.stderr;
  let shown = 0;
  const show = () => {
    const share = Math.floor((100 * done.reduce((a, b) => a + b, 0)) / blocks);
    if (share < shown + (isTTY ? 1 : 10)) return;
    shown = share;
    process.stderr.write(isTTY ? `\r${name}: ${share} %` : `${name}: ${share} %\n`);
  };
  return {
    of: (worker: number) => (count: number) => {
      done[worker] = count;
      show();
    },
    end: () => {
      if (isTTY) process.stderr.write('\r\u001b[K');
    },
  };
}

const usage = (known: readonly string[]): string => `Usage: npm run sweep -- [OP...]

All 2^32 arguments of ops of one argument through their WebAssembly kernels, against their meaning in f64. A line per op
on standard output, how far it is on standard error; some minutes per op. Without names all ops: ${known.join(', ')}.

Exit codes: 0 every bound holds, 1 one is broken, 2 wrong call.`;

if (isMainThread) {
  const wanted = process.argv.slice(2);
  const known = [...mathOps.values()].filter(isSwept).map(({ name }) => name);
  const unknown = wanted.filter((name) => !known.includes(name));
  const options = unknown.filter((name) => name.startsWith('-'));
  if (unknown.includes('--help') || unknown.includes('-h')) {
    console.log(usage(known));
  } else if (unknown.length > 0) {
    const what = options.length > 0 ? 'There is no option' : 'There is no op of one argument';
    const which = options.length > 0 ? options : unknown;
    console.error(`${what} ${which.join(', ')}.\n\n${usage(known)}`);
    process.exitCode = 2;
  } else await sweepAll(wanted.length > 0 ? wanted : known);
} else post({ found: sweep(workerData as Task) });
