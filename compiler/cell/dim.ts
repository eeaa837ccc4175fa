import { invariant } from '../support/invariant.ts';

/**
 * A symbolic size: a polynomial over size names with rational coefficients, in normal form. Equality of sizes is
 * equality of normal forms, so `H + 4*H` equals `5*H` and `(I + H) - I` equals `H`. Names may have negative powers
 * (`D/N`), which stand for a division that must come out whole when sizes are bound.
 */
export interface Dim {
  /** Sorted by `key`, no zero coefficients. Empty: the size 0. */
  readonly terms: readonly Term[];
}

interface Term {
  /** Coefficient numerator and positive denominator, in lowest terms. */
  readonly numerator: number;
  readonly denominator: number;
  /** Names with their (non-zero) powers, sorted by name. */
  readonly factors: readonly (readonly [name: string, power: number])[];
}

export const zeroDim: Dim = { terms: [] };
export const oneDim: Dim = constantDim(1);

export function constantDim(value: number): Dim {
  invariant(Number.isSafeInteger(value), `a constant size must be a whole number, not ${value}`);
  return normalise([{ numerator: value, denominator: 1, factors: [] }]);
}

export function namedDim(name: string): Dim {
  return { terms: [{ numerator: 1, denominator: 1, factors: [[name, 1]] }] };
}

export function addDims(...dims: readonly Dim[]): Dim {
  return normalise(dims.flatMap((dim) => dim.terms));
}

export function subtractDims(a: Dim, b: Dim): Dim {
  return addDims(a, scale(b, -1, 1));
}

export function multiplyDims(a: Dim, b: Dim): Dim {
  return normalise(a.terms.flatMap((x) => b.terms.map((y) => multiplyTerms(x, y))));
}

/** a / b, where b is one product (`2`, `N`, `2*N`); undefined for any other divisor. */
export function divideDims(a: Dim, b: Dim): Dim | undefined {
  const divisor = b.terms[0];
  if (b.terms.length !== 1 || divisor === undefined) return sameDim(a, b) ? oneDim : undefined;
  const sign = divisor.numerator < 0 ? -1 : 1;
  const inverse: Term = {
    numerator: sign * divisor.denominator,
    denominator: sign * divisor.numerator,
    factors: divisor.factors.map(([name, power]) => [name, -power] as const),
  };
  return normalise(a.terms.map((term) => multiplyTerms(term, inverse)));
}

export function sameDim(a: Dim, b: Dim): boolean {
  return a === b || dimKey(a) === dimKey(b);
}

export function sameShape(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.length === b.length && a.every((dim, i) => sameDim(dim, b[i]!));
}

/** A string equal for equal sizes; for maps and comparisons, not for people. */
export function dimKey(dim: Dim): string {
  let key = keys.get(dim);
  if (key === undefined) {
    key = dim.terms.map((term) => `${term.numerator}/${term.denominator}${termKey(term)}`).join('+');
    keys.set(dim, key);
  }
  return key;
}

/** Sizes are compared far more often than they are made. */
const keys = new WeakMap<Dim, string>();

/** The value, if it does not depend on any name. */
export function constantOf(dim: Dim): number | undefined {
  if (dim.terms.length === 0) return 0;
  const [term, ...others] = dim.terms;
  if (others.length > 0 || term!.factors.length > 0) return undefined;
  return term!.numerator / term!.denominator;
}

export function namesOf(dim: Dim): readonly string[] {
  return [...new Set(dim.terms.flatMap((term) => term.factors.map(([name]) => name)))].sort();
}

/**
 * The value for given sizes, exact (sums of fractions such as `D/3 + E/3` are joined before they are divided); may come
 * out fractional or not positive, which the caller must refuse.
 */
export function evaluateDim(dim: Dim, sizes: ReadonlyMap<string, number>): number {
  let above = 0n;
  let below = 1n;
  for (const term of dim.terms) {
    let numerator = BigInt(term.numerator);
    let denominator = BigInt(term.denominator);
    for (const [name, power] of term.factors) {
      const size = sizes.get(name);
      invariant(size !== undefined, `size ${name} has no value`);
      if (power > 0) numerator *= BigInt(size) ** BigInt(power);
      else denominator *= BigInt(size) ** BigInt(-power);
    }
    above = above * denominator + numerator * below;
    below *= denominator;
  }
  const whole = above / below;
  return whole * below === above ? Number(whole) : Number(above) / Number(below);
}

/**
 * Puts sizes in place of names, e.g. an inner cell's `I` by the outer cell's `H`. Names not in the map stay.
 * `undefined` where a sum would become a divisor, or the result `isTooLarge`.
 */
export function replaceNames(dim: Dim, replacements: ReadonlyMap<string, Dim>): Dim | undefined {
  let result = zeroDim;
  for (const term of dim.terms) {
    let product: Dim = normalise([{ ...term, factors: [] }]);
    for (const [name, power] of term.factors) {
      const replacement = replacements.get(name) ?? namedDim(name);
      for (let i = 0; i < Math.abs(power); i++) {
        const next = power > 0 ? multiplyDims(product, replacement) : divideDims(product, replacement);
        if (next === undefined || isTooLarge(next)) return undefined;
        product = next;
      }
    }
    result = addDims(result, product);
    if (isTooLarge(result)) return undefined;
  }
  return result;
}

