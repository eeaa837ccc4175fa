import { add, inner, map, mix, product, type Step, sigma, sigmoid, tanh, times } from './loops.ts';

/** The files of dsl-examples/regularised whose noise is given: masks come as inputs, those per update as parameters. */
export const regularised: Readonly<Record<string, Step>> = {
  'regularised/zoneout_lstm.rnn': (p, x, state, input) => {
    const [h, c] = [state('h'), state('c')];
    const gate = (name: string) =>
      add(product(p(`W_${name}`), x), product(p(`U_${name}`), h), p(`b_${name}`));
    const candidate = map(
      (i, f, g, before) => sigma(f) * before + sigma(i) * Math.tanh(g),
      gate('i'),
      gate('f'),
      gate('g'),
      c,
    );
    const shown = times(sigmoid(gate('o')), tanh(candidate));
    return { h: mix(input('d_h'), h, shown), c: mix(input('d_c'), c, candidate) };
  },
  // Rows of W: H for each of i, f, o, g; columns: first those for x, then those for h.
  'regularised/variational_lstm.rnn': (p, x, state, input) => {
    const [h, c] = [state('h'), state('c')];
    const both = [...times(x, input('z_x')), ...times(h, input('z_h'))];
    const gate = (block: number, unit: number) => {
      const row = block * h.length + unit;
      return inner(Array.from(p('W')).slice(row * both.length, (row + 1) * both.length), both) + p('b')[row]!;
    };
    const cell = Array.from(
      c,
      (before, j) => sigma(gate(1, j)) * before + sigma(gate(0, j)) * Math.tanh(gate(3, j)),
    );
    return { h: cell.map((now, j) => sigma(gate(2, j)) * Math.tanh(now)), c: cell };
  },
  'regularised/dropconnect_lstm.rnn': (p, x, state) => {
    const [h, c] = [state('h'), state('c')];
    const gate = (name: string) => {
      const thinned = times(p(`U_${name}`), p(`D_${name}`));
      return add(product(p(`W_${name}`), x), product(thinned, h), p(`b_${name}`));
    };
    const cell = add(times(sigmoid(gate('f')), c), times(sigmoid(gate('i')), tanh(gate('g'))));
    return { h: times(sigmoid(gate('o')), tanh(cell)), c: cell };
  },
};
