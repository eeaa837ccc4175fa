import { describe, expect, it } from 'vitest';
import { gradcheck } from '../../compiler/gradcheck/gradcheck.ts';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import { bufferNames } from '../../compiler/plan/plan.ts';
import { randomGiven } from '../support/randomValues.ts';
import { runProgram } from '../support/runProgram.ts';
import { stagesOf } from '../support/stages.ts';

/*
 * Cells whose wiring is odd: what is placed, copied or kept in an unusual way. Each by differences in f64, and on all
 * targets against the evaluator.
 */
const cells: Readonly<Record<string, string>> = {
  'states that exchange': 'state a, b: [H]\na = b_prev\nb = a_prev\noutput y = a*x + b',
  'states in a row': 'state a, b, c: [H]\na = b_prev\nb = c_prev\nc = x\noutput a',
  'outputs that nothing computes': 'param w: [H] ~ normal(0, 1)\noutput w, q = 3*w, x, z = 2',
  'states of parameters, inputs and numbers':
    'param w: [H] ~ normal(0, 1)\nstate s: [H] = w, t: [H], n: []\ns = w\nt = x\nn = 2\noutput y = s_prev*t_prev + n_prev',
  'one value under three names': 'state h: [H]\nh = tanh(x + h_prev)\noutput a = h, b = h, c = h_prev',
  'a loss of parameters':
    'param w: [H] ~ normal(0, 1)\nstate h: [H] = 0.1\nh = w*h_prev\nloss sum(h) + sum(w*w)',
  'starts made of parameters':
    'param w: [H] ~ normal(0, 1)\nconst k: [H] = (i) -> i\nstate a: [H] = tanh(w), b: [H] = w + k, c: [H] = 0.5\na = a_prev*x\nb = b_prev + a\nc = c_prev*b\noutput c',
  'an embedding used three ways':
    'input t: index(3)\ntarget y: index(3)\nparam E: [3, H] ~ normal(0, 1)\nstate h: [H]\nh = tanh(E[t] + h_prev)\no = one_hot(t)\nloss cross_entropy(E @ h, y) + 0.1*dot(o, E @ h) + sum(E.T @ o)',
  'a lagged input that is an output, too':
    'target y: [H]\nstate h: [H]\nh = x_prev + 0.5*h_prev*x\noutput before = x_prev, h\nloss sum((h - y)^2)',
  'a parameter of rank three':
    'param W: [2, H, H] ~ normal(0, 1)\nM = W @ x\ny = M @ x\nz = W[0] @ x\noutput y, z',
  'expressions of parameters':
    'param A: [H, H] ~ normal(0, 1)\nstate h: [H]\nS = A - A.T - 0.1*A @ A\nh = tanh(S @ h_prev + x/(1 + norm(A)))\noutput h',
  'an outer product that is read elsewhere':
    'param w: [H] ~ normal(0, 1)\nstate M: [H, H]\nO = outer(w, x)\nM = M_prev + O*O\noutput y = sum(M), O2 = O',
  'a column that is an input cotangent, too':
    'input k: index(3), X: [H, 3]\nparam P: [H, 3] ~ normal(0, 1)\noutput y = (X + P) @ one_hot(k)',
  'a row of a state':
    'input k: index(3), X: [3, H]\nparam P: [3, H] ~ normal(0, 1)\nstate S: [3, H]\nS = X\noutput y = (S_prev + P)[k]',
  'a one-hot against itself':
    'input t: index(3)\nparam E: [H] ~ normal(0, 1)\noutput y = dot(one_hot(t), one_hot(t))*E',
  'a row of ones':
    'input t: index(3)\nparam q: [3] ~ normal(0, 1)\noutput y = (q^0)[t]*x + dot(q^0, one_hot(t))',
  'the number of the step': 'state h: [H]\nh = if step == 0 then x else h_prev*0.5 + x*step\noutput h',
  'a state three steps back and nothing between':
    'param w: [H] ~ normal(0, 1)\nstate h: [H] = w\nh = tanh(x + 0.5*prev(h, 3))\noutput h',
  'lags of all kinds':
    'state h: [H] = 0.2, M: [H, H]\ninput t: index(3) = 1\nparam E: [3, H] ~ normal(0, 1)\nh = tanh(prev(x, 2) + prev(h, H)*h_prev + E[prev(t, 2)])\nM = outer(h, prev(h, 2)) + 0.1*prev(M, 2)\noutput h, y = M @ prev(x, 2)\nloss sum(prev(h, 4)*h)',
  'functions with a derivative of their own':
    'param w: [H] ~ normal(0, 1)\nstate v, s: [H]\nfn spike(u) = u > 0 with derivative 1/(1 + abs(10*u))^2\nfn gate(a, b) = a*b with derivative 2*b, 0\nv = 0.9*v_prev*(1 - s_prev) + w*x\ns = spike(v - 0.3)\noutput y = gate(v, s) + gate(col(v)*outer(w, x), 2) @ v\nloss sum((s - x)^2) + spike(v[0])',
  'gradients that stop':
    'param w, u: [H] ~ normal(0, 1)\nstate h: [H] = stop_gradient(u), k: [H] = u\nh = tanh(stop_gradient(w)*h_prev + x)\nk = w*stop_gradient(k_prev) + softmax(h)\noutput h, k',
  'gradients that are clipped':
    'param w: [H] ~ normal(0, 1)\nstate h, k: [H]\nfn both(a) = a*a\nh = tanh(clip_gradient(w, 0.2)*clip_gradient(h_prev, 0.01) + clip_gradient(h_prev, 0.1) + x)\nk = both(clip_gradient(h, 0.05)) + clip_gradient(k_prev, 0.3)\noutput k, y = clip_gradient(col(h)*outer(w, x), 0.01) @ x',
  'whole numbers, remainders and running sums':
    'param w: [H] ~ normal(0, 1)\nstate h: [H]\nh = tanh(cumsum(w*x) + mod(3*h_prev + 0.15, 0.7)) + 0.1*round(4*x) + 0.1*floor(3*h_prev + 0.31) + sign(w)\noutput h, m = cumsum(outer(h, w), 1) @ x, n = if round(h) == h then x else h',
  'noise at every step':
    'noise m: [H] ~ bernoulli(0.5) per step, e: [] ~ normal(0, 1) per step\nstate h: [H]\nh = m*h_prev + (1 - m)*tanh(x + e)\noutput h, m',
  'noise of a sequence':
    'noise m: [H] ~ bernoulli(0.5) per sequence\nparam U: [H, H] ~ glorot\nstate h: [H]\nh = tanh(U @ (m*h_prev) + m*x)\ne = 2*m\noutput h, e',
  'noise of an update':
    'noise D: [H, H] ~ bernoulli(0.5) per update, s: [] ~ uniform(0, 1) per update\nparam U: [H, H] ~ glorot\nstate h: [H]\nh = tanh((U*D) @ h_prev + s*x + D.T @ x)\noutput h, D, t = sum(D) + s',
  'block-diagonal weights':
    'param R: [2, 3, H] ~ normal(0, 1), Q: [2, H, 3] ~ normal(0, 1)\nstate h: [2*H]\nh = tanh(block_diagonal(Q) @ tanh(block_diagonal(R) @ h_prev) + [x; x])\noutput y = block_diagonal(R) @ h',
  'blocks made of the step':
    'state h: [2*H]\nB = reshape([outer(x, x); outer(h_prev[0:H], x)], [2, H, H])\nh = tanh(block_diagonal(B) @ h_prev + [x; x])\noutput h, y = reshape(B[1], [H*H])',
  heads:
    'param K, V: [3, 2, H] ~ normal(0, 1), a: [3] ~ normal(0, 1)\nstate S: [3, 2, 2]\nfor n in 0..3 {\n  S[n] = sigmoid(a[n])*S_prev[n] + outer(V[n] @ x, K[n] @ x)\n  r[n] = S[n] @ (K[n] @ x)\n}\noutput r, z = softmax(S, 2), t = sum(S_prev*S, 0), u = reshape(S, [6, 2]) @ (K[0] @ x)',
  'a loop over layers':
    'param R: [3, H, H] ~ normal(0, 1)\nstate h: [3, H]\nbelow[0] = x\nfor l in 0..3 {\n  h[l] = tanh(R[l] @ h_prev[l] + below[l])\n  below[l + 1] = if l == 0 then h[l] else h[l] + below[l]\n}\noutput below, y = h_prev[2]',
  'stacks of slices of stacks':
    'z = [x; 0.5*x; x]\n[a, b, c] = split(z, [H, H, H])\nw = [z[1:2*H]; z[0]]\noutput y = sum(a*c) + sum(b), w',
};

