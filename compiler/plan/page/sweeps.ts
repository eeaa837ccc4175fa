import { addCosts, type Cost, costOf, scaleCost } from '../cost.ts';
import type { Kernel, Plan, Stage, Sweep } from '../plan.ts';
import { targetsOf, whatOf } from '../words.ts';
import { costRow } from './costTable.ts';
import { type Loop, loopsOf } from './loops.ts';
import { sizesOf } from './sizes.ts';
import { paragraph } from './table.ts';
import { listing, plural } from './units.ts';

/** Of one step, once per call left out. */
export function costOfStep(plan: Plan, { stages }: Sweep): Cost {
  return addCosts(stages.flatMap((stage) => stage.kernels.map((kernel) => costPerStep(plan, stage, kernel))));
}

const stepsAtOnce = ({ slab }: Plan, { over }: Stage): number => (over === 'slab' ? slab : 1);

function costPerStep(plan: Plan, stage: Stage, kernel: Kernel): Cost {
  const steps = stepsAtOnce(plan, stage);
  return scaleCost(costOf(plan, kernel, steps), 1 / steps);
}

/** The stages of a sweep, a line per kernel, each loop over steps with the reason why it is one. */
export function sweepLines(plan: Plan, name: 'forward' | 'backward'): readonly string[] {
  const { before, stages } = plan.sweeps[name];
  const lines = [...onceLines(plan, before, 2)];
  const loops = loopsOf(plan.bound.graph, name);
  if (plan.slab === 1) {
    if (plan.window > 1) lines.push(...allStepByStep(loops));
    const indent = plan.window > 1 ? 4 : 2;
    return [...lines, ...stages.flatMap((stage) => stageLines(plan, stage, indent))];
  }
  for (const stage of stages) {
    if (stage.over === 'slab') lines.push(`  ${plural(plan.slab, 'step')} at once`);
    else lines.push(...stepByStep(loops.filter((loop) => runsIn(loop, stage))));
    lines.push(...stageLines(plan, stage, 4));
  }
  return lines;
}

const stageLines = (plan: Plan, stage: Stage, indent: number): readonly string[] =>
  stage.kernels.flatMap((kernel) =>
    costRow(
      indent,
      whatOf(plan, kernel),
      sizesOf(plan, kernel, stepsAtOnce(plan, stage)),
      costPerStep(plan, stage, kernel),
    ),
  );

/** Kernels that run once; what they only set to zero stands in one line. */
export function onceLines(plan: Plan, kernels: readonly Kernel[], indent: number): readonly string[] {
  const cleared = kernels.flatMap((kernel) => (kernel.kind === 'clear' ? targetsOf(plan, kernel.total) : []));
  const others = kernels.filter(({ kind }) => kind !== 'clear');
  return [
    ...(cleared.length === 0 ? [] : paragraph(`cleared: ${cleared.join(', ')}`, indent)),
    ...others.flatMap((kernel) =>
      costRow(indent, whatOf(plan, kernel), sizesOf(plan, kernel, 1), costOf(plan, kernel)),
    ),
  ];
}

const runsIn = ({ nodes }: Loop, { kernels }: Stage): boolean =>
  kernels.some((kernel) =>
    kernel.kind === 'group'
      ? kernel.nodes.some((id) => nodes.has(id))
      : 'node' in kernel && nodes.has(kernel.node),
  );

function stepByStep(loops: readonly Loop[]): readonly string[] {
  return paragraph(`step by step${loops.length === 0 ? '' : `, because of ${chainsOf(loops)}`}`, 2);
}

/** Where a slab is one step, or the plan knows no slabs. */
function allStepByStep(loops: readonly Loop[]): readonly string[] {
  const must = loops.length === 0 ? 'nothing has to' : `only ${chainsOf(loops)} must`;
  return paragraph(`everything step by step, though ${must} be`, 2);
}

const chainsOf = (loops: readonly Loop[]): string => listing(loops.map(({ chain }) => chain.join(' -> ')));
