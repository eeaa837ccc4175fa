import { mathOps } from '../../compiler/ops/math.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import type { Expression } from '../../compiler/syntax/tree.ts';

/** A value of a printed formula; axes of length 1 stretch, so `col(a)` is [n, 1]. */
export interface Value {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export type Lookup = (name: string) => Value | undefined;

export const scalar = (value: number): Value => ({ shape: [], data: [value] });

/** Parses the right-hand side of a printed equation with the parser of the language. */
export function parseFormula(text: string): Expression {
  const { tree, diagnostics } = parse({ name: 'derived', text: `cell Derived() {\n  v = ${text}\n}\n` });
  const cell = tree.items[0];
  const equation = cell?.kind === 'cell' ? cell.statements[0] : undefined;
  if (diagnostics.length > 0 || equation?.kind !== 'equation') throw new Error(`does not parse: ${text}`);
  return equation.value;
}

/** The value of a formula, from what the notation means: written without the compiler's graph or checker. */
export function evaluateFormula(e: Expression, lookup: Lookup): Value {
  const of = (inner: Expression) => evaluateFormula(inner, lookup);
  switch (e.kind) {
    case 'number':
      return scalar(e.value);
    case 'identifier':
    case 'member': {
      const path = pathOf(e);
      const known = path === undefined ? undefined : lookup(path);
      if (known !== undefined) return known;
      if (e.kind === 'member' && e.name.name === 'T') return transpose(of(e.object));
      throw new Error(`nothing is known of ${path}`);
    }
    case 'unary':
      return elementwise((x) => (e.operator === '-' ? -x : x === 0 ? 1 : 0), of(e.operand));
    case 'binary':
      if (e.operator === '@') return matmul(of(e.left), of(e.right));
      if (e.operator === '^') return power(of(e.left), of(e.right));
      return elementwise(operators[e.operator]!, of(e.left), of(e.right));
    case 'if':
      return elementwise((c, a, b) => (c !== 0 ? a : b), of(e.condition), of(e.then), of(e.otherwise));
    case 'indexing': {
      const object = of(e.object);
      const [index] = of(e.index).data;
      const [rows, ...rest] = object.shape;
      const size = object.data.length / rows!;
      return { shape: rest, data: object.data.slice(index! * size, (index! + 1) * size) };
    }
    case 'slice': {
      const object = of(e.object);
      const [start, end] = [of(e.start).data[0]!, of(e.end).data[0]!];
      const size = object.data.length / object.shape[0]!;
      if (!(start >= 0 && end <= object.shape[0]!))
        throw new Error(`slice ${start}:${end} of [${object.shape}]`);
      return {
        shape: [end - start, ...object.shape.slice(1)],
        data: object.data.slice(start * size, end * size),
      };
    }
    case 'stack': {
      const parts = e.parts.map(of).map((p) => (p.shape.length === 0 ? { ...p, shape: [1] } : p));
      const rows = parts.reduce((total, { shape }) => total + shape[0]!, 0);
      return { shape: [rows, ...parts[0]!.shape.slice(1)], data: parts.flatMap(({ data }) => data) };
    }
    case 'call':
      return callOf(e.callee.name, e.args, of, lookup);
    case 'list':
      throw new Error('a list is no value');
  }
}

function pathOf(e: Expression): string | undefined {
  if (e.kind === 'identifier') return e.name;
  if (e.kind !== 'member') return undefined;
  const object = pathOf(e.object);
  return object === undefined ? undefined : `${object}.${e.name.name}`;
}

const truth = (condition: boolean) => (condition ? 1 : 0);
const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  // A cotangent of zero stays zero, whatever the slope (docs/decisions/003).
  '*': (a, b) => (a === 0 || b === 0 ? 0 : a * b),
  '/': (a, b) => (a === 0 ? 0 : a / b),
  '<': (a, b) => truth(a < b),
  '<=': (a, b) => truth(a <= b),
  '>': (a, b) => truth(a > b),
  '>=': (a, b) => truth(a >= b),
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  and: (a, b) => truth(a !== 0 && b !== 0),
  or: (a, b) => truth(a !== 0 || b !== 0),
};

function elementwise(f: (...entries: number[]) => number, ...values: Value[]): Value {
  const rank = Math.max(...values.map(({ shape }) => shape.length));
  const bad = values.some(({ shape }) => shape.length !== 0 && shape.length !== rank);
  const shape = Array.from({ length: rank }, (_, axis) =>
    Math.max(...values.map((v) => (v.shape.length === 0 ? 1 : v.shape[axis]!))),
  );
  const fits = values.every((v) => v.shape.every((n, axis) => n === 1 || n === shape[axis]));
  if (bad || !fits) throw new Error(`shapes ${values.map((v) => `[${v.shape}]`)} do not fit`);
  return tabulate(shape, (place) =>
    f(...values.map((v) => v.data[v.shape.reduce((at, n, i) => at * n + (n === 1 ? 0 : place[i]!), 0)]!)),
  );
}

function tabulate(shape: readonly number[], entry: (place: readonly number[]) => number): Value {
  const count = shape.reduce((a, b) => a * b, 1);
  const data = Array.from({ length: count }, (_, i) => {
    let rest = i;
    const place = shape.map(() => 0);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return entry(place);
  });
  return { shape, data };
}

