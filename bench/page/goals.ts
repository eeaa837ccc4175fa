import { nameOf } from '../cases.ts';
import { largeCase, smallCase } from '../extras.ts';
import type { BenchResult, CaseResult } from '../result.ts';
import { median, pairedRatios } from '../statistics.ts';
import { recordedPeaks } from './recorded.ts';
import {
  absent,
  fractionOf,
  mebibytes,
  milliseconds,
  percent,
  ratio,
  table,
  time,
  timingOf,
} from './words.ts';

/*
 * What was aimed at before there were kernels, and what is measured. Times were set for the machine of recorded.ts, so
 * each also stands scaled by how much faster a loop of multiply-adds runs here.
 */

interface Goal {
  readonly work: string;
  readonly goal: string;
  readonly scaled?: string;
  readonly measured: string;
  readonly reached?: boolean;
}

interface TimeGoal {
  readonly work: string;
  readonly name: string;
  readonly peer: 'rnnc' | 'rnnc-wide';
  /** Microseconds. */
  readonly most: number;
}

const timeGoals: readonly TimeGoal[] = [
  { work: 'LSTM training step, H 16, T 64, B 1', name: 'lstm/train/16x64x1', peer: 'rnnc', most: 50 },
  { work: 'H 64, T 64, B 1', name: 'lstm/train/64x64x1', peer: 'rnnc', most: 330 },
  { work: 'H 64, T 64, B 16', name: 'lstm/train/64x64x16', peer: 'rnnc', most: 8e3 },
  { work: 'the same, 256 bits', name: 'lstm/train/64x64x16', peer: 'rnnc-wide', most: 5e3 },
  { work: 'H 128, T 100, B 32', name: 'lstm/train/128x100x32', peer: 'rnnc', most: 85e3 },
  { work: 'the same, 256 bits', name: 'lstm/train/128x100x32', peer: 'rnnc-wide', most: 55e3 },
  { work: 'GRU training step, H 128, T 100, B 32', name: 'gru/train/128x100x32', peer: 'rnnc', most: 45e3 },
  { work: 'the same, 256 bits', name: 'gru/train/128x100x32', peer: 'rnnc-wide', most: 30e3 },
  { work: 'one streaming step, LSTM, H 40', name: 'lstm/step/40x1x1', peer: 'rnnc', most: 1.5 },
];

export function goalsTable(result: BenchResult): string {
  const byName = new Map(result.cases.map((one) => [nameOf(one.case), one]));
  const goals = [
    ...timeGoals.map((goal) => ofTime(goal, byName)),
    ...['16x64x1', '64x64x1', '64x64x16', '128x100x32'].map((shape) => ofPeephole(shape, byName)),
    ...['128x100x32', '256x64x32', '512x64x64'].flatMap((shape) => ofFraction(shape, byName)),
    ofLength(byName),
    ...ofMemory(result),
    ...ofCompile(result),
  ];
  const rows = goals.map(({ work, goal, scaled = absent, measured, reached }) => [
    work,
    goal,
    scaled,
    measured,
    reached === undefined ? 'not measured' : reached ? 'yes' : '**no**',
  ]);
  return table(['work', 'goal', 'by the peak here', 'measured', 'reached'], rows);
}

type Cases = ReadonlyMap<string, CaseResult>;

/** Reached is judged by the stricter one. */
function ofTime({ work, name, peer, most }: TimeGoal, cases: Cases): Goal {
  const goal = `≤ ${time(most)}`;
  const one = cases.get(name);
  const timing = one && timingOf(one, peer);
  if (timing?.spread === undefined) return { work, goal, measured: absent };
  const there = peer === 'rnnc' ? recordedPeaks.relaxed : recordedPeaks.wide;
  const scaled = timing.peaks === undefined ? most : (most * there) / median(timing.peaks);
  const measured = timing.spread.median;
  const reached = measured <= Math.min(most, scaled);
  return { work, goal, scaled: `≤ ${time(scaled)}`, measured: time(measured), reached };
}

function ofPeephole(shape: string, cases: Cases): Goal {
  const work = `peephole LSTM over LSTM, training, ${shape.replace(/(\d+)x(\d+)x(\d+)/, 'H $1, T $2, B $3')}`;
  const goal = '≤ 1.05 ×';
  const [peephole, plain] = ['peephole_lstm', 'lstm'].map((cell) => cases.get(`${cell}/train/${shape}`));
  const above = peephole && timingOf(peephole, 'rnnc');
  const below = plain && timingOf(plain, 'rnnc');
  if (above === undefined || below === undefined) return { work, goal, measured: absent };
  // Of two cases, so of two moments; their fractions of the peak are steadier than their times.
  const [a, b] = [fractionOf(peephole!, above), fractionOf(plain!, below)];
  const measured = a === undefined || b === undefined ? above.spread!.median / below.spread!.median : b / a;
  return { work, goal, measured: `${measured.toFixed(2)} ×`, reached: measured <= 1.05 };
}

function ofFraction(shape: string, cases: Cases): Goal[] {
  const one = cases.get(`lstm/train/${shape}`);
  return (['rnnc', 'rnnc-wide'] as const).map((peer) => {
    const bits = peer === 'rnnc' ? '128' : '256';
    const work = `part of the ${bits}-bit peak, training, ${shape.replace(/(\d+)x(\d+)x(\d+)/, 'H $1, T $2, B $3')}`;
    const fraction = one && fractionOf(one, timingOf(one, peer));
    if (fraction === undefined) return { work, goal: '≥ 65 %', measured: absent };
    return { work, goal: '≥ 65 %', measured: percent(fraction), reached: fraction >= 0.65 };
  });
}

function ofLength(cases: Cases): Goal {
  const work = 'LSTM training step, H 64, B 8: T 1024 over T 256';
  const goal = '≤ 4.1 ×';
  const [long, short] = [1024, 256].map((steps) => cases.get(`lstm/train/64x${steps}x8`));
  const above = long && timingOf(long, 'rnnc');
  const below = short && timingOf(short, 'rnnc');
  if (above === undefined || below === undefined) return { work, goal, measured: absent };
  const measured = median(pairedRatios(above.rounds!, below.rounds!));
  return { work, goal, measured: ratio(measured), reached: measured <= 4.1 };
}

function ofMemory({ memory }: BenchResult): Goal[] {
  const work = 'memory of a training step over the idle process, H 128, T 100, B 32';
  const goal = '≤ 25 MiB';
  const found = memory.find(({ peer }) => peer === 'rnnc');
  if (found === undefined) return [{ work, goal, measured: absent }];
  const measured = found.peak - found.idle;
  return [{ work, goal, measured: mebibytes(measured), reached: measured <= 25 * 2 ** 20 }];
}

function ofCompile({ compile }: BenchResult): Goal[] {
  const goals = [smallCase, largeCase].flatMap(({ hidden }) => {
    const found = compile.find(({ peer, case: one }) => peer === 'rnnc' && one.hidden === hidden);
    const work = `lstm.rnn from text to an instance for training, H ${hidden}`;
    return [
      { work: `${work}, warm`, most: 50, measured: found?.warm },
      { work: `${work}, new process`, most: 250, measured: found?.process.median },
    ];
  });
  return goals.map(({ work, most, measured }) => ({
    work,
    goal: `≤ ${milliseconds(most)}`,
    measured: measured === undefined ? absent : milliseconds(measured),
    ...(measured === undefined ? {} : { reached: measured <= most }),
  }));
}
