import type { Address, Affine, For, ProgramExpression, ProgramStatement, ValueType } from './program.ts';
import { affine, loop } from './write.ts';

/*
 * Scalar loops become loops over four lanes. What does not vary along the loop stays scalar and is spread where a vector
 * needs it. A loop in which lanes would not lie side by side stays as it is.
 */

const lanes = 4;

/**
 * A loop whose iterations do not depend on one another, four at a time where that can be.
 *
 * @param isReal  whether a buffer holds f32
 */
export function loopInLanes(
  index: string,
  extent: number,
  body: readonly ProgramStatement[],
  isReal: (buffer: string) => boolean,
): readonly ProgramStatement[] {
  const whole = Math.floor(extent / lanes);
  const rest = extent % lanes;
  const main = extent < 2 ? undefined : widen(body, index, isReal);
  if (main === undefined) return loop(index, extent, body);
  const loops =
    whole > 0 ? loop(index, whole, substitute(main, index, affine(0, { index, stride: lanes }))) : [];
  if (rest === 0) return loops;
  const last = widen(body, index, isReal, new Set(), rest as 1 | 2 | 3)!;
  return [...loops, ...loop(`${index}Rest`, 1, substitute(last, index, affine(whole * lanes)))];
}

class NotInLanes extends Error {}

/**
 * The body for four iterations at once, `index` being the first; undefined where that cannot be.
 *
 * @param wide   locals that hold four lanes; one that is first given a number and later a vector is found on the way
 * @param count  lanes that are stored
 */
export function widen(
  body: readonly ProgramStatement[],
  index: string,
  isReal: (buffer: string) => boolean,
  wide: Set<string> = new Set(),
  count: 1 | 2 | 3 | 4 = lanes,
): readonly ProgramStatement[] | undefined {
  for (;;) {
    const known = wide.size;
    try {
      const widened = new Widener(index, isReal, count, wide).block(body);
      if (wide.size === known) return widened;
    } catch (error) {
      if (error instanceof NotInLanes) return undefined;
      throw error;
    }
  }
}

class Widener {
  readonly #index: string;
  readonly #isReal: (buffer: string) => boolean;
  readonly #count: 1 | 2 | 3 | 4;
  readonly #wide: Set<string>;

  constructor(index: string, isReal: (buffer: string) => boolean, count: 1 | 2 | 3 | 4, wide: Set<string>) {
    this.#index = index;
    this.#isReal = isReal;
    this.#count = count;
    this.#wide = wide;
  }

  block(body: readonly ProgramStatement[]): readonly ProgramStatement[] {
    return body.map((statement) => this.#statement(statement));
  }

  #statement(statement: ProgramStatement): ProgramStatement {
    switch (statement.kind) {
      case 'for':
        return { ...statement, body: this.block(statement.body) };
      case 'comment':
        return statement;
      case 'let': {
        const { value, isWide } = this.#value(statement.value);
        if (isWide) this.#wide.add(statement.name);
        if (!this.#wide.has(statement.name)) return { ...statement, value };
        return { ...statement, lanes: 'f32x4' as ValueType, value: isWide ? value : spread(value) };
      }
      case 'set': {
        const { value, isWide } = this.#value(statement.value);
        if (isWide) this.#wide.add(statement.name);
        return this.#wide.has(statement.name) && !isWide
          ? { ...statement, value: spread(value) }
          : { ...statement, value };
      }
      case 'store': {
        const { address } = statement;
        if (this.#strideOf(address) !== 1 || !this.#isReal(address.buffer) || statement.count !== undefined)
          throw new NotInLanes();
        const { value, isWide } = this.#value(statement.value);
        return { ...statement, address, value: isWide ? value : spread(value), count: this.#count };
      }
    }
  }

  #value(expression: ProgramExpression): { readonly value: ProgramExpression; readonly isWide: boolean } {
    switch (expression.kind) {
      case 'constant':
        return { value: expression, isWide: false };
      case 'local':
        return { value: expression, isWide: this.#wide.has(expression.name) };
      case 'index':
        if (dependsOn(expression.value, this.#index)) throw new NotInLanes();
        return { value: expression, isWide: false };
      case 'load': {
        const stride = this.#strideOf(expression.address);
        if (stride === 0) return { value: expression, isWide: false };
        if (stride !== 1 || !this.#isReal(expression.address.buffer)) throw new NotInLanes();
        return { value: { ...expression, width: 4 }, isWide: true };
      }
      case 'apply': {
        const args = expression.args.map((arg) => this.#value(arg));
        if (args.every(({ isWide }) => !isWide))
          return { value: { ...expression, args: args.map(({ value }) => value) }, isWide: false };
        const wideArgs = args.map(({ value, isWide }) => (isWide ? value : spread(value)));
        return { value: { ...expression, args: wideArgs, width: 4 }, isWide: true };
      }
      default:
        throw new NotInLanes();
    }
  }

  #strideOf({ at, row }: Address): number {
    if (row !== undefined && this.#value(row.index).isWide) throw new NotInLanes();
    return at.terms.reduce((sum, { index, stride }) => sum + (index === this.#index ? stride : 0), 0);
  }
}

const dependsOn = (at: Affine, name: string) => at.terms.some(({ index }) => index === name);

/** The same value in all four lanes. */
export function spread(value: ProgramExpression): ProgramExpression {
  return value.kind === 'constant' ? { ...value, lanes: 'f32x4' } : { kind: 'splat', value };
}

/** Puts a sum of other indices in the place of an index, wherever it is used. */
export function substitute(
  body: readonly ProgramStatement[],
  index: string,
  by: Affine,
): readonly ProgramStatement[] {
  return mapAffine(body, (at) => {
    const own = at.terms.find((term) => term.index === index);
    if (own === undefined) return at;
    const others = at.terms.filter((term) => term !== own);
    const moved = by.terms.map((term) => ({ index: term.index, stride: term.stride * own.stride }));
    return affine(at.constant + by.constant * own.stride, ...others, ...moved);
  });
}

/** Rewrites every sum of indices in a block. */
export function mapAffine(
  body: readonly ProgramStatement[],
  change: (at: Affine) => Affine,
): readonly ProgramStatement[] {
  const address = (given: Address): Address => ({
    ...given,
    at: change(given.at),
    ...(given.row === undefined ? {} : { row: { ...given.row, index: value(given.row.index) } }),
  });
  const value = (given: ProgramExpression): ProgramExpression => {
    switch (given.kind) {
      case 'load':
        return { ...given, address: address(given.address) };
      case 'index':
        return { ...given, value: change(given.value) };
      case 'splat':
      case 'lane':
        return { ...given, value: value(given.value) };
      case 'shuffle':
        return { ...given, left: value(given.left), right: value(given.right) };
      case 'apply':
        return { ...given, args: given.args.map(value) };
      default:
        return given;
    }
  };
  const statement = (given: ProgramStatement): ProgramStatement => {
    switch (given.kind) {
      case 'for':
        return { ...given, body: given.body.map(statement) } satisfies For;
      case 'let':
      case 'set':
        return { ...given, value: value(given.value) };
      case 'store':
        return { ...given, address: address(given.address), value: value(given.value) };
      case 'comment':
        return given;
    }
  };
  return body.map(statement);
}

/** Every sum of indices in a block. */
export function affinesOf(body: readonly ProgramStatement[]): readonly Affine[] {
  const found: Affine[] = [];
  mapAffine(body, (at) => {
    found.push(at);
    return at;
  });
  return found;
}
