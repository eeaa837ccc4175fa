import { arrayAlgebra } from '../graph/arrayAlgebra.ts';
import type { GraphBuilder } from '../graph/build.ts';
import type { NodeId } from '../graph/graph.ts';
import { arrayFunctions, shiftedExponentials } from '../ops/array.ts';
import type { ArrayCall } from './arrayCalls.ts';

/** What goes back through a function of arrays: as reverse mode built it, and as a person writes it. */
interface Rewriting {
  readonly built: NodeId;
  readonly instead: NodeId;
}

interface Place {
  readonly builder: GraphBuilder;
  /** The value of the function and what it was given. */
  readonly result: NodeId;
  readonly operand: NodeId;
  readonly axis: number | undefined;
  /** dL/d result. */
  readonly cotangent: NodeId;
}

/**
 * Softmax is an exponential and its sum to the graph; its gradient is known by shorter names. For p = softmax(e):
 * e_bar = p*(p_bar - dot(p, p_bar)); for log_softmax, e_bar = p_bar - softmax(e)*sum(p_bar); for y = logsumexp(e),
 * e_bar = y_bar*softmax(e). What reverse mode makes of the few forms is built once more; where it is in the graph, the
 * short form is written instead.
 *
 * @param builder  holds the training graph's nodes, and more afterwards
 * @returns node → node to write in its place; equal in real numbers
 */
export function rewriteSoftmaxGradients(
  builder: GraphBuilder,
  arrayCalls: ReadonlyMap<NodeId, ArrayCall>,
  cotangentOf: ReadonlyMap<NodeId, NodeId>,
): ReadonlyMap<NodeId, NodeId> {
  const known = builder.nodes.length;
  const found = new Map<NodeId, NodeId>();
  for (const [result, { fn, operand, axis }] of arrayCalls) {
    const cotangent = cotangentOf.get(result);
    const rewrite = rewritings.get(fn);
    if (rewrite === undefined || cotangent === undefined) continue;
    const { built, instead } = rewrite({ builder, result, operand, axis, cotangent });
    if (built < known) found.set(built, instead);
  }
  return found;
}

const rewritings: ReadonlyMap<string, (place: Place) => Rewriting> = new Map([
  [
    'softmax',
    (place: Place): Rewriting => {
      const { builder, result, cotangent } = place;
      const { algebra, exponentials, total, spread } = parts(place);
      const back = algebra.map(
        'neg',
        algebra.map('mul', cotangent, algebra.map('div', result, spread(total))),
      );
      const arrived = builder.sum([
        algebra.map('div', cotangent, spread(total)),
        spread(algebra.sum(back, place.axis)),
      ]);
      const mean = spread(algebra.sum(algebra.map('mul', result, cotangent), place.axis));
      return {
        built: algebra.map('mul', arrived, exponentials),
        instead: algebra.map('mul', result, algebra.map('sub', cotangent, mean)),
      };
    },
  ],
  [
    'log_softmax',
    (place: Place): Rewriting => {
      const { builder, cotangent, axis } = place;
      const { algebra, exponentials, total, spread, probabilities } = parts(place);
      const back = algebra.map('div', algebra.sum(algebra.map('neg', cotangent), axis), total);
      const whole = spread(algebra.sum(cotangent, axis));
      return {
        built: builder.sum([cotangent, algebra.map('mul', spread(back), exponentials)]),
        instead: algebra.map('sub', cotangent, algebra.map('mul', probabilities, whole)),
      };
    },
  ],
  [
    'logsumexp',
    (place: Place): Rewriting => {
      const { cotangent } = place;
      const { algebra, exponentials, total, spread, probabilities } = parts(place);
      const zero = algebra.constant(0);
      const quotient = algebra.map('div', cotangent, total);
      const slope = algebra.map('select', algebra.map('equal', total, zero), zero, quotient);
      return {
        built: algebra.map('mul', spread(slope), exponentials),
        instead: algebra.map('mul', spread(cotangent), probabilities),
      };
    },
  ],
]);

/** The values inside softmax, as `ops/array.ts` builds them. */
function parts({ builder, operand, axis }: Place) {
  const algebra = arrayAlgebra(builder);
  const { exponentials, total } = shiftedExponentials(algebra, operand, axis);
  return {
    algebra,
    exponentials,
    total,
    spread: (reduced: NodeId) => algebra.spread(reduced, operand, axis),
    probabilities: arrayFunctions.get('softmax')!.build(algebra, [operand], axis),
  };
}
