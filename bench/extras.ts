import { spawnSync } from 'node:child_process';
import type { Case } from './cases.ts';
import { type Folders, launchRnnc, type Peer } from './peers.ts';
import type { CompileResult, MemoryResult, SizeResult } from './result.ts';
import { median, spreadOf } from './statistics.ts';
import { pinned, WorkerProcess } from './workerProcess.ts';

/*
 * What is no time of a case: memory, compile time, size of what is emitted.
 */

export const largeCase: Case = {
  cell: 'lstm',
  operation: 'train',
  inputs: 128,
  hidden: 128,
  steps: 100,
  batch: 32,
};
export const smallCase: Case = { ...largeCase, inputs: 16, hidden: 16, steps: 64, batch: 1 };
const tinyCase: Case = { cell: 'lstm', operation: 'train', inputs: 4, hidden: 4, steps: 2, batch: 1 };

/** Who is asked what; names of peers.ts. */
const memoryPeers = ['rnnc', 'rnnc-wide', 'rnnc-node20', 'torch', 'jax', 'tfjs', 'jax-js'];
const compilePeers = ['rnnc', 'rnnc-node26', 'rnnc-node20', 'rnnc-js'];
const sizePeers = ['rnnc', 'rnnc-separate', 'rnnc-js'];

export interface ExtraSettings {
  readonly rounds: number;
  readonly cpu: number;
  say(line: string): void;
}

/** The most memory of a new process that does a training step, and of another that does a tiny one. */
export async function measureMemory(
  wanted: readonly Peer[],
  folders: Folders,
  { rounds, cpu, say }: ExtraSettings,
): Promise<MemoryResult[]> {
  const results: MemoryResult[] = [];
  for (const peer of wanted.filter(({ name }) => memoryPeers.includes(name))) {
    const launch = peer.launch(folders);
    if (typeof launch === 'string') continue;
    const peakOf = async (one: Case) => {
      const worker = new WorkerProcess(pinned(launch, cpu));
      await worker.ready();
      const timing = await worker.ask({ do: 'case', case: one, milliseconds: 500, warmUp: 0 });
      const answer = await worker.ask({ do: 'memory' });
      worker.close();
      return 'median' in timing && 'bytes' in answer ? answer.bytes : undefined;
    };
    const idle: number[] = [];
    const peak: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const [small, large] = [await peakOf(tinyCase), await peakOf(largeCase)];
      if (small === undefined || large === undefined) break;
      idle.push(small);
      peak.push(large);
    }
    if (idle.length === 0) continue;
    results.push({ peer: peer.name, case: largeCase, idle: median(idle), peak: median(peak) });
    say(`memory of ${peer.name}: ${Math.round((median(peak) - median(idle)) / 2 ** 20)} MiB over idle`);
  }
  return results;
}

export async function measureCompile(
  wanted: readonly Peer[],
  folders: Folders,
  { rounds, cpu, say }: ExtraSettings,
): Promise<CompileResult[]> {
  const results: CompileResult[] = [];
  for (const peer of wanted.filter(({ name }) => compilePeers.includes(name))) {
    const launch = peer.launch(folders);
    if (typeof launch === 'string') continue;
    for (const one of [smallCase, largeCase]) {
      const worker = new WorkerProcess(pinned(launch, cpu));
      await worker.ready();
      const answer = await worker.ask({ do: 'compile', case: one });
      worker.close();
      if (!('figures' in answer)) continue;
      const times = processTimes(peer.name, one, folders, rounds, cpu);
      const { warm, warmCompile, warmAgain, first } = answer.figures as {
        warmAgain: number;
        warm: number;
        warmCompile: number;
        first: number;
      };
      results.push({ peer: peer.name, case: one, warm, warmCompile, warmAgain, first, ...times });
      say(
        `compile by ${peer.name}: ${warm.toFixed(0)} ms warm, ${times.process.median.toFixed(0)} ms in a new process`,
      );
    }
  }
  return results;
}

/** Wall time of new processes, by turns with one that does nothing. */
function processTimes(
  name: string,
  one: Case,
  folders: Folders,
  rounds: number,
  cpu: number,
): Pick<CompileResult, 'process' | 'emptyProcess'> {
  const version = name.endsWith('node20') ? 20 : name.endsWith('node26') ? 26 : 24;
  const isJs = name === 'rnnc-js';
  const launch = launchRnnc(
    'compileOnce.mjs',
    { version, ...(isJs ? { target: 'js', profile: 'separate' } : {}) },
    folders,
  );
  if (typeof launch === 'string') throw new Error(launch);
  const timed = (args: readonly string[]) => {
    const { command, args: all } = pinned({ ...launch, args }, cpu);
    const start = performance.now();
    const { status, stderr } = spawnSync(command, all, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return performance.now() - start;
  };
  const whole: number[] = [];
  const empty: number[] = [];
  for (let round = 0; round < rounds; round++) {
    empty.push(timed(['-e', '']));
    whole.push(timed([...launch.args, '--case', JSON.stringify(one)]));
  }
  return { process: spreadOf(whole), emptyProcess: spreadOf(empty) };
}

/** For training, and as a step for streams. */
export async function measureSizes(wanted: readonly Peer[], folders: Folders): Promise<SizeResult[]> {
  const results: SizeResult[] = [];
  const step: Case = { ...largeCase, operation: 'step', steps: 2, batch: 1 };
  for (const peer of wanted.filter(({ name }) => sizePeers.includes(name))) {
    const launch = peer.launch(folders);
    if (typeof launch === 'string') continue;
    const worker = new WorkerProcess(launch);
    await worker.ready();
    for (const one of [largeCase, step]) {
      const answer = await worker.ask({ do: 'sizes', case: one });
      if ('figures' in answer) results.push({ peer: peer.name, case: one, figures: answer.figures });
    }
    worker.close();
  }
  return results;
}
