import type { Cell, Initialiser, TypedArray, TypedExpression, TypedMap, TypedRead } from '../cell/cell.ts';
import { mathOps } from '../ops/math.ts';
import { keyOf } from './key.ts';
import {
  anything,
  between,
  exactly,
  minus,
  plus,
  type Range,
  reciprocal,
  summed,
  times,
  union,
} from './range.ts';

/** How often states are followed around before their bounds count as growing for ever. */
const ROUNDS = 4;

/**
 * In which ranges the values of a cell lie, over all inputs and steps: intervals, so what two operands have to do with
 * one another is seen in few places only (x*x, x - max(x, y)).
 */
export class Ranges {
  readonly #cell: Cell;
  readonly #atStart: boolean;
  readonly #values: ReadonlyMap<string, TypedExpression>;
  #states: ReadonlyMap<string, Range>;
  #known = new Map<TypedExpression, Range>();

  /** @param atStart  with parameters where they start, rather than anywhere */
  constructor(cell: Cell, { atStart = false } = {}) {
    this.#cell = cell;
    this.#atStart = atStart;
    this.#values = new Map(cell.equations.map(({ name, value }) => [name, value]));
    this.#states = new Map();
    this.#states = new Map(cell.states.map(({ name, start }) => [name, this.of(start)]));
    for (let round = 0; ; round++) {
      this.#known = new Map();
      const grown = this.#cell.states.filter(({ name }) => {
        const [before, next] = [this.#states.get(name)!, this.of(this.#values.get(name)!)];
        return next.low < before.low || next.high > before.high;
      });
      if (grown.length === 0) break;
      this.#states = new Map(
        [...this.#states].map(([name, before]) => {
          const all = union(before, this.of(this.#values.get(name)!));
          if (round < ROUNDS) return [name, all];
          return [
            name,
            between(
              all.low < before.low ? Number.NEGATIVE_INFINITY : before.low,
              all.high > before.high ? Number.POSITIVE_INFINITY : before.high,
            ),
          ];
        }),
      );
    }
  }

  /** A value by its equation, where it is the name of one; else itself. */
  resolve(e: TypedExpression): TypedExpression {
    let resolved = e;
    for (;;) {
      if (resolved.kind !== 'read' || resolved.from !== 'value') return resolved;
      const value = this.#values.get(resolved.name);
      if (value === undefined) return resolved;
      resolved = value;
    }
  }

  of(e: TypedExpression): Range {
    const known = this.#known.get(e);
    if (known !== undefined) return known;
    const range = this.#compute(e);
    this.#known.set(e, range);
    return range;
  }

  #compute(e: TypedExpression): Range {
    switch (e.kind) {
      case 'number':
        return exactly(e.value);
      case 'size':
        return between(1, Number.POSITIVE_INFINITY);
      case 'step':
      case 'indexVariable':
        return between(0, Number.POSITIVE_INFINITY);
      case 'draw': {
        const [low, high] = e.args.map((arg) => this.of(arg));
        return e.distribution === 'uniform' && low && high ? union(low, high) : anything;
      }
      case 'read':
        return this.#read(e);
      case 'map':
        return this.#map(e);
      case 'power':
        return this.#power(this.of(e.base), e.exponent);
      case 'outer':
        return times(this.of(e.left), this.of(e.right));
      case 'matmul':
      case 'blocks':
      case 'dot': {
        if (e.left.kind === 'oneHot') return this.of(e.right);
        const isSquare = e.kind === 'dot' && keyOf(e.left) === keyOf(e.right);
        const product = times(this.of(e.left), this.of(e.right));
        return summed(isSquare ? between(0, product.high) : product);
      }
      case 'transpose':
      case 'slice':
      case 'reshape':
      case 'stretch':
        return this.of(e.value);
      case 'stack':
        return union(...e.parts.map((part) => this.of(part)));
      case 'oneHot':
        return between(0, 1);
      case 'array':
        return this.#array(e);
    }
  }

  #read({ from, name }: TypedRead): Range {
    const { parameters, numbers, constants, noises } = this.#cell;
    switch (from) {
      case 'previous':
        return this.#states.get(name) ?? anything;
      case 'value': {
        const value = this.#values.get(name);
        return value === undefined ? anything : this.of(value);
      }
      case 'number': {
        const value = numbers.find((number) => number.name === name)?.default;
        return value === undefined ? anything : exactly(value);
      }
      case 'parameter': {
        const parameter = parameters.find((p) => p.name === name);
        const isFixed = parameter !== undefined && (parameter.frozen || this.#atStart);
        return isFixed ? this.start(parameter.initialiser) : anything;
      }
      case 'constant': {
        const constant = constants.find((c) => c.name === name);
        return constant === undefined ? anything : this.of(constant.value);
      }
      case 'noise': {
        const noise = noises.find((n) => n.name === name);
        return noise?.distribution === 'bernoulli' ? between(0, 1) : anything;
      }
      case 'input':
        return anything;
    }
  }

  /** Where a parameter starts. */
  start({ value }: Initialiser): Range {
    return this.of(value);
  }

  #power(base: Range, exponent: number): Range {
    if (exponent === 0) return exactly(1);
    if (exponent < 0) return reciprocal(this.#power(base, -exponent));
    const [low, high] = [base.low ** exponent, base.high ** exponent];
    if (exponent % 2 === 1) return between(low, high);
    return base.low < 0 && base.high > 0
      ? between(0, Math.max(low, high))
      : union(between(low, low), between(high, high));
  }

  #map(e: TypedMap): Range {
    const [a, b, c] = e.args.map((arg) => this.of(arg)) as [Range, Range, Range];
    if (monotone.has(e.op)) {
      const { evaluate } = mathOps.get(e.op)!;
      const [low, high] = [evaluate(a.low), evaluate(a.high)];
      return between(
        Number.isNaN(low) ? Number.NEGATIVE_INFINITY : low,
        Number.isNaN(high) ? Number.POSITIVE_INFINITY : high,
      );
    }
    switch (e.op) {
      case 'add':
        return plus(a, b);
      case 'sub':
        return this.#isUnderMaximum(e.args[0]!, e.args[1]!)
          ? between(a.low - b.high || Number.NEGATIVE_INFINITY, 0)
          : plus(a, minus(b));
      case 'mul': {
        const product = times(a, b);
        const [left, right] = e.args.map(unsigned) as [Unsigned, Unsigned];
        if (left.key !== right.key) return product;
        return left.sign === right.sign
          ? between(Math.max(0, product.low), product.high)
          : between(product.low, Math.min(0, product.high));
      }
      case 'div':
        return this.isShare(e.args[0]!, e.args[1]!) ? between(0, 1) : times(a, reciprocal(b));
      case 'neg':
        return minus(a);
      case 'abs':
        return a.low >= 0 ? a : a.high <= 0 ? minus(a) : between(0, Math.max(-a.low, a.high));
      case 'min':
        return between(Math.min(a.low, b.low), Math.min(a.high, b.high));
      case 'max':
        return between(Math.max(a.low, b.low), Math.max(a.high, b.high));
      case 'clamp':
        return between(Math.min(Math.max(a.low, b.low), c.high), Math.min(Math.max(a.high, b.low), c.high));
      case 'select':
        return union(b, c);
      case 'pow':
        return a.low >= 0 ? between(0, Number.POSITIVE_INFINITY) : anything;
      case 'mod':
        return b.low > 0 ? between(0, b.high) : anything;
      case 'stop_gradient':
      case 'clip_gradient':
      case 'surrogate':
        return a;
    }
    return bounded.get(e.op) ?? anything;
  }

  /** a/(a + b), v/sum(v) where all are at least 0. */
  isShare(above: TypedExpression, below: TypedExpression): boolean {
    const parts = (e: TypedExpression): readonly TypedExpression[] => {
      const inner = this.resolve(e);
      if (inner.kind === 'stretch') return parts(inner.value);
      if (inner.kind === 'array' && inner.fn === 'sum') return parts(inner.args[0]!);
      return inner.kind === 'map' && inner.op === 'add' ? inner.args.flatMap(parts) : [inner];
    };
    const all = parts(below);
    const own = keyOf(this.resolve(above));
    return all.every((part) => this.of(part).low >= 0) && all.some((part) => keyOf(part) === own);
  }

  /** x - max(x, y), x - max(x): never above 0. */
  #isUnderMaximum(x: TypedExpression, y: TypedExpression): boolean {
    const largest = this.resolve(y);
    const inner = largest.kind === 'stretch' ? this.resolve(largest.value) : largest;
    if (inner.kind === 'array') return inner.fn === 'max' && keyOf(inner.args[0]!) === keyOf(x);
    if (inner.kind !== 'map') return false;
    if (inner.op === 'stop_gradient') return this.#isUnderMaximum(x, inner.args[0]!);
    return inner.op === 'max' && inner.args.some((arg) => keyOf(arg) === keyOf(x));
  }

  #array({ fn, args }: TypedArray): Range {
    const [x] = args;
    const range = this.of(x!);
    const argument = this.resolve(x!);
    switch (fn) {
      case 'sum':
      case 'cumsum':
        if (argument.kind === 'array' && argument.fn === 'softmax') return between(0, 1);
        return summed(range);
      case 'mean':
      case 'max':
      case 'min':
        return range;
      case 'norm':
        return between(0, Number.POSITIVE_INFINITY);
      case 'softmax':
        return between(0, 1);
      case 'log_softmax':
        return between(Number.NEGATIVE_INFINITY, 0);
    }
    return anything;
  }
}

interface Unsigned {
  readonly key: string;
  readonly sign: 1 | -1;
}

/** x and -x have one key. */
function unsigned(e: TypedExpression): Unsigned {
  if (e.kind !== 'map' || e.op !== 'neg') return { key: keyOf(e), sign: 1 };
  const { key, sign } = unsigned(e.args[0]!);
  return { key, sign: sign === 1 ? -1 : 1 };
}

const monotone: ReadonlySet<string> = new Set(
  'exp expm1 log log1p sigmoid log_sigmoid tanh relu leaky_relu elu softplus sqrt root floor round erf sign'.split(
    ' ',
  ),
);

const bounded: ReadonlyMap<string, Range> = new Map([
  ...['less', 'lessEqual', 'equal', 'and', 'or', 'not'].map((op) => [op, between(0, 1)] as const),
  ...['sin', 'cos'].map((op) => [op, between(-1, 1)] as const),
  ['silu', between(-0.28, Number.POSITIVE_INFINITY)] as const,
  ['gelu', between(-0.17, Number.POSITIVE_INFINITY)] as const,
]);
