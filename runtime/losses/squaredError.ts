import { checkLength } from '../arrays.ts';

/** A loss outside a cell: its value, and what `backward({ outputCotangents })` takes. */
export interface LossAndCotangent {
  /** In f64. */
  readonly loss: number;
  /** dL/d output, of the output's shape. */
  readonly cotangent: Float32Array;
}

/**
 * Half the squared error, summed over an example's entries and averaged over steps and rows:
 * `0.5*sum((y - target)^2)/examples`.
 *
 * @param outputs   [steps, batch, ...shape]
 * @param targets   the same shape
 * @param examples  steps*batch; what the mean is taken over
 * @throws RuntimeError RNN501
 */
export function squaredError(
  outputs: ArrayLike<number>,
  targets: ArrayLike<number>,
  examples: number,
): LossAndCotangent {
  checkLength('targets', targets, [['entries', outputs.length]]);
  const cotangent = new Float32Array(outputs.length);
  let sum = 0;
  for (let i = 0; i < outputs.length; i++) {
    const difference = outputs[i]! - targets[i]!;
    sum += 0.5 * difference * difference;
    cotangent[i] = difference / examples;
  }
  return { loss: sum / examples, cotangent };
}
