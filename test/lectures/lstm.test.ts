import { describe, expect, it } from 'vitest';
import { Random } from '../../runtime/index.ts';
import { type Arrays, distance, evaluated, live } from './support.ts';

/*
 * The LSTM's memory: what its gates make of it, and how the gradient goes through it.
 */

describe('the four settings of forget and input gate', () => {
  const before = 0.5;
  const a = 1;
  const settings = [
    ['remember', [1, 0], before],
    ['add', [1, 1], before + Math.tanh(a)],
    ['erase', [0, 0], 0],
    ['overwrite', [0, 1], Math.tanh(a)],
  ] as const;

  it.each(settings)('%s: (f, i) = %j gives c = %d', (_, switches, after) => {
    for (const target of ['js', 'wasm'] as const) {
      const unit = live('lectures/lstm_gates.rnn', { target });
      unit.setState({ c: [before] });
      const { c, h } = unit.forward([...switches, a], 1);
      expect(c![0]).toBeCloseTo(after, 6);
      expect(h![0]).toBeCloseTo(Math.tanh(after), 6);
    }
  });

  it('to remember keeps every bit for a thousand steps, to erase leaves nothing', () => {
    const unit = live('lectures/lstm_gates.rnn', { window: 1000 });
    const value = Math.fround(0.1);
    unit.setState({ c: [value] });
    const remember = Array.from({ length: 1000 }, (_, t) => [1, 0, Math.sin(t)]).flat();
    expect(unit.forward(remember, 1000).c!.every((c) => c === value)).toBe(true);
    expect(unit.forward([0, 0, 3], 1).c![0]).toBeCloseTo(0, 30);
  });

  it('one after the other, as the case does', () => {
    const unit = live('lectures/lstm_gates.rnn', { window: 4 });
    unit.setState({ c: [before] });
    const { c } = unit.forward([1, 0, a, 1, 1, a, 0, 0, a, 0, 1, a], 4);
    expect(distance(c!, [0.5, 0.5 + Math.tanh(1), 0, Math.tanh(1)])).toBeLessThan(1e-6);
  });
});

describe('the constant error carousel', () => {
  const [steps, I, H] = [12, 3, 4];
  const random = new Random(7, 'carousel');
  const draw = (length: number, size = 1) =>
    Float64Array.from({ length }, () => Math.fround(size * (2 * random.uniform() - 1)));
  const gates = ['i', 'f', 'o', 'g'] as const;
  const weights = (U: number): Arrays =>
    Object.fromEntries(
      gates.flatMap((gate) => [
        [`W_${gate}`, draw(H * I)],
        [`U_${gate}`, draw(H * H, U)],
        [`b_${gate}`, draw(H)],
      ]),
    );
  const x = draw(steps * I);
  const start = draw(H);

  /** dc_T/dc_1, [H, H], a backward sweep per row; and the product of f_2 ... f_T, [H]. Step 1 has been done. */
  function carousel(parameters: Arrays) {
    const rows = Array.from({ length: H }, (_, unit) =>
      evaluated('lectures/lstm_carousel.rnn', {
        steps,
        parameters,
        inputs: { x },
        starts: { c: start, h: new Float64Array(H) },
        finalCotangents: { c: Array.from({ length: H }, (_, k) => (k === unit ? 1 : 0)) },
      }),
    );
    const f = rows[0]!.values.get('f')!;
    const product = Array.from({ length: H }, (_, k) => {
      let all = 1;
      for (let t = 0; t < steps; t++) all *= f[t * H + k]!;
      return all;
    });
    return { jacobian: rows.flatMap(({ adjoint }) => [...adjoint.startCotangents.get('c')!]), product };
  }

  const diagonal = (values: readonly number[]) =>
    values.flatMap((value, unit) => values.map((_, k) => (k === unit ? value : 0)));

  it('with U = 0, dc_T/dc_1 is the product of the forget gates, unit by unit', () => {
    const { jacobian, product } = carousel(weights(0));
    expect(Math.min(...product)).toBeGreaterThan(0);
    expect(Math.max(...jacobian.map((entry, i) => Math.abs(entry - diagonal(product)[i]!)))).toBeLessThan(
      1e-14 * Math.max(...product),
    );
  });

  it('with U there are other ways, and it is not', () => {
    const { jacobian, product } = carousel(weights(1));
    expect(distance(jacobian, diagonal(product))).toBeGreaterThan(1e-3);
  });

  it('in the kernels too', () => {
    const parameters = weights(0);
    const cell = live('lectures/lstm_carousel.rnn', { window: steps });
    cell.setParameters(parameters as Record<string, Float64Array>);
    cell.setState({ c: start });
    cell.forward(x, steps);
    cell.backward({ finalStateCotangents: { c: new Float64Array(H).fill(1) } });
    const { product } = carousel(parameters);
    for (const [k, expected] of product.entries()) {
      expect(Math.abs(cell.startCotangents.c![k]! / expected - 1)).toBeLessThan(1e-5);
    }
  });

  it('with forget gates that are open the error goes round unchanged; half open it halves each step', () => {
    const errorsAfter = (bias: number) => {
      const cell = live('lectures/lstm_carousel.rnn', { window: 100 });
      cell.setParameters({ W_f: new Float64Array(H * I), b_f: new Float64Array(H).fill(bias) });
      cell.forward(new Float32Array(100 * I), 100);
      cell.backward({ finalStateCotangents: { c: [1, 1, 1, 1] } });
      return [...cell.startCotangents.c!];
    };
    expect(errorsAfter(200)).toEqual([1, 1, 1, 1]);
    for (const error of errorsAfter(0)) expect(Math.abs(error / 2 ** -100 - 1)).toBeLessThan(1e-4);
  });
});
