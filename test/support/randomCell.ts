import fc from 'fast-check';
import { mathOps } from '../../compiler/ops/math.ts';

/** A random well-shaped cell as text, with sizes: what every law about cells is tried on. */
export interface RandomCell {
  readonly text: string;
  readonly sizes: Readonly<Record<string, number>>;
  readonly steps: number;
  readonly batch: number;
  readonly seed: number;
}

type Generator = fc.GeneratorValue;
type Shape = readonly string[];

interface Named {
  readonly name: string;
  readonly shape: Shape;
}

const sizeNames = ['A', 'B', 'C'];
const same = (a: Shape, b: Shape) => a.join() === b.join();

/** Ops of one argument that a user calls by name; drawn from the table, so a new op is tried without a change here. */
const unaryOps = [...mathOps.values()].filter(
  (op) => op.inLanguage && op.parameters.length === 1 && op.derivativeIsNot === undefined,
);

/** Writes expressions of a wanted shape over the values known so far. */
class Writer {
  readonly g: Generator;
  readonly known: Named[] = [];
  constructor(g: Generator) {
    this.g = g;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.g(fc.nat, { max: list.length - 1 })]!;
  }

  size(): string {
    return this.pick(sizeNames);
  }

  leaf(shape: Shape): string {
    const fitting = this.known.filter((k) => same(k.shape, shape));
    if (fitting.length > 0 && (shape.length > 0 || this.g(fc.boolean))) return this.pick(fitting).name;
    const number = String((this.g(fc.nat, { max: 30 }) + 1) / 10);
    if (shape.length === 0) return number;
    // Nothing of this shape yet: make it of what every cell has, a vector over each size.
    const [rows, columns] = shape;
    return columns === undefined ? `v${rows}` : `outer(v${rows}, v${columns})`;
  }

  expression(shape: Shape, depth: number): string {
    if (depth <= 0) return this.leaf(shape);
    const sub = (s: Shape = shape) => this.expression(s, depth - 1);
    const anyShape: (() => string)[] = [
      () => this.leaf(shape),
      () => `(${sub()} + ${sub()})`,
      () => `(${sub()} - ${sub()})`,
      () => `(${sub()} + ${sub()} + ${sub()})`,
      () => `(${sub()}*${sub()})`,
      () => `(${sub()}*${sub([])})`,
      () => `(${sub()}/(1.5 + sigmoid(${sub()})))`,
      () => `(-${sub()})`,
      () =>
        `(${sub()})^${this.pick(['2', '3', '(-1)', '0', '0.5'])}`.replace(
          /^\((.*)\)\^(\(-1\)|0\.5)$/,
          '(1.2 + sigmoid($1))^$2',
        ),
      () => this.unary(sub()),
      () => this.unary(sub()),
      () => `min(${sub()}, ${sub()})`,
      () => `max(${sub()}, ${sub()})`,
      () => `clamp(${sub()}, -0.7, 0.9)`,
      () => `(if ${sub()} < ${sub()} then ${sub()} else ${sub()})`,
      () => `(if ${sub()} > 0.2 and not (${sub()} <= 0.1) then ${sub()} else ${sub()})`,
      () => `twice(${sub()})`,
      () => `mixed(${sub()}, ${sub()})`,
      () => `bent(${sub()}, ${sub()})`,
      () => `held(${sub()})`,
    ];
    const [first, second] = shape;
    const byRank: (() => string)[] =
      first === undefined
        ? this.scalars(sub)
        : second === undefined
          ? this.vectors(first, sub)
          : this.matrices(first, second, sub);
    return this.pick(this.g(fc.boolean) ? anyShape : byRank)();
  }

  private scalars(sub: (shape: Shape) => string): (() => string)[] {
    const a = this.size();
    return [
      () => `dot(${sub([a])}, ${sub([a])})`,
      () => `${this.pick(['sum', 'mean', 'max', 'min', 'norm', 'logsumexp'])}(${sub([a])})`,
      () => `${this.pick(['sum', 'mean', 'max'])}(${sub([a, this.size()])})`,
      () => `(${sub([a])})[0]`,
    ];
  }

  private vectors(a: string, sub: (shape: Shape) => string): (() => string)[] {
    const b = this.size();
    return [
      () => `(${sub([a, b])} @ ${sub([b])})`,
      () => `(${sub([b])} @ ${sub([b, a])})`,
      () => `((${sub([b, a])}).T @ ${sub([b])})`,
      () => `${this.pick(['softmax', 'log_softmax', 'layer_norm', 'rms_norm', 'cumsum'])}(${sub([a])})`,
      () => `[${sub([b])}; ${sub([a])}][${b}:${b} + ${a}]`,
      () => `[${sub([a])}; ${sub([])}; ${sub([b])}][0:${a}]`,
      () => `${this.pick(['sum', 'mean', 'norm', 'logsumexp'])}(${sub([a, b])}, 1)`,
      () => `sum(${sub([b, a])}, 0)`,
    ];
  }

  private matrices(a: string, b: string, sub: (shape: Shape) => string): (() => string)[] {
    const c = this.size();
    return [
      () => `outer(${sub([a])}, ${sub([b])})`,
      () => `(${sub([a, c])} @ ${sub([c, b])})`,
      () => `(${sub([b, a])}).T`,
      () => `(col(${sub([a])})*${sub([a, b])})`,
      () => `(row(${sub([b])}) - ${sub([a, b])})`,
      () => `softmax(${sub([a, b])}, ${this.pick(['0', '1'])})`,
      () => `cumsum(${sub([a, b])}, ${this.pick(['0', '1'])})`,
      () => `[${sub([c, b])}; ${sub([a, b])}][${c}:${c} + ${a}]`,
    ];
  }

  /** The argument is brought into the op's domain where that is not the whole line. */
  private unary(argument: string): string {
    const op = this.pick(unaryOps);
    const [low, high] = op.domain[0]!;
    if (low < -1 && high > 1) return `${op.name}(${argument})`;
    const within = Math.min(high, low + 4);
    return `${op.name}(${Math.max(low, -50) + 0.2} + ${Math.min(within - low, 3) - 0.4}*sigmoid(${argument}))`;
  }
}

