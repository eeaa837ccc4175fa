import { expect, it } from 'vitest';
import { callableFunctions } from '../../compiler/ops/index.ts';
import { mathOps } from '../../compiler/ops/math.ts';

it.each([
  ['tanh', [1]],
  ['mod', [2]],
  ['clamp', [3]],
  ['max', [1, 2]],
  ['min', [1, 2]],
  ['sum', [1, 2]],
  ['softmax', [1, 2]],
  ['stop_gradient', [1]],
])('%s is called with %j arguments', (name, arities) => {
  expect(callableFunctions.get(name)?.arities).toEqual(arities);
});

it('every function that authors expect is there', () => {
  const elementwise =
    'sigmoid tanh relu leaky_relu elu softplus silu gelu exp expm1 log log1p sqrt abs sign floor round sin cos erf log_sigmoid min max clamp';
  const overVectors = 'sum mean max min norm cumsum softmax log_softmax logsumexp layer_norm rms_norm';
  for (const name of elementwise.split(' ')) expect(callableFunctions.get(name)?.scalar, name).toBeDefined();
  for (const name of overVectors.split(' ')) expect(callableFunctions.get(name)?.array, name).toBeDefined();
});

it('operators and what the compiler puts in are not called by name', () => {
  for (const name of ['add', 'select', 'root', 'masked_mul', 'less', 'pow', 'constructor', '__proto__']) {
    expect(callableFunctions.get(name), name).toBeUndefined();
  }
});

it('every op has a doc that ends as a sentence', () => {
  for (const { name, doc } of mathOps.values()) expect(doc, name).toMatch(/[.]$/);
});
