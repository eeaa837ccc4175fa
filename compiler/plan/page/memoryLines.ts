import { boundShape, entriesOf } from '../../graph/bind.ts';
import type { Plan } from '../plan.ts';
import { budgetOf, type Share, workingBytes } from './budget.ts';
import { tableRow } from './table.ts';
import { formatBytes, plural } from './units.ts';

const columns = [
  { width: 24, align: 'left' },
  { width: 9, align: 'right' },
  { width: 71, align: 'left' },
] as const;

/** What memory is for. */
export function memoryLines(plan: Plan): readonly string[] {
  return [
    ...tableRow([{ width: 26, align: 'left' }, columns[1]], ['memory', formatBytes(plan.memoryBytes)], 0),
    ...budgetOf(plan).flatMap((share) =>
      tableRow(columns, [share.what, formatBytes(share.bytes), noteOn(plan, share)], 2),
    ),
  ];
}

const entriesOfAll = ({ bound: { graph } }: Plan): number =>
  graph.parameters.reduce((sum, { node }) => sum + entriesOf(boundShape(graph, node)), 0);

function noteOn(plan: Plan, { what, bytes, members }: Share): string {
  const { graph } = plan.bound;
  switch (what) {
    case 'parameters':
      return `${plural(entriesOfAll(plan), 'number')}: ${graph.parameters.map(({ name }) => name).join(', ')}`;
    case 'states':
      return `${members.join(', ')}: ${plan.window === 1 ? 'before and after the step' : `${plan.window + 1} slots, before the first step and after each`}`;
    case 'outputs':
      return bytes === 0 ? `${members.join(', ')}: read from the states` : members.join(', ');
    case 'inputs':
    case 'constants':
    case 'noise':
      return members.join(', ');
    case 'room for an optimiser':
      return 'two doubles for each learned number';
    case 'cotangents, in and out':
      return 'what arrives at outputs and states, and what leaves';
    case 'tape':
      return 'kept for the backward sweep alone';
    case 'working memory': {
      const alone = workingBytes(plan);
      return alone > bytes ? `${formatBytes(alone)} of values, sharing what lifetimes allow` : '';
    }
    case 'counters and gaps':
      return 'numbers of steps and sequences; buffers begin at multiples of 64 bytes';
    default:
      return '';
  }
}
