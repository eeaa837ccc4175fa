import type { GraphBuilder } from '../../graph/build.ts';
import type { NodeId } from '../../graph/graph.ts';
import { apply, argument, type ScalarExpression } from '../../ops/expression.ts';
import { add, div, exp, less, log, mul, neg, select, sigmoid, softplus, sub } from '../../ops/notation.ts';
import { printScalar } from '../../ops/printScalar.ts';
import { arrayRewrites } from './arrays.ts';
import { instantiate, match } from './match.ts';
import { sumRewrites } from './sums.ts';

/** One expression that overflows or cancels as it is written, and the same function computed so that it does not. */
export interface StableRewrite {
  /** In the notation of the language. */
  readonly pattern: string;
  readonly result: string;
  /** Why both are the same function. */
  readonly why: string;
  /** What goes wrong as it is written. */
  readonly cures: string;
  /** Where it is not done although the pattern is there. */
  readonly except?: string;
  /** The node to compute in place of `id`; undefined where the pattern is not there. */
  readonly apply: (scene: Scene, id: NodeId) => NodeId | undefined;
}

/** A graph being looked at, from its last node to its first. */
export interface Scene {
  /** Knows all nodes; what it makes comes from where the node at hand comes from. */
  readonly builder: GraphBuilder;
  readonly users: readonly (readonly NodeId[])[];
  /** Whether it is an output, a state or the loss. */
  readonly isResult: (id: NodeId) => boolean;
}

const [a, b] = [argument(0), argument(1)];

interface Reasons {
  readonly why: string;
  readonly cures: string;
  readonly except?: string;
}

/** A rewrite between scalar expressions of one or two arguments. */
function formula(
  pattern: ScalarExpression,
  result: ScalarExpression,
  reasons: Reasons,
  isWanted: (scene: Scene, id: NodeId) => boolean = () => true,
): StableRewrite {
  const names = uses(pattern, 1) ? ['a', 'b'] : ['x'];
  return {
    ...reasons,
    pattern: printScalar(pattern, names),
    result: printScalar(result, names),
    apply: (scene, id) => {
      const { builder } = scene;
      const found = match(builder, pattern, id);
      if (found === undefined || !isWanted(scene, id)) return undefined;
      return builder.repeat(instantiate(builder, result, found), builder.shape(id));
    },
  };
}

function uses(expression: ScalarExpression, index: number): boolean {
  if (expression.kind === 'argument') return expression.index === index;
  return expression.kind === 'apply' && expression.args.some((arg) => uses(arg, index));
}

/** `1 - s`: not beside `s` itself, where a second sigmoid would buy nothing but digits that are rounded off. */
function needsDigits({ builder, users, isResult }: Scene, id: NodeId): boolean {
  const node = builder.node(id);
  const gate = node.form === 'map' ? node.operands[1]! : id;
  if (users[gate]!.length === 1 && !isResult(gate)) return true;
  return users[id]!.some((user) => {
    const reader = builder.node(user);
    return (
      reader.form === 'map' && (reader.op === 'log' || (reader.op === 'div' && reader.operands[1] === id))
    );
  });
}

const logSigmoid = (x: ScalarExpression) => apply('log_sigmoid', x);
const expm1 = (x: ScalarExpression) => apply('expm1', x);
const log1p = (x: ScalarExpression) => apply('log1p', x);

