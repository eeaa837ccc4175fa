import type { GraphBuilder } from '../../graph/build.ts';
import type { NodeId } from '../../graph/graph.ts';
import { withoutRepeat } from './match.ts';
import type { StableRewrite } from './rewrites.ts';

/** a, b, c of exp(a) + exp(b) + exp(c), where 1 is exp(0); at least two. */
function exponents(builder: GraphBuilder, id: NodeId): readonly NodeId[] | undefined {
  const node = builder.node(id);
  if (node.form !== 'sum') return undefined;
  const found = node.operands.map((operand) => exponent(builder, operand));
  return found.every((x) => x !== undefined) && found.some((x) => !builder.isFill(x, 0)) ? found : undefined;
}

function exponent(builder: GraphBuilder, id: NodeId): NodeId | undefined {
  const inner = withoutRepeat(builder, id);
  if (builder.isFill(inner, 1)) return builder.fill(0);
  const node = builder.node(inner);
  return node.form === 'map' && node.op === 'exp' ? node.operands[0] : undefined;
}

/** The sum of exp(x - m), and m: the largest, which a gradient does not see, for it cancels. */
function shifted(builder: GraphBuilder, all: readonly NodeId[]) {
  const largest = builder.map(
    'stop_gradient',
    builder.map(
      'finite',
      all.reduce((most, x) => builder.map('max', most, x)),
    ),
  );
  const less = (x: NodeId) => builder.map('exp', builder.map('sub', x, largest));
  return { largest, less, total: builder.sum(all.map(less)) };
}

/** Of exponentials that are added one by one. */
export const sumRewrites: readonly StableRewrite[] = [
  {
    pattern: 'log(exp(a) + exp(b))',
    result: 'm + log(exp(a - m) + exp(b - m)), m = max(a, b)',
    why: 'exp(m) is taken out of the sum; so it is for three addends and more, and where one of them is 1, exp(0).',
    cures: 'exp overflows, or both are rounded to 0',
    apply: ({ builder }, id) => {
      const node = builder.node(id);
      if (node.form !== 'map' || node.op !== 'log') return undefined;
      const all = exponents(builder, node.operands[0]!);
      if (all === undefined || all.some((x) => isLess(builder, x))) return undefined;
      const { largest, total } = shifted(builder, all);
      return builder.repeat(builder.map('add', largest, builder.map('log_total', total)), node.type.shape);
    },
  },
  {
    pattern: 'exp(a)/(exp(a) + exp(b) + exp(c))',
    result: 'exp(a - m)/(exp(a - m) + exp(b - m) + exp(c - m)), m = max(a, b, c)',
    why: 'Above and below divided by exp(m); so it is for more addends, and where one of them is 1, exp(0).',
    cures: 'exp overflows and infinity/infinity is NaN; where all are rounded to 0 so is 0/0',
    apply: ({ builder }, id) => {
      const node = builder.node(id);
      if (node.form !== 'map' || node.op !== 'div') return undefined;
      const [above, below] = node.operands as [NodeId, NodeId];
      const all = exponents(builder, withoutRepeat(builder, below));
      const own = exponent(builder, above);
      if (all === undefined || own === undefined || !all.includes(own)) return undefined;
      if (all.some((x) => isLess(builder, x))) return undefined;
      const { less, total } = shifted(builder, all);
      return builder.repeat(builder.map('div', less(own), total), node.type.shape);
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
