import { describe, expect, it } from 'vitest';
import { formatDim } from '../../compiler/cell/dim.ts';
import { graphStages } from '../../compiler/compile.ts';
import { factsOf } from '../../compiler/graph/facts.ts';

function factsOfText(...lines: readonly string[]) {
  const text = `cell A(I, H) {\n  input x: [I]\n  ${lines.join('\n  ')}\n}\n`;
  const { cell, graph } = graphStages({ name: 'a.rnn', text }, { training: false });
  const { parameters, frozen, multiplyAdds, gates, linear } = factsOf(cell, graph);
  return {
    parameters: formatDim(parameters),
    frozen: formatDim(frozen),
    multiplyAdds: formatDim(multiplyAdds),
    gates,
    linear,
  };
}

const weights = ['state h: [H]', 'param W: [H, I] = 0, U: [H, H] = 0, b: [H] = 0'];

describe('parameters and multiply-adds', () => {
  it('are sums of products of sizes', () => {
    expect(factsOfText(...weights, 'h = tanh(W @ x + U @ h_prev + b)')).toMatchObject({
      parameters: 'H + H*I + H*H',
      frozen: '0',
      multiplyAdds: 'H*I + H*H',
    });
  });

  it('leave out what is done once per update, look-ups, and what only the loss reads', () => {
    const lines = [
      'input token: index(5)',
      'target y: [H]',
      ...weights,
      'frozen param E: [5, H] = 0',
      'A = U @ U.T',
      'h = A @ h_prev + E[token]',
      'loss sum((W @ x - y)^2)',
    ];
    expect(factsOfText(...lines)).toMatchObject({ frozen: '5*H', multiplyAdds: 'H*H' });
  });

  it('count an outer product once per entry', () => {
    expect(
      factsOfText('state S: [H, I]', 'param W: [H, I] = 0', 'S = S_prev + outer(W @ x, x)'),
    ).toMatchObject({
      multiplyAdds: '2*H*I',
      linear: true,
    });
  });
});

describe('gates', () => {
  it.each([
    ['h = sigmoid(W @ x)*h_prev', 1],
    ['g = sigmoid(W @ x)', 'h = g*h_prev + (1 - g)*tanh(U @ h_prev)', 1],
    ['g = sigmoid(W @ x)', 'h = h_prev + (1 - g)*b', 0],
    ['h = 2*sigmoid(W @ x)*h_prev', 1],
    ['h = sigmoid(W @ x + U @ h_prev + b)', 0],
    ['h = U @ sigmoid(W @ x) + h_prev', 0],
    ['h = sigmoid(b)*h_prev + tanh(W @ x)', 0],
    ['h = b*sigmoid(W @ x)', 0],
    ['h = tanh(W @ x)*h_prev', 0],
    ['g = sigmoid(dot(b, W @ x))', 'h = g*h_prev', 1],
    ['z = sigmoid([W @ x; U @ h_prev])', '[i, f] = split(z, 2)', 'h = f*h_prev + i*(W @ x)', 2],
    ['z = sigmoid([W @ x; U @ h_prev])', '[i, f] = split(z, 2)', 'h = f*h_prev + i', 1],
    ['h = (2*sigmoid(W @ x) - 1)*h_prev', 0],
    ['f = sigmoid(W @ x)', 'i = sigmoid(U @ h_prev)', 'h = f/(f + i)*h_prev + i/(f + i)*(W @ x)', 2],
  ] as const)('%j', (...parts) => {
    const lines = parts.slice(0, -1) as string[];
    expect(factsOfText(...weights, ...lines).gates).toBe(parts.at(-1));
  });
});

describe('linear in the state', () => {
  it.each([
    ['h = sigmoid(W @ x)*h_prev + b', true],
    ['h = U @ h_prev + W @ x', true],
    ['h = -h_prev/(1 + exp(W @ x)) - b', true],
    ['h = if W @ x > 0 then h_prev else b', true],
    ['h = [h_prev[0:1]; h_prev[0:H - 1]]', true],
    ['h = tanh(h_prev)', false],
    ['h = h_prev*h_prev', false],
    ['h = b/h_prev', false],
    ['h = if h_prev > 0 then h_prev else b', false],
    ['h = max(h_prev, 0)', false],
    ['h = W @ x', undefined],
    ['h = prev(h, 2) + W @ x', true],
    ['h = tanh(W @ x_prev) + h_prev', true],
    ['h = tanh(W @ x_prev)', undefined],
    ['h = (1 + h_prev)^2 - h_prev^2', false],
  ] as const)('%s: %s', (line, linear) => {
    expect(factsOfText(...weights, line).linear).toBe(linear);
  });

  it('does not mind an output that is declared a state, nor new values of other states', () => {
    const two = ['state c: [H]', ...weights, 'c = sigmoid(W @ x)*c_prev + b'];
    expect(factsOfText(...two, 'h = tanh(c)').linear).toBe(true);
    expect(factsOfText(...two, 'h = tanh(c) + h_prev').linear).toBe(false);
    expect(factsOfText(...two, 'h = U @ c + h_prev').linear).toBe(true);
    expect(factsOfText(...two, 'h = c*h_prev').linear).toBe(false);
  });
});