const formulas: readonly StableRewrite[] = [
  formula(log(sub(1, sigmoid(a))), logSigmoid(neg(a)), {
    why: '1 - sigmoid(x) is sigmoid(-x).',
    cures: '1 - sigmoid(x) is rounded to 0 for large x, and the logarithm to minus infinity',
  }),
  formula(log(sigmoid(a)), logSigmoid(a), {
    why: 'log_sigmoid is defined so.',
    cures: 'sigmoid(x) is rounded to 0 for very negative x, and the logarithm to minus infinity',
  }),
  formula(log(add(1, exp(a))), softplus(a), {
    why: 'softplus is defined so.',
    cures: 'exp(x) overflows, and for very negative x the sum is rounded to 1',
  }),
  formula(log1p(exp(a)), softplus(a), {
    why: 'log1p(z) is log(1 + z), and softplus(x) is log(1 + exp(x)).',
    cures: 'exp(x) overflows',
  }),
  formula(log1p(neg(sigmoid(a))), logSigmoid(neg(a)), {
    why: 'log1p(z) is log(1 + z), and 1 - sigmoid(x) is sigmoid(-x): so `p = 1/(1 + exp(-x))` is cured under log(1 - p), too.',
    cures: 'sigmoid(x) is rounded to 1 for large x, and the logarithm is minus infinity',
  }),
  formula(log(sub(exp(a), 1)), add(a, log(neg(expm1(neg(a))))), {
    why: 'exp(x) - 1 is exp(x)*(1 - exp(-x)), and the logarithm of a product is a sum.',
    cures: 'exp(x) overflows, and near 0 the difference cancels',
  }),
  formula(log(sub(1, exp(a))), select(less(-0.7, a), log(neg(expm1(a))), log1p(neg(exp(a)))), {
    why: '1 - exp(x) is -expm1(x); log1p(z) is log(1 + z).',
    cures: 'near 0 the difference cancels, and for very negative x it is rounded to 1',
  }),
  formula(log(exp(a)), a, {
    why: 'The logarithm undoes the exponential for every x.',
    cures: 'exp(x) overflows, or is rounded to 0',
  }),
  formula(log(add(1, a)), log1p(a), {
    why: 'log1p is defined so.',
    cures: 'for small x the sum is rounded to 1',
  }),
  formula(log(sub(1, a)), log1p(neg(a)), {
    why: 'log1p(z) is log(1 + z).',
    cures: 'for small x the difference is rounded to 1',
  }),
  formula(
    sub(1, sigmoid(a)),
    sigmoid(neg(a)),
    {
      why: 'exp(-x)/(1 + exp(-x)) is 1/(1 + exp(x)).',
      cures: 'for large x the difference cancels',
      except:
        'only where sigmoid(x) is used nowhere else, or where the difference is a divisor or under a logarithm: `(1 - z)*h + z*g` loses nothing',
    },
    needsDigits,
  ),
  formula(div(sub(exp(a), exp(neg(a))), add(exp(a), exp(neg(a)))), apply('tanh', a), {
    why: 'tanh is defined so.',
    cures: 'exp overflows and infinity/infinity is NaN; near 0 the difference cancels',
  }),
  formula(div(sub(exp(a), 1), add(exp(a), 1)), apply('tanh', mul(0.5, a)), {
    why: 'Both sides divided by exp(x/2) are the definition of tanh(x/2).',
    cures: 'exp(x) overflows and infinity/infinity is NaN; near 0 the difference cancels',
  }),
  formula(div(sub(1, exp(a)), add(1, exp(a))), apply('tanh', mul(-0.5, a)), {
    why: 'Both sides divided by exp(x/2) are the definition of tanh(-x/2).',
    cures: 'exp(x) overflows and infinity/infinity is NaN; near 0 the difference cancels',
  }),
  formula(div(exp(a), add(exp(a), exp(b))), sigmoid(sub(a, b)), {
    why: 'Above and below divided by exp(a): 1/(1 + exp(b - a)).',
    cures: 'exp overflows and infinity/infinity is NaN; where both are rounded to 0 so is 0/0',
  }),
  formula(div(exp(a), add(1, exp(a))), sigmoid(a), {
    why: 'Above and below divided by exp(x): 1/(1 + exp(-x)).',
    cures: 'exp(x) overflows and infinity/infinity is NaN',
  }),
  formula(div(1, add(1, exp(a))), sigmoid(neg(a)), {
    why: 'sigmoid(z) is 1/(1 + exp(-z)).',
    cures: 'exp(x) overflows: the value is right, its derivative infinity*0',
  }),
  formula(div(a, add(1, exp(b))), mul(a, sigmoid(neg(b))), {
    why: 'sigmoid(z) is 1/(1 + exp(-z)).',
    cures: 'exp(b) overflows: the value is right, its derivative infinity*0',
  }),
  formula(div(exp(a), exp(b)), exp(sub(a, b)), {
    why: 'The quotient of two powers is the power of the difference.',
    cures: 'both overflow or are rounded to 0 where their quotient is an ordinary number',
  }),
  formula(div(1, exp(a)), exp(neg(a)), {
    why: 'The reciprocal of a power is the power of the negative.',
    cures: 'exp(x) overflows: the value is right, its derivative 0*infinity',
  }),
  formula(sub(exp(a), 1), expm1(a), {
    why: 'expm1 is defined so.',
    cures: 'near 0 the difference cancels',
  }),
  formula(sub(1, exp(a)), neg(expm1(a)), {
    why: 'expm1(x) is exp(x) - 1.',
    cures: 'near 0 the difference cancels',
  }),
];

/** In the order they are tried at a node. */
export const stableRewrites: readonly StableRewrite[] = [...arrayRewrites, ...formulas, ...sumRewrites];