const at = (v: Value, ...place: number[]): number =>
  v.data[v.shape.reduce((offset, n, i) => offset * n + place[i]!, 0)]!;

function transpose(v: Value): Value {
  if (v.shape.length !== 2) throw new Error(`.T of [${v.shape}]`);
  return tabulate([v.shape[1]!, v.shape[0]!], ([i, j]) => at(v, j!, i!));
}

function matmul(a: Value, b: Value): Value {
  const inner = a.shape.at(-1);
  if (inner === undefined || inner !== b.shape[0]) throw new Error(`[${a.shape}] @ [${b.shape}]`);
  const left = a.shape.length - 1;
  return tabulate([...a.shape.slice(0, -1), ...b.shape.slice(1)], (place) => {
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += at(a, ...place.slice(0, left), k) * at(b, k, ...place.slice(left));
    return sum;
  });
}

function power(base: Value, exponent: Value): Value {
  return elementwise((x, n) => x ** n, base, exponent);
}

/** Groups the entries of `v` by their place without `axis`, or all in one. */
function along(v: Value, axis: number | undefined, reduce: (entries: readonly number[]) => number): Value {
  if (axis === undefined) return scalar(reduce(v.data));
  return tabulate(
    v.shape.filter((_, i) => i !== axis),
    (place) => {
      const entries = Array.from({ length: v.shape[axis]! }, (_, k) => at(v, ...place.toSpliced(axis, 0, k)));
      return reduce(entries);
    },
  );
}

const total = (entries: readonly number[]) => entries.reduce((a, b) => a + b, 0);
const meanOf = (entries: readonly number[]) => total(entries) / entries.length;
const reductions: Readonly<Record<string, (entries: readonly number[]) => number>> = {
  sum: total,
  mean: meanOf,
  max: (entries) => Math.max(...entries),
  max_along: (entries) => Math.max(...entries),
  min: (entries) => Math.min(...entries),
  norm: (entries) => Math.sqrt(total(entries.map((x) => x * x))),
  logsumexp: (entries) => Math.log(total(entries.map(Math.exp))),
};

/** Functions that give an array of the same shape, line by line. */
const lines: Readonly<Record<string, (entries: readonly number[]) => readonly number[]>> = {
  softmax: (xs) => xs.map((x) => Math.exp(x) / total(xs.map(Math.exp))),
  log_softmax: (xs) => xs.map((x) => x - Math.log(total(xs.map(Math.exp)))),
  layer_norm: (xs) => {
    const variance = meanOf(xs.map((x) => (x - meanOf(xs)) ** 2));
    return xs.map((x) => (x - meanOf(xs)) / Math.sqrt(variance + 1e-5));
  },
  rms_norm: (xs) => xs.map((x) => x / Math.sqrt(meanOf(xs.map((y) => y * y)) + 1e-5)),
  cumsum: (xs) => xs.map((_, i) => total(xs.slice(0, i + 1))),
  reverse_cumsum: (xs) => xs.map((_, i) => total(xs.slice(i))),
};

function callOf(
  name: string,
  args: readonly Expression[],
  of: (e: Expression) => Value,
  lookup: Lookup,
): Value {
  const values = args.map(of);
  const [a, b] = values;
  const axis = b?.data[0];
  const isElementwise = values.length === 2 && (name === 'max' || name === 'min');
  if (name in reductions && !isElementwise) return along(a!, axis, reductions[name]!);
  if (name in lines) {
    const axisOf = axis ?? (a!.shape.length === 1 ? 0 : Number.NaN);
    return tabulate(a!.shape, (place) => {
      const line = Array.from({ length: a!.shape[axisOf]! }, (_, k) => at(a!, ...place.with(axisOf, k)));
      return lines[name]!(line)[place[axisOf]!]!;
    });
  }
  switch (name) {
    case 'dot':
      return scalar(total(elementwise((x, y) => x * y, a!, b!).data));
    case 'outer':
      return tabulate([a!.shape[0]!, b!.shape[0]!], ([i, j]) => at(a!, i!) * at(b!, j!));
    case 'col':
      return { shape: [a!.shape[0]!, 1], data: a!.data };
    case 'row':
      return { shape: [1, a!.shape[0]!], data: a!.data };
    case 'ones':
      return tabulate(
        values.map((v) => v.data[0]!),
        () => 1,
      );
    case 'one_hot': {
      const classes = lookup('classes')!.data[0]!;
      return tabulate([classes], ([i]) => truth(i === a!.data[0]));
    }
    case 'pad': {
      const [start, length] = [b!.data[0]!, values[2]!.data[0]!];
      const inner = a!.shape.length === 0 ? { ...a!, shape: [1] } : a!;
      return tabulate([length, ...inner.shape.slice(1)], ([i, ...rest]) =>
        i! >= start && i! < start + inner.shape[0]! ? at(inner, i! - start, ...rest) : 0,
      );
    }
    default: {
      const op = mathOps.get(name);
      if (op === undefined) throw new Error(`no function ${name}`);
      return elementwise(op.evaluate, ...values);
    }
  }
}
