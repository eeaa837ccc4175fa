import { type Case, nameOf } from './cases.ts';
import { multiplyAddsOf } from './cells.ts';
import type { Folders, Peer } from './peers.ts';
import type { CaseResult, CaseTiming, PeerResult } from './result.ts';
import { median, spreadOf } from './statistics.ts';
import { pinned, WorkerProcess } from './workerProcess.ts';

export interface RoundSettings {
  readonly rounds: number;
  /** Of one visit. */
  readonly milliseconds: number;
  /** Before the first visit of a case; engines need some calls to put their best code in place. */
  readonly warmUp: number;
  readonly cpu: number;
}

/** A peer whose worker is up. */
export interface Running {
  readonly peer: Peer;
  worker: WorkerProcess;
  /** Whether it has seen a case. */
  isUsed: boolean;
  start(): WorkerProcess;
}

/** Starts the workers, and says of the others why they are not there. */
export async function startWorkers(
  wanted: readonly Peer[],
  folders: Folders,
  cpu: number,
  say: (line: string) => void,
): Promise<{ readonly running: readonly Running[]; readonly results: readonly PeerResult[] }> {
  const running: Running[] = [];
  const results: PeerResult[] = [];
  for (const peer of wanted) {
    const { name, title, family } = peer;
    const launch = peer.launch(folders);
    if (typeof launch === 'string') {
      results.push({ name, title, family, absent: launch });
    } else {
      const start = () => new WorkerProcess(pinned(launch, cpu));
      const worker = start();
      const answer = await worker.ready();
      if ('ready' in answer) running.push({ peer, worker, isUsed: false, start });
      else worker.close();
      results.push({ name, title, family, ...('ready' in answer ? answer : { absent: answer.skip }) });
    }
    const last = results.at(-1)!;
    say(`${name.padEnd(22)} ${last.ready ?? `left out: ${last.absent}`}`);
  }
  return { running, results };
}

/** After this many rounds a peer that takes longer than `slowMicroseconds` has been seen often enough. */
const roundsOfSlow = 2;
const slowMicroseconds = 1e6;

/** Every worker in turn, round after round; only one is busy at a time. */
export async function measureCase(
  wanted: Case,
  running: readonly Running[],
  settings: RoundSettings,
): Promise<CaseResult> {
  const { rounds, milliseconds, warmUp } = settings;
  const tallies = running
    .filter(({ peer }) => peer.most?.(wanted) ?? true)
    .map((one) => ({ one, tally: new Tally(one.peer.name) }));
  // What rnnc found out about the engine for another cell is not to serve this one: cases stand for themselves.
  for (const { one } of tallies) if (one.peer.family === 'rnnc' && one.isUsed) await restart(one);
  for (const { one } of tallies) one.isUsed = true;
  for (let round = 0; round < rounds; round++) {
    // There and back, so that nobody always follows the same neighbour.
    for (const { one, tally } of round % 2 === 0 ? tallies : tallies.toReversed()) {
      if (tally.isDone(round)) continue;
      const answer = await one.worker.ask({ do: 'case', case: wanted, milliseconds, warmUp });
      tally.take(answer as Parameters<Tally['take']>[0]);
      if (one.worker.isGone) await restart(one);
    }
  }
  const multiplyAdds = multiplyAddsOf(wanted);
  return {
    case: wanted,
    ...(multiplyAdds === undefined ? {} : { multiplyAdds }),
    timings: tallies.flatMap(({ tally }) => tally.result()),
  };
}

async function restart(one: Running): Promise<void> {
  one.worker.close();
  one.worker = one.start();
  await one.worker.ready();
}

class Tally {
  readonly #peer: string;
  readonly #rounds: number[] = [];
  readonly #peaks: number[] = [];
  #note: string | undefined;
  #failed: string | undefined;

  constructor(peer: string) {
    this.#peer = peer;
  }

  isDone(round: number): boolean {
    if (this.#failed !== undefined) return true;
    return round >= roundsOfSlow && median(this.#rounds) > slowMicroseconds;
  }

  take(answer: { median: number; peak?: number; note?: string } | { skip: string }): void {
    if ('skip' in answer) {
      this.#failed = answer.skip;
      return;
    }
    this.#rounds.push(answer.median);
    if (answer.peak !== undefined) this.#peaks.push(answer.peak);
    this.#note = answer.note;
  }

  /** Nothing where the peer does not offer the case. */
  result(): CaseTiming[] {
    const peer = this.#peer;
    if (this.#failed === 'not offered') return [];
    if (this.#failed !== undefined) return [{ peer, failed: this.#failed }];
    const rounds = this.#rounds.map((time) => Number(time.toPrecision(5)));
    return [
      {
        peer,
        spread: spreadOf(rounds),
        rounds,
        ...(this.#peaks.length === 0 ? {} : { peaks: this.#peaks.map((peak) => Math.round(peak)) }),
        ...(this.#note === undefined ? {} : { note: this.#note }),
      },
    ];
  }
}

/** `lstm/train/16x64x1: rnnc 38.1 µs, torch 97.9 times, …` */
export function summaryOf({ case: one, timings }: CaseResult): string {
  const found = timings.filter(({ spread }) => spread !== undefined);
  const [first, ...others] = found;
  if (first === undefined) return `${nameOf(one)}: nothing was measured`;
  const base = first.spread!.median;
  const ratios = others.map(({ peer, spread }) => `${peer} ${formatRatio(spread!.median / base)}`);
  const failures = timings
    .filter(({ failed }) => failed !== undefined)
    .map(({ peer, failed }) => `${peer} failed (${failed})`);
  return `${nameOf(one)}: ${first.peer} ${formatMicroseconds(base)}, ${[...ratios, ...failures].join(', ')}`;
}

/** `0.31x`, `12x`, `2100x`. */
export function formatRatio(ratio: number): string {
  return `${ratio < 10 ? ratio.toPrecision(2) : Math.round(ratio)}x`;
}

export function formatMicroseconds(time: number): string {
  if (time < 1000) return `${time.toPrecision(3)} µs`;
  return time < 1e6 ? `${(time / 1000).toPrecision(3)} ms` : `${(time / 1e6).toPrecision(3)} s`;
}
