import { add, affine, inner, map, mix, product, type Step, sigma, sigmoid, tanh, times } from './loops.ts';

const lstm =
  (prefix: string): Step =>
  (parameter, x, state) => {
    const p = (name: string) => parameter(prefix + name);
    const [h, c] = [state(`${prefix}h`), state(`${prefix}c`)];
    const inputGate = sigmoid(affine(p, 'i', x, h));
    const forgetGate = sigmoid(affine(p, 'f', x, h));
    const outputGate = sigmoid(affine(p, 'o', x, h));
    const cell = add(times(forgetGate, c), times(inputGate, tanh(affine(p, 'g', x, h))));
    return { [`${prefix}h`]: times(outputGate, tanh(cell)), [`${prefix}c`]: cell };
  };

const elman: Step = (p, x, state) => ({
  h: tanh(add(product(p('W_xh'), x), product(p('W_hh'), state('h')), p('b'))),
});

/** The files of dsl-examples itself. */
export const top: Readonly<Record<string, Step>> = {
  'elman.rnn': elman,
  'learned_start.rnn': elman,
  'relu_rnn.rnn': (p, x, state) => ({
    h: map((z) => Math.max(0, z), add(product(p('W'), x), product(p('U'), state('h')), p('b'))),
  }),
  'lstm.rnn': lstm(''),
  // Rows of W: H for each of i, f, o, g; columns: first those for x, then those for h.
  'lstm_stacked.rnn': (p, x, state) => {
    const [h, c] = [state('h'), state('c')];
    const both = [...Array.from(x), ...Array.from(h)];
    const gate = (block: number, unit: number) => {
      const row = block * h.length + unit;
      return inner(Array.from(p('W')).slice(row * both.length, (row + 1) * both.length), both) + p('b')[row]!;
    };
    const cell = map((before) => before, c).map(
      (before, j) => sigma(gate(1, j)) * before + sigma(gate(0, j)) * Math.tanh(gate(3, j)),
    );
    return { h: cell.map((now, j) => sigma(gate(2, j)) * Math.tanh(now)), c: cell };
  },
  'peephole_lstm.rnn': (p, x, state) => {
    const [h, c] = [state('h'), state('c')];
    const inputGate = sigmoid(add(affine(p, 'i', x, h), times(p('p_i'), c)));
    const forgetGate = sigmoid(add(affine(p, 'f', x, h), times(p('p_f'), c)));
    const cell = add(times(forgetGate, c), times(inputGate, tanh(affine(p, 'g', x, h))));
    const outputGate = sigmoid(add(affine(p, 'o', x, h), times(p('p_o'), cell)));
    return { h: times(outputGate, tanh(cell)), c: cell };
  },
  'gru.rnn': (p, x, state) => {
    const h = state('h');
    const reset = sigmoid(affine(p, 'r', x, h));
    const candidate = tanh(affine(p, 'n', x, times(reset, h)));
    return { h: mix(sigmoid(affine(p, 'z', x, h)), h, candidate) };
  },
  'gru_reset_after.rnn': (p, x, state) => {
    const h = state('h');
    const reset = sigmoid(affine(p, 'r', x, h));
    const recurrent = times(reset, add(product(p('U_n'), h), p('c_n')));
    const candidate = tanh(add(product(p('W_n'), x), p('b_n'), recurrent));
    return { h: mix(sigmoid(affine(p, 'z', x, h)), h, candidate) };
  },
  'mgu.rnn': (p, x, state) => {
    const h = state('h');
    const forget = sigmoid(affine(p, 'f', x, h));
    const candidate = tanh(affine(p, 'n', x, times(forget, h)));
    return { h: mix(forget, candidate, h) };
  },
  'mingru.rnn': (p, x, state) => {
    const update = sigmoid(add(product(p('W_z'), x), p('b_z')));
    return { h: mix(update, add(product(p('W_n'), x), p('b_n')), state('h')) };
  },
  'matrix_memory.rnn': (p, x, state) => {
    const query = add(product(p('W_q'), x), p('b_q'));
    const scaled = product(p('W_k'), x).map((entry) => entry / Math.sqrt(query.length));
    const key = add(scaled, p('b_k'));
    const value = add(product(p('W_v'), x), p('b_v'));
    const write = sigma(inner(p('w_i'), x) + p('b_i')[0]!);
    const keep = sigma(inner(p('w_f'), x) + p('b_f')[0]!);
    const gate = sigmoid(add(product(p('W_o'), x), p('b_o')));
    const memory = value.flatMap((v, i) =>
      key.map((k, j) => keep * state('C')[i * key.length + j]! + write * v * k),
    );
    const written = map((before, k) => keep * before + write * k, state('n'), key);
    const size = Math.max(1, Math.abs(inner(written, query)));
    return { C: memory, n: written, y: times(gate, product(memory, query)).map((entry) => entry / size) };
  },
  'residual_stack.rnn': (p, x, state, input) => {
    const below = add(product(p('W'), x), p('b'));
    const first = lstm('first.')(p, below, state, input);
    const between = add(below, first['first.h']!);
    const second = lstm('second.')(p, between, state, input);
    return { ...first, ...second, y: add(between, second['second.h']!) };
  },
};
