import { checkLength } from '../arrays.ts';
import { fail, runtimeErrors } from '../errors.ts';
import type { LossAndCotangent } from './squaredError.ts';

/**
 * Cross-entropy of softmax(logits) with one class per example, in nats, averaged over steps and rows. The largest logit
 * is taken off first, so that no size of logits overflows.
 *
 * @param logits   [steps, batch, classes]
 * @param classes  [steps, batch], whole numbers from 0
 * @param count    how many classes there are
 * @throws RuntimeError RNN501, RNN503
 */
export function crossEntropy(
  logits: ArrayLike<number>,
  classes: ArrayLike<number>,
  count: number,
): LossAndCotangent {
  const examples = classes.length;
  checkLength('logits', logits, [['examples', examples]], { shape: [count], axes: ['classes'] });
  const cotangent = new Float32Array(logits.length);
  let sum = 0;
  for (let example = 0; example < examples; example++) {
    const target = classes[example]!;
    if (!(Number.isInteger(target) && target >= 0 && target < count)) {
      fail(runtimeErrors.badIndex, {
        what: 'the class',
        step: example,
        row: 0,
        value: target,
        classes: count,
      });
    }
    const first = example * count;
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < count; k++) largest = Math.max(largest, logits[first + k]!);
    let total = 0;
    for (let k = 0; k < count; k++) total += Math.exp(logits[first + k]! - largest);
    sum += Math.log(total) - (logits[first + target]! - largest);
    for (let k = 0; k < count; k++) {
      const probability = Math.exp(logits[first + k]! - largest) / total;
      cotangent[first + k] = (probability - (k === target ? 1 : 0)) / examples;
    }
  }
  return { loss: sum / examples, cotangent };
}
