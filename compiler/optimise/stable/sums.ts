import type { GraphBuilder } from '../../graph/build.ts';
import type { NodeId } from '../../graph/graph.ts';
import { withoutRepeat } from './match.ts';
import type { StableRewrite } from './rewrites.ts';
import { type Term, termsOf } from './terms.ts';

/** Factors in front of exponentials: between these bounds no exponential that counts is rounded to 0 beside the largest. */
const [LEAST_FACTOR, LARGEST_FACTOR] = [1e-20, 1e20];

/** exp(a) + 2*exp(b) + 1, where 1 is exp(0): two addends at least, constant factors above 0, nothing shifted already. */
function positiveTerms(builder: GraphBuilder, id: NodeId): readonly Term[] | undefined {
  const terms = termsOf(builder, id);
  if (terms === undefined || terms.length < 2) return undefined;
  const isPositive = ({ scale, factor }: Term) =>
    factor === undefined && scale >= LEAST_FACTOR && scale <= LARGEST_FACTOR;
  const isShifted = terms.some(({ exponent }) => isLess(builder, exponent));
  const isConstant = terms.every(({ exponent }) => builder.isFill(exponent, 0));
  return terms.every(isPositive) && !isShifted && !isConstant ? terms : undefined;
}

/** A sum of exponentials, shifted. */
interface ShiftedSum {
  readonly exponents: ReadonlySet<NodeId>;
  /** The largest exponent, which a gradient does not see, for it cancels; 0 where it is infinite. */
  readonly largest: NodeId;
  readonly total: NodeId;
}

/** Many quotients may have one sum below: it is looked at once. */
const seen = new WeakMap<GraphBuilder, Map<NodeId, ShiftedSum | undefined>>();

function shiftedSum(builder: GraphBuilder, id: NodeId): ShiftedSum | undefined {
  const known = seen.get(builder) ?? new Map<NodeId, ShiftedSum | undefined>();
  seen.set(builder, known);
  if (!known.has(id)) known.set(id, shifted(builder, id));
  return known.get(id);
}

function shifted(builder: GraphBuilder, id: NodeId): ShiftedSum | undefined {
  const terms = positiveTerms(builder, id);
  if (terms === undefined) return undefined;
  const exponents = terms.map(({ exponent }) => exponent);
  const most = exponents.reduce((a, b) => builder.map('max', a, b));
  const largest = builder.map('stop_gradient', builder.map('finite', most));
  return { exponents: new Set(exponents), largest, total: less(builder, terms, largest) };
}

/** The sum of terms with exp(x - m) for exp(x). */
function less(builder: GraphBuilder, terms: readonly Term[], largest: NodeId): NodeId {
  const addends = terms.map(({ exponent, scale, factor }) => {
    const power = builder.map('exp', builder.map('sub', exponent, largest));
    const scaled = builder.map('mul', builder.fill(scale), power);
    return factor === undefined ? scaled : builder.map('mul', scaled, factor);
  });
  return builder.sum(addends);
}

/** u*exp(a) + v*exp(b) with no other exponents than `known`; what is no such sum is taken times exp(0). */
function termsWithin(
  builder: GraphBuilder,
  id: NodeId,
  known: ReadonlySet<NodeId>,
): readonly Term[] | undefined {
  const terms = termsOf(builder, id, known);
  if (!terms?.every(({ exponent }) => known.has(exponent))) return undefined;
  const zero = builder.fill(0);
  return terms.every(({ exponent }) => exponent === zero)
    ? [{ exponent: zero, scale: 1, factor: id }]
    : terms;
}

/** Of exponentials that are added one by one. */
export const sumRewrites: readonly StableRewrite[] = [
  {
    pattern: 'log(exp(a) + exp(b))',
    result: 'm + log(exp(a - m) + exp(b - m)), m = max(a, b)',
    why: 'exp(m) is taken out of the sum; so it is for three addends and more, for addends with constant factors above 0, `log((exp(x) + exp(-x))/2)`, and for addends that are constants, 1 being exp(0). Where m is infinite it is taken as 0.',
    cures: 'exp overflows, or both are rounded to 0',
    apply: ({ builder }, id) => {
      const node = builder.node(id);
      if (node.form !== 'map' || node.op !== 'log') return undefined;
      const sum = shiftedSum(builder, node.operands[0]!);
      if (sum === undefined) return undefined;
      const value = builder.map('add', sum.largest, builder.map('log_total', sum.total));
      return builder.repeat(value, node.type.shape);
    },
  },
  {
    pattern: '(u*exp(a) + v*exp(b))/(exp(a) + exp(b))',
    result: '(u*exp(a - m) + v*exp(b - m))/(exp(a - m) + exp(b - m)), m = max(a, b)',
    why: 'Above and below divided by exp(m); so it is for more addends, or fewer above, for those below with constant factors above 0, and where one of them is a constant, 1 being exp(0). Where m is infinite it is taken as 0.',
    cures: 'exp overflows and infinity/infinity is NaN; where all are rounded to 0 so is 0/0',
    apply: ({ builder }, id) => {
      const node = builder.node(id);
      if (node.form !== 'map' || node.op !== 'div') return undefined;
      const [above, below] = node.operands as [NodeId, NodeId];
      const sum = shiftedSum(builder, withoutRepeat(builder, below));
      const own = sum && termsWithin(builder, above, sum.exponents);
      if (own === undefined) return undefined;
      const value = builder.map('div', less(builder, own, sum!.largest), sum!.total);
      return builder.repeat(value, node.type.shape);
    },
  },
];

/** x - max(…), written by hand or made by such a rewrite before. */
function isLess(builder: GraphBuilder, id: NodeId): boolean {
  const node = builder.node(id);
  if (node.form !== 'map' || (node.op !== 'sub' && node.op !== 'neg')) return false;
  let shift = builder.node(withoutRepeat(builder, node.operands.at(-1)!));
  while (shift.form === 'map' && (shift.op === 'stop_gradient' || shift.op === 'finite'))
    shift = builder.node(withoutRepeat(builder, shift.operands[0]!));
  return shift.form === 'map' && shift.op === 'max';
}
