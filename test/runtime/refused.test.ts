import { expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { instantiateSync } from '../../runtime/index.ts';

const text = `cell Product(H) {
  input x: [H], k: index(3)
  param w: [H] = 1, E: [3, H] = 1
  state h: [H]
  h = 0*h_prev + w*x*E[k]
  output h
}
`;
const network = (batch: number, H: number) =>
  instantiateSync(compile({ name: 'product.rnn', text }, { sizes: { H }, batch, window: 4 }), { seed: 1 });

it('a step that is refused leaves nothing for backward to go back over', () => {
  const instance = network(1, 1);
  instance.forward({ x: [1, 2], k: [0, 1] }, 2);
  expect(() => instance.step({ x: [100], k: [7] })).toThrow(/RNN503/);
  expect(() => instance.backward({ outputCotangents: [1, 1] })).toThrow(/RNN506/);
});

it('a state of another batch is refused, even where it has as many entries, and nothing is written', () => {
  const [two, three] = [network(2, 3), network(3, 2)];
  two.forward({ x: [1, 2, 3, 4, 5, 6], k: [0, 1] }, 1);
  const before = three.getState().h!.slice();
  expect(() => three.restoreState(two.saveState())).toThrow(/RNN513/);
  expect(three.getState().h).toEqual(before);
});

it('a value with very many users is summed without nesting', () => {
  const users = Array.from({ length: 3000 }, (_, i) => `  a${i + 1} = sin(a${i}) + b`);
  const many = `cell Many() {\n  param b: [] = 0.5\n  a0 = b\n${users.join('\n')}\n  output y = a3000\n}\n`;
  const instance = instantiateSync(compile({ name: 'many.rnn', text: many }, { window: 1, target: 'js' }), {
    seed: 1,
  });
  instance.forward({}, 1);
  instance.backward({ outputCotangents: [1] });
  let [value, slope] = [0.5, 1];
  for (let i = 0; i < 3000; i++) {
    slope = slope * Math.cos(value) + 1;
    value = Math.sin(value) + 0.5;
  }
  expect(instance.outputs.y![0]).toBeCloseTo(value, 4);
  expect(instance.gradients.b![0]).toBeCloseTo(slope, 2);
});