/**
 * A cell with several states or none, vectors, matrices and scalars, sizes of 1 to 3, one to three steps, inputs that
 * nothing reads, an index input, a nested cell; loss and outputs over them.
 */
export const randomCell: fc.Arbitrary<RandomCell> = fc.gen().map((g) => {
  const w = new Writer(g);
  const count = (max: number) => g(fc.nat, { max });
  const shape = (): Shape => w.pick<Shape>([[], [w.size()], [w.size()], [w.size(), w.size()]]);
  const text = (s: Shape) => `[${s.join(', ')}]`;
  const lines: string[] = [];
  const declare = (keyword: string, name: string, s: Shape, tail = '', known = name) => {
    lines.push(`  ${keyword} ${name}: ${text(s)}${tail}`);
    w.known.push({ name: known, shape: s });
  };
  for (const size of sizeNames) declare('param', `v${size}`, [size], ' ~ normal(0, 1)');
  for (let i = 0; i <= count(2); i++) declare('input', `x${i}`, shape());
  if (g(fc.boolean)) w.known.push({ name: '(0.1*step)', shape: [] });
  const lagged = g(fc.boolean);
  if (lagged) w.known.push({ ...w.known.find((k) => k.name === 'x0')!, name: 'x0_prev' });
  for (let i = 0; i <= count(3); i++)
    declare(count(5) === 0 ? 'frozen param' : 'param', `p${i}`, shape(), ' ~ normal(0, 0.7)');
  const looksUp = g(fc.boolean);
  if (looksUp) {
    lines.push('  input token: index(4) = 2', '  param E: [4, A] ~ normal(0, 1)');
    w.known.push({ name: 'E[token]', shape: ['A'] }, { name: 'E[token_prev]', shape: ['A'] });
  }
  const states = Array.from({ length: count(3) }, (_, i): Named => ({ name: `s${i}`, shape: shape() }));
  for (const { name, shape: s } of states) {
    const learned = g(fc.boolean);
    if (learned) declare('param', `${name}_0`, s, ' ~ normal(0, 1)');
    lines.push(`  state ${name}: ${text(s)}${learned ? ` = ${name}_0` : count(2) === 0 ? ' = 0.3' : ''}`);
    w.known.push({ name: `${name}_prev`, shape: s });
  }
  const nested = g(fc.boolean);
  if (nested) {
    lines.push('  cell inner: Inner(A, B)');
    lines.push(`  n = inner(${w.expression(['A'], 1)})`);
    w.known.push({ name: 'n.u', shape: ['B'] }, { name: 'n.q', shape: [] });
  }
  for (let i = 0; i <= count(3); i++) {
    const s = shape();
    lines.push(`  e${i} = ${w.expression(s, 3)}`);
    w.known.push({ name: `e${i}`, shape: s });
  }
  for (const { name, shape: s } of states) {
    lines.push(`  ${name} = tanh(${w.expression(s, 2)})`);
    w.known.push({ name, shape: s });
  }
  const target = shape();
  declare('target', 'y', target);
  lines.push(`  y_hat = ${w.expression(target, 2)}`, '  output y_hat');
  const scale = target.length === 0 ? '(y_hat - y)^2' : 'sum((y_hat - y)^2)';
  lines.push(`  loss 0.5*${scale} + 0.1*${w.expression([], 2)}`);
  const inner = [
    'cell Inner(I, H) {',
    '  input x: [I]',
    '  state u: [H], q: [] = 0.1',
    '  param W: [H, I] ~ normal(0, 1)',
    '  u = tanh(W @ x + q_prev*u_prev)',
    '  q = mean(u) + 0.5*q_prev',
    '  output u, q',
    '}',
    '',
  ];
  const functions = [
    'fn twice(x) = 2*x',
    'fn mixed(x, y) = x*sigmoid(y) + y',
    'fn bent(x, y) = tanh(x)*y with derivative 0.5*sigmoid(y), x/(1 + x^2)',
    'fn held(x) = 0.7*x - 0.4*stop_gradient(x)',
    '',
  ];
  return {
    text: [...functions, ...(nested ? inner : []), 'cell Random(A, B, C) {', ...lines, '}', ''].join('\n'),
    sizes: Object.fromEntries(sizeNames.map((name) => [name, 1 + count(2)])),
    steps: 1 + count(2),
    batch: 1 + count(1),
    seed: count(2 ** 30),
  };
});
