import { describe, expect, it } from 'vitest';
import { evaluated, live } from './support.ts';

/*
 * A forecaster: T values of a series, T - 1 scored steps, the loss 1/2 (x - x_hat)^2 averaged over these.
 */

const series = [1, 2, 4, 3];
const scored = series.length - 1;
const x = series.slice(0, -1);
const next = series.slice(1);

/*
 * By hand, for x_hat_t = h_t = a h_(t-1) + b x_t with a = 1/2, b = 1:
 *   h = 1, 5/2, 21/4                 x_hat - x = -1, -3/2, 9/4
 *   losses 1/2, 9/8, 81/32           mean (16 + 36 + 81)/32/3 = 133/96
 *   dh/da = 0, 1, 3                  dL/da = (0 - 3/2 + 27/4)/3 = 7/4
 *   dh/db = 1, 5/2, 21/4             dL/db = (-1 - 15/4 + 189/16)/3 = 113/48
 */
const byHand = { losses: [1 / 2, 9 / 8, 81 / 32], mean: 133 / 96, a: 7 / 4, b: 113 / 48 };

describe('a forecaster with the loss 1/2 (x - x_hat)^2 over T - 1 scored steps', () => {
  it('has the mean and the gradient that a hand finds', () => {
    const { loss, adjoint } = evaluated('lectures/forecaster.rnn', {
      steps: scored,
      parameters: { a: [0.5], b: [1] },
      inputs: { x, x_next: next },
      lossWeights: new Array<number>(scored).fill(1 / scored),
    });
    expect([...loss]).toEqual(byHand.losses);
    expect(adjoint.gradients.get('a')![0]).toBeCloseTo(byHand.a, 14);
    expect(adjoint.gradients.get('b')![0]).toBeCloseTo(byHand.b, 14);
  });

  it.each(['js', 'wasm'] as const)(
    'has them in %s, where the mean is what `backward` takes by itself',
    (target) => {
      const network = live('lectures/forecaster.rnn', { target, window: 8 });
      network.forward(x, scored, { targets: next });
      network.backward();
      expect([...network.losses]).toEqual(byHand.losses);
      expect(network.meanLoss()).toBeCloseTo(byHand.mean, 14);
      expect(network.gradients.a![0]).toBeCloseTo(byHand.a, 6);
      expect(network.gradients.b![0]).toBeCloseTo(byHand.b, 6);
    },
  );
});
