import { entry, inCell } from './entry.ts';

const warning = { severity: 'warning' } as const;

/** What `rnnc lint` warns of, RNN700-RNN739: programs that are sound and may not do what was meant. */
export const lintCatalog = {
  exponentialGate: entry<{ text: string; state: string }>(
    'RNN700',
    'An exponential gate without a stabiliser: the exponential of an unbounded value is added to a state, or multiplies one. In 32 bits exp(89) is infinite.',
    inCell('input x: [H]', 'state c: [H]', 'param a: [H] = 1', 'i = exp(a*x)', 'c = 0.9*c_prev + i*tanh(x)'),
    ({ text, state }) => ({
      message: `${text} has no upper bound and goes into the state ${state}`,
      label: 'overflows from an argument of 89 on',
      hint: 'Keep the largest exponent as a state, m = max(f + m_prev, i), and use exp(i - m) and exp(f + m_prev - m).',
    }),
    warning,
  ),
  epsilonOutside: entry<{ text: string; write: string }>(
    'RNN701',
    'An epsilon outside the square root: sqrt has an infinite slope at 0, which the epsilon does not reach.',
    inCell('input x: [H]', 'v = x*x', 'output y = x/(sqrt(v) + 0.00001)'),
    ({ text, write }) => ({
      message: `The slope of ${text} is infinite where its argument is 0; the epsilon beside it does not help`,
      label: 'infinite slope at 0',
      hint: `Write ${write}.`,
    }),
    warning,
  ),
  nearZeroDivisor: entry<{ text: string; range: string }>(
    'RNN702',
    'A division by something that may come arbitrarily near 0.',
    inCell('input x: [H]', 'output y = x/sum(x)'),
    ({ text, range }) => ({
      message: `This divides by ${text}, which may be 0, or arbitrarily near: ${range}`,
      hint: 'Bound it away from 0, for instance with max(abs(z), 1) or z + 1e-5 where z >= 0.',
    }),
    warning,
  ),
  unsquashedGate: entry<{ text: string; state: string; range: string }>(
    'RNN703',
    'A state that is multiplied, step by step, by a gate that may be larger than 1 in size: it may grow without bound.',
    inCell('input x: [H]', 'state c: [H]', 'param w: [H] = 1', 'f = w*x', 'c = f*c_prev + x'),
    ({ text, state, range }) => ({
      message: `The state ${state} is multiplied at every step by ${text}: ${range}`,
      label: 'the state may explode',
      hint: 'Squash the gate (sigmoid, tanh), or the state.',
    }),
    warning,
  ),
  unusedValue: entry<{ kind: string; name: string }>(
    'RNN704',
    'A parameter or state that reaches neither an output nor the loss, or an equation whose value nothing reads.',
    inCell(
      'input x: [H]',
      'state h: [H], k: [H]',
      'h = tanh(x + 0.5*h_prev)',
      'k = 0.5*k_prev + x',
      'output h',
    ),
    ({ kind, name }) => ({
      message: `The ${kind} ${name} reaches neither an output nor the loss`,
      label: 'nothing comes of it',
    }),
    warning,
  ),
  cutOff: entry<{ kind: string; name: string; towards: string }>(
    'RNN705',
    'A parameter or state whose gradient is zero, always: all ways from it lead through stop_gradient, a comparison, or a function that is flat.',
    inCell('input x: [H]', 'param w: [H] = 1', 'output y = w*x > 0'),
    ({ kind, name, towards }) => ({
      message: `No gradient ever comes back to the ${kind} ${name}: all ways from it to ${towards} lead through stop_gradient, a comparison, or a flat function`,
      label: 'its gradient is zero',
      hint: 'Where that is meant, declare it `frozen param`; else a function `with derivative` lets a gradient through.',
    }),
    warning,
  ),
  deadStart: entry<{ text: string; why: string }>(
    'RNN706',
    'Units of relu, or max(0, x), that start dead: below 0 for every input, so that their gradient is zero and they stay so.',
    inCell('input x: [H]', 'param W: [H, H] = 0', 'param b: [H] = -1', 'output y = relu(W @ x + b)'),
    ({ text, why }) => ({
      message: `Units of ${text} start dead: ${why}`,
      label: 'no gradient comes through',
      hint: 'Draw the weights (~ he), and start the bias at 0 or a little above.',
    }),
    warning,
  ),
  zeroRecurrence: entry<{ name: string; state: string }>(
    'RNN707',
    'The weights of a recurrent product start at 0: at the start nothing goes from step to step along it, forwards or back.',
    inCell('input x: [H]', 'state h: [H]', 'param U: [H, H] = 0', 'h = tanh(U @ h_prev + x)'),
    ({ name, state }) => ({
      message: `The weights ${name} of a product with the state ${state} start at 0`,
      label: 'nothing goes from step to step along it at the start',
      hint: `Draw them: ${name}: [...] ~ orthogonal.`,
    }),
    warning,
  ),
} as const;
