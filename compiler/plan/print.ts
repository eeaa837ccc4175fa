import { previousName } from '../graph/lags.ts';
import { addCosts, type Cost, scaleCost } from './cost.ts';
import { textOfValue } from './formula.ts';
import { laneBytes } from './memory.ts';
import { costHeading, costRow } from './page/costTable.ts';
import { keptLines, notKeptLines } from './page/keptLines.ts';
import { legendLines } from './page/legend.ts';
import { memoryLines } from './page/memoryLines.ts';
import { costOfStep, onceLines, sweepLines } from './page/sweeps.ts';
import { paragraph } from './page/table.ts';
import { formatBytes, plural } from './page/units.ts';
import type { Plan, ProcedureName } from './plan.ts';
import { bytesInCache, rowsWanted } from './slab.ts';

/** A plan as a page: what runs when and what it costs, what memory is for, what is kept for the backward sweep and why. */
export function printPlan(plan: Plan): string {
  const sections = [
    titleLines(plan),
    summaryLines(plan),
    onceSection(plan, 'prepare', 'once per update'),
    startLines(plan),
    sweepSection(plan, 'forward'),
    sweepSection(plan, 'backward'),
    onceSection(plan, 'finish', 'after the backward sweep'),
    keptLines(plan),
    notKeptLines(plan),
    memoryLines(plan),
    legendLines(plan),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function titleLines({ bound, batch, window }: Plan): readonly string[] {
  const { sizes, numbers } = bound.binding;
  const given = [...sizes, ...numbers].map(([name, value]) => `${name} = ${value}`).join(', ');
  const steps = window === 1 ? 'one step a call' : `up to ${window} steps a call`;
  return [`${bound.graph.cell.name}${given === '' ? '' : `, ${given}`}: ${plural(batch, 'row')}, ${steps}`];
}

const hasBackward = ({ bound }: Plan): boolean => 'adjoint' in bound.graph;

function summaryLines(plan: Plan): readonly string[] {
  const { sweeps, window, batch } = plan;
  const forward = costOfStep(plan, sweeps.forward);
  const backward = costOfStep(plan, sweeps.backward);
  const both = addCosts([forward, backward]);
  const of = batch === 1 ? 'one step' : `one step of ${plural(batch, 'row')}`;
  const rows: (readonly [string, Cost])[] = [['forward', forward]];
  if (hasBackward(plan)) rows.push(['backward', backward], ['both', both]);
  if (window > 1) rows.push([`${window} steps`, scaleCost(both, window)]);
  const perByte = (2 * both.multiplyAdds + both.operations) / both.bytes;
  return [
    ...costHeading(of),
    ...rows.flatMap(([what, cost]) => costRow(2, what, '', cost)),
    ...(both.bytes > 0
      ? paragraph(
          `arithmetic intensity: ${perByte.toPrecision(2)} operations per byte, a multiply-add being two`,
          2,
        )
      : []),
  ];
}

function onceSection(plan: Plan, procedure: ProcedureName, title: string): readonly string[] {
  const { before } = plan.sweeps[procedure];
  if (before.length === 0) return [];
  return [...costHeading(title), ...onceLines(plan, before, 2)];
}

function startLines({ bound: { graph } }: Plan): readonly string[] {
  if (graph.states.length === 0) return [];
  const starts = graph.states.map(
    ({ name, start }) => `${previousName(name)} = ${textOfValue(graph, start)}`,
  );
  return ['at the start of a sequence', ...paragraph(starts.join(', '), 2)];
}

function sweepSection(plan: Plan, name: 'forward' | 'backward'): readonly string[] {
  const { before, stages } = plan.sweeps[name];
  if (before.length + stages.length === 0) return [];
  const { slab, window } = plan;
  const order = name === 'backward' && window > 1 ? ', last to first' : '';
  const each = window === 1 ? 'each step, ' : '';
  const title = hasBackward(plan) || window > 1 ? `${each}${name}` : 'each step';
  const inSlabs = window > 1 && stages.some(({ over }) => over === 'slab');
  const at = inSlabs ? `, ${plural(slab, 'step')} at a time` : '';
  return [
    ...costHeading(`${title}${at}${order}`, 'sizes'),
    ...(inSlabs && name === 'forward' ? slabLines(plan) : []),
    ...sweepLines(plan, name),
  ];
}

/** Why as many steps as there are in a slab. */
function slabLines({ batch, slab, window, buffers }: Plan): readonly string[] {
  const between = buffers.filter(({ name }) => name.startsWith('slab.'));
  const bytes = between.reduce((sum, { length }) => sum + laneBytes * length, 0);
  const rest = window % slab;
  const rows = slab * batch;
  const enough = rows < rowsWanted ? ` (${rowsWanted} would be enough)` : '';
  const parts = [
    `a slab is ${plural(slab, 'step')}: ${plural(rows, 'row')} share one reading of a matrix${enough}`,
    `${formatBytes(bytes)} of values wait between its stages (${formatBytes(bytesInCache)} stay in cache)`,
    ...(slab > 1 && slab < window && rest === 0 ? [`${window} = ${window / slab}*${slab}`] : []),
    ...(rest > 0 ? [`the last ${rest} of ${window} one by one`] : []),
  ];
  return paragraph(parts.join('; '), 2);
}