/** As `replaceNames`, where the caller knows that it works out. */
export function substituteDim(dim: Dim, replacements: ReadonlyMap<string, Dim>): Dim {
  const result = replaceNames(dim, replacements);
  invariant(result !== undefined, `cannot put sizes into ${formatDim(dim)}`);
  return result;
}

const MOST_TERMS = 60;
const MOST_POWER = 12;
const LARGEST_FACTOR = 2 ** 40;

/** Past what anybody writes, and near where the arithmetic of normal forms would round or take long. */
export function isTooLarge(dim: Dim): boolean {
  return (
    dim.terms.length > MOST_TERMS ||
    dim.terms.some(
      (term) =>
        Math.abs(term.numerator) > LARGEST_FACTOR ||
        term.denominator > LARGEST_FACTOR ||
        term.factors.some(([, power]) => Math.abs(power) > MOST_POWER),
    )
  );
}

/**
 * Whether the size is a whole number of at least `least` for all positive whole sizes (`always`), for none (`never`), or
 * that depends (`sizes`). Decided where, with 1 + n for each name, no coefficient is negative, or none positive.
 */
export function isAtLeast(dim: Dim, least: number): 'always' | 'never' | 'sizes' {
  const constant = constantOf(dim);
  if (constant !== undefined) return Number.isInteger(constant) && constant >= least ? 'always' : 'never';
  if (dim.terms.some((term) => term.factors.some(([, power]) => power < 0))) return 'sizes';
  const shifted = replaceNames(
    dim,
    new Map(namesOf(dim).map((name) => [name, addDims(oneDim, namedDim(name))])),
  );
  if (shifted === undefined) return 'sizes';
  const difference = subtractDims(shifted, constantDim(least));
  const isWhole = dim.terms.every((term) => term.denominator === 1);
  if (isWhole && difference.terms.every((term) => term.numerator >= 0)) return 'always';
  const constantTerm = difference.terms.find((term) => term.factors.length === 0);
  const isNegative = constantTerm !== undefined && constantTerm.numerator < 0;
  return isNegative && difference.terms.every((term) => term.numerator < 0) ? 'never' : 'sizes';
}

/** As a person writes it: `4*H`, `I + H`, `2*H - 1`, `H/2`. */
export function formatDim(dim: Dim): string {
  if (dim.terms.length === 0) return '0';
  // Terms with names first, the constant last.
  const ordered = [...dim.terms].sort(
    (a, b) => Number(a.factors.length === 0) - Number(b.factors.length === 0),
  );
  return ordered
    .map((term, i) => {
      const text = formatTerm({ ...term, numerator: Math.abs(term.numerator) });
      if (i === 0) return term.numerator < 0 ? `-${text}` : text;
      return term.numerator < 0 ? ` - ${text}` : ` + ${text}`;
    })
    .join('');
}

function formatTerm(term: Term): string {
  const above: string[] = [];
  const below: string[] = [];
  if (term.numerator !== 1) above.push(String(term.numerator));
  for (const [name, power] of term.factors) {
    for (let i = 0; i < Math.abs(power); i++) (power > 0 ? above : below).push(name);
  }
  if (term.denominator !== 1) below.push(String(term.denominator));
  const numerator = above.length === 0 ? '1' : above.join('*');
  if (below.length === 0) return numerator;
  return `${numerator}/${below.length === 1 ? below[0] : `(${below.join('*')})`}`;
}

function scale(dim: Dim, numerator: number, denominator: number): Dim {
  return normalise(
    dim.terms.map((t) => ({
      ...t,
      numerator: t.numerator * numerator,
      denominator: t.denominator * denominator,
    })),
  );
}

function multiplyTerms(a: Term, b: Term): Term {
  const powers = new Map<string, number>(a.factors);
  for (const [name, power] of b.factors) powers.set(name, (powers.get(name) ?? 0) + power);
  return {
    numerator: a.numerator * b.numerator,
    denominator: a.denominator * b.denominator,
    factors: [...powers].filter(([, power]) => power !== 0).sort(([x], [y]) => (x < y ? -1 : 1)),
  };
}

function termKey(term: Term): string {
  return term.factors.map(([name, power]) => `*${name}^${power}`).join('');
}

function normalise(terms: readonly Term[]): Dim {
  const byKey = new Map<string, Term>();
  for (const term of terms) {
    const key = termKey(term);
    const before = byKey.get(key);
    const sum =
      before === undefined
        ? term
        : {
            ...term,
            numerator: before.numerator * term.denominator + term.numerator * before.denominator,
            denominator: before.denominator * term.denominator,
          };
    byKey.set(key, lowest(sum));
  }
  const kept = [...byKey].filter(([, term]) => term.numerator !== 0);
  return { terms: kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, term]) => term) };
}

function lowest(term: Term): Term {
  const divisor = greatestCommonDivisor(Math.abs(term.numerator), term.denominator);
  return { ...term, numerator: term.numerator / divisor, denominator: term.denominator / divisor };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? Math.max(a, 1) : greatestCommonDivisor(b, a % b);
}