describe.each(Object.entries(cells))('%s', (_, body) => {
  const text = `cell Odd(H) {\ninput x: [H]\n${body}\n}\n`;
  it.each([
    { H: 3, steps: 4, batch: 2, window: 5 },
    { H: 1, steps: 1, batch: 1, window: 1 },
  ])('$H entries, $steps steps, batch $batch, window $window', ({ H, steps, batch, window }) => {
    const stages = stagesOf(text, { sizes: { H }, batch, window });
    for (const starts of [false, true]) {
      const given = randomGiven(stages.cell, stages.bound, { steps, batch, seed: 7, starts });
      expect(gradcheck(stages.bound, given)).toMatchObject({ passed: true });
      const { outputs, loss, adjoint } = evaluateSequence(stages.bound, given);
      const named = (map: ReadonlyMap<string, Float64Array>, buffer: (name: string) => string) =>
        [...map].map(([name, values]) => [buffer(name), values] as const);
      const expected = [
        ...named(outputs, bufferNames.output),
        ...(loss === undefined ? [] : [[bufferNames.loss, loss] as const]),
        ...named(adjoint!.gradients, bufferNames.gradient),
        ...named(adjoint!.inputCotangents, bufferNames.inputCotangent),
        ...named(adjoint!.startCotangents, bufferNames.stateCotangent),
      ];
      for (const target of ['interpreter', 'js', 'wasm'] as const) {
        const run = runProgram(stages, given, target);
        for (const [buffer, values] of expected) {
          const actual = run.buffer(buffer);
          const worst = Math.max(
            ...values.map((x, i) => Math.abs(actual[i]! - x) / Math.max(1, Math.abs(x))),
          );
          expect(worst, `${buffer} on ${target}`).toBeLessThan(1e-4);
        }
      }
    }
  });
});
