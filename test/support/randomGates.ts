import fc from 'fast-check';
import type { RandomCell } from './randomCell.ts';

type Generator = fc.GeneratorValue;

interface Value {
  readonly text: string;
  readonly size: string;
}

const sum = (sizes: readonly string[]) => sizes.join(' + ');

/** Writes gates: sums of products of matrices with inputs, previous values, other gates, and stacks of these. */
class Gates {
  readonly #g: Generator;
  readonly parameters: string[] = [];
  readonly equations: string[] = [];
  readonly known: Value[];

  constructor(g: Generator, known: readonly Value[]) {
    this.#g = g;
    this.known = [...known];
  }

  count(max: number): number {
    return this.#g(fc.nat, { max });
  }

  pick<T>(list: readonly T[]): T {
    return list[this.count(list.length - 1)]!;
  }

  /** Declared before or after the others, so that the order of use is not that of declaration. */
  parameter(shape: string): string {
    const name = `p${this.parameters.length}`;
    const line = `  param ${name}: [${shape}] ~ normal(0, 0.6)`;
    if (this.count(1) === 0) this.parameters.push(line);
    else this.parameters.unshift(line);
    return name;
  }

  operand(): Value {
    const one = this.pick(this.known);
    if (this.count(2) > 0) return one;
    const parts = [one, ...Array.from({ length: 1 + this.count(1) }, () => this.pick(this.known))];
    return {
      text: `[${parts.map(({ text }) => text).join('; ')}]`,
      size: sum(parts.map(({ size }) => size)),
    };
  }

  product(rows: string): string {
    const { text, size } = this.operand();
    switch (this.count(11)) {
      case 0:
        return `${text} @ ${this.parameter(`${size}, ${rows}`)}`;
      case 1:
        return `${this.parameter(`${size}, ${rows}`)}.T @ ${text}`;
      case 2: {
        const matrix = this.parameter(`H + ${rows}, ${size}`);
        return `${matrix}[H:H + ${rows}] @ ${text} + ${matrix}[0:${rows}] @ ${text}`;
      }
      default:
        return `${this.parameter(`${rows}, ${size}`)} @ ${text}`;
    }
  }

  preActivation(rows: string): string {
    const usual = `${this.parameter(`${rows}, I`)} @ x + ${this.parameter(`${rows}, H`)} @ ${this.vector()}`;
    if (this.count(2) === 0) return `${usual} + ${this.parameter(rows)}`;
    const products = Array.from({ length: 1 + this.count(2) }, () => this.product(rows));
    return [...products, this.parameter(rows)].join(' + ');
  }

  /** One or several gates of H entries, known from here on. */
  gates(name: string): void {
    const many = 1 + this.count(3);
    if (many > 1 && this.count(1) === 0) {
      const names = Array.from({ length: many }, (_, i) => `${name}_${i}`);
      this.equations.push(`  [${names.join(', ')}] = split(${this.preActivation(`${many}*H`)}, ${many})`);
      for (const text of names) this.known.push({ text, size: 'H' });
      return;
    }
    for (let i = 0; i < many; i++) {
      const fn = this.pick(['sigmoid', 'tanh']);
      this.equations.push(`  ${name}_${i} = ${fn}(${this.preActivation('H')})`);
    }
    for (let i = 0; i < many; i++) this.known.push({ text: `${name}_${i}`, size: 'H' });
  }

  vector(): string {
    return this.pick(this.known.filter(({ size }) => size === 'H')).text;
  }
}

/**
 * A cell as people write recurrent ones, in a random mixture of their ways: a matrix per gate, stacked matrices, stacked
 * operands, rows times matrices, gates of gates, layers, a one-hot among the operands, a readout.
 */
export const randomGates: fc.Arbitrary<RandomCell> = fc.gen().map((g) => {
  const layers = 1 + g(fc.nat, { max: 1 });
  const states = Array.from({ length: layers }, (_, i) => [`h${i}`, `c${i}`] as const);
  const inputs = [
    { text: 'x', size: 'I' },
    { text: 'y', size: 'I' },
    { text: 'x_prev', size: 'I' },
    { text: 'one_hot(token)', size: '3' },
  ];
  const w = new Gates(g, inputs);
  for (const [h, c] of states) {
    w.known.push(
      { text: `${h}_prev`, size: 'H' },
      { text: `${h}_prev`, size: 'H' },
      { text: `${c}_prev`, size: 'H' },
    );
    w.gates(`${h}_a`);
    if (w.count(1) === 0) w.known.push({ text: `(${w.vector()}*${h}_prev)`, size: 'H' });
    if (w.count(1) === 0) w.gates(`${h}_b`);
    w.equations.push(`  ${c} = tanh(${w.vector()}*${c}_prev + ${w.vector()}*${w.vector()})`);
    w.equations.push(`  ${h} = ${w.vector()}*${w.pick([c, w.vector()])}`);
    w.known.splice(0, w.known.length, ...inputs, { text: h, size: 'H' });
  }
  const readsOut = w.count(1) === 0;
  if (readsOut) w.equations.push(`  z = ${w.preActivation('H')}`);
  const output = readsOut ? 'z' : `h${layers - 1}`;
  const names = states.flat();
  return {
    text: [
      'cell Gates(I, H) {',
      '  input x: [I], y: [I], token: index(3)',
      `  state ${names.map((name) => `${name}: [H]`).join(', ')}`,
      ...w.parameters,
      ...w.equations,
      `  output ${output}`,
      `  loss 0.5*sum(${output}^2)`,
      '}',
      '',
    ].join('\n'),
    sizes: { I: 1 + w.count(2), H: 1 + w.count(2) },
    steps: 1 + w.count(2),
    batch: 1 + w.count(1),
    seed: w.count(2 ** 30),
  };
});
