import { add, map, product, type Step, sigma, sigmoid, tanh, type Vector } from './loops.ts';

const softplus = (z: number) => Math.log1p(Math.exp(z));
/** The part of a parameter with a first axis that belongs to its entry n, of so many numbers. */
const part = (whole: Vector, n: number, size: number) => Array.from(whole).slice(n * size, (n + 1) * size);

/** Cells with loops inside a step; steps and layers counted from the shapes of their parameters. */
export const repeated: Readonly<Record<string, Step>> = {
  'time/ltc.rnn': (p, x, state, input) => {
    const before = Array.from(state('v'));
    const size = before.length;
    const elapsed = input('elapsed')[0]!;
    const synapses = (from: Vector, to: number, ending: string) =>
      Array.from(from, (voltage, j) => {
        const at = to * from.length + j;
        const gate = sigma(p(`gamma${ending}`)[at]! * (voltage - p(`mu${ending}`)[at]!));
        const conductance = softplus(p(`w${ending}`)[at]!) * gate;
        return { conductance, current: conductance * p(`E${ending}`)[at]! };
      });
    // The header's size: two solver steps.
    let v = before;
    for (let n = 0; n < 2; n++) {
      v = Array.from({ length: size }, (_, i) => {
        const all = [...synapses(v, i, ''), ...synapses(x, i, '_in')];
        const c = softplus(p('c_m')[i]!) / (elapsed / 2);
        const leak = softplus(p('g_leak')[i]!);
        const above = all.reduce((sum, { current }) => sum + current, c * v[i]! + leak * p('v_leak')[i]!);
        const below = all.reduce((sum, { conductance }) => sum + conductance, c + leak);
        return above / (below + 1e-8);
      });
    }
    return { v };
  },
  'structured/recurrent_highway.rnn': (p, x, state) => {
    let s = Array.from(state('y'));
    const size = s.length;
    for (let l = 0; l < p('b_H').length / size; l++) {
      const before = s;
      const layer = (name: string) => {
        const own = add(product(part(p(`R_${name}`), l, size * size), before), part(p(`b_${name}`), l, size));
        return l === 0 ? add(own, product(p(`W_${name}`), x)) : own;
      };
      s = map((h, t, old) => h * t + old * (1 - t), tanh(layer('H')), sigmoid(layer('T')), before);
    }
    return { y: s };
  },
  'gated/mogrifier_lstm.rnn': (p, x, state) => {
    let u = Array.from(x);
    let m = Array.from(state('h'));
    const [inputs, units] = [u.length, m.length];
    for (let round = 0; round < p('Q').length / (inputs * units); round++) {
      u = map((z, old) => 2 * sigma(z) * old, product(part(p('Q'), round, inputs * units), m), u);
      m = map((z, old) => 2 * sigma(z) * old, product(part(p('R'), round, inputs * units), u), m);
    }
    const gate = (name: string) =>
      add(product(p(`W_${name}`), u), product(p(`U_${name}`), m), p(`b_${name}`));
    const c = map(
      (i, f, g, old) => sigma(f) * old + sigma(i) * Math.tanh(g),
      gate('i'),
      gate('f'),
      gate('g'),
      state('c'),
    );
    return { c, h: map((o, cell) => sigma(o) * Math.tanh(cell), gate('o'), c) };
  },
  'gated/slstm.rnn': (p, x, state) => {
    const h = Array.from(state('h'));
    // Two heads.
    const size = h.length / 2;
    const gate = (name: string) => {
      const blocks = [0, 1].flatMap((head) =>
        product(part(p(`R_${name}`), head, size * size), part(h, head, size)),
      );
      return add(product(p(`W_${name}`), x), blocks, p(`b_${name}`));
    };
    const forget = map((f) => Math.log(sigma(f)), gate('f'));
    const m = map((f, i, old) => Math.max(f + old, i), forget, gate('i'), state('m'));
    const write = map((i, top) => Math.exp(i - top), gate('i'), m);
    const keep = map((f, old, top) => Math.exp(f + old - top), forget, state('m'), m);
    const c = map((k, old, w, z) => k * old + w * Math.tanh(z), keep, state('c'), write, gate('z'));
    const n = map((k, old, w) => k * old + w, keep, state('n'), write);
    return { c, n, m, h: map((o, cell, norm) => (sigma(o) * cell) / norm, gate('o'), c, n) };
  },
};
