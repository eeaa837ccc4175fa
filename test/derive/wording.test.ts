import { describe, expect, it } from 'vitest';
import { derivedText, equationsOf, source, unrolledText } from './support.ts';

const cell = (...lines: string[]) => source(`cell C(I, H) {\n  ${lines.join('\n  ')}\n}\n`);
const equations = (...lines: string[]) => equationsOf(derivedText(cell(...lines)));

/** A plain network with other names. */
const plain = (h: string, z: string) => [
  'input x: [I]',
  `state ${h}: [H]`,
  'param W: [H, I] ~ glorot, U: [H, H] ~ orthogonal',
  `${z} = W @ x + U @ ${h}_prev`,
  `${h} = tanh(${z})`,
];

describe('back-propagation through time of a plain network', () => {
  it('is the rules that a lecture derives', () => {
    expect(equations(...plain('h', 'z'), 'output h')).toEqual([
      'z = W @ x + U @ h_prev',
      'h = tanh(z)',
      'h_bar = h_bar_next + h_bar_out',
      'z_bar = h_bar*(1 - h*h)',
      'h_prev_bar = U.T @ z_bar',
      'x_bar = W.T @ z_bar',
      'W_bar = outer(z_bar, x)',
      'U_bar = outer(z_bar, h_prev)',
    ]);
  });

  it('is the same when the cell is written in one line', () => {
    const oneLine = [...plain('h', 'z').slice(0, 3), 'h = tanh(W @ x + U @ h_prev)', 'output h'];
    expect(equations(...oneLine)).toEqual(equations(...plain('h', 'z'), 'output h'));
  });
});

describe('names', () => {
  it('of pre-activations follow the value where there are several', () => {
    const lines = equations(
      'input x: [H]',
      'state h: [H]',
      'a = tanh(x + h_prev)',
      'b = sigmoid(x - 2*h_prev + 1)',
      'h = a*b',
    );
    expect(lines).toContain('z_a = x + h_prev');
    expect(lines).toContain('z_a_bar = a_bar*(1 - a*a)');
    expect(lines).toContain('z_b_bar = b_bar*b*(1 - b)');
  });

  it('of pre-activations keep clear of the user’s z', () => {
    const lines = equations('input z: [H]', 'state h: [H]', 'h = tanh(z + h_prev)');
    expect(lines).toContain('z_h = z + h_prev');
    expect(lines).toContain('z_bar = z_h_bar');
  });

  it('all take another ending where the user has a name that ends in _bar', () => {
    const lines = equations(...plain('h', 'h_bar'), 'output h');
    expect(lines).toContain('h_adj = h_adj_next + h_adj_out');
    expect(lines).toContain('h_bar_adj = h_adj*(1 - h*h)');
    expect(new Set(lines.map((line) => line.split(' = ')[0])).size).toBe(lines.length);
  });

  it('of temporaries keep clear of the user’s t1', () => {
    const lines = equations('input t1: [H]', 'state h: [H]', 'h = tanh(t1)*h_prev + dot(t1, h_prev)^2');
    expect(lines).toContain('t2 = dot(t1, h_prev)');
  });

  it('of numbered steps keep clear of the user’s h_1', () => {
    const lines = equationsOf(unrolledText(cell(...plain('h', 'h_1'), 'output h'), 2));
    expect(lines[0]).toBe('h__2 = tanh(W @ x__2 + U @ tanh(W @ x__1 + U @ h__0))');
  });

  it('that objects inherit are names like others', () => {
    const lines = equations(...plain('constructor', '__proto__'), 'output constructor');
    expect(lines).toContain('__proto___bar = constructor_bar*(1 - constructor*constructor)');
  });
});

describe('forms', () => {
  it('a split is undone by a stack', () => {
    const lines = equations(
      'input x: [2*H]',
      'state h: [H]',
      '[a, b] = split(x, 2)',
      'h = a*h_prev + b',
      'output h',
    );
    expect(lines).toContain('x_bar = [a_bar; h_bar]');
  });

  it('a part alone is padded with zeros', () => {
    const lines = equations('input x: [3*H]', 'state h: [H]', 'h = x[H:2*H]*h_prev', 'output h');
    expect(lines).toContain('x_bar = pad(h_bar*h_prev, H, 3*H)');
  });

  it('a look-up is undone by adding to a row', () => {
    const lines = equations(
      'input token: index(I)',
      'param E: [I, H] ~ normal(0, 1)',
      'state h: [H]',
      'h = E[token] + h_prev',
    );
    expect(lines).toContain('h = E[token] + h_prev');
    expect(lines).toContain('E_bar[token] += h_bar');
  });

  it('softmax has its own gradient', () => {
    const lines = equations('input x: [H]', 'state h: [H]', 'p = softmax(x)', 'h = p*h_prev', 'output h');
    expect(lines).toContain('p = softmax(x)');
    expect(lines).toContain('x_bar = p*(p_bar - dot(p, p_bar))');
  });

  it('cross-entropy of a softmax is a difference', () => {
    const lines = equations(
      'input x: [I]',
      'target y: index(H)',
      'param W: [H, I] ~ glorot',
      'logits = W @ x',
      'loss cross_entropy(logits, y)',
    );
    expect(lines).toContain('loss = logsumexp(logits) - logits[y]');
    expect(lines).toContain('logits_bar = loss_bar*(softmax(logits) - one_hot(y))');
  });

  it('a squared error loses its factors of two', () => {
    const lines = equations(
      'input x: [I]',
      'target y: [H]',
      'param W: [H, I] ~ glorot',
      'y_hat = W @ x',
      'loss 0.5*sum((y_hat - y)^2)',
    );
    expect(lines).toContain('y_hat_bar = loss_bar*(y_hat - y)');
  });

  it('a branch is a branch', () => {
    const lines = equations(
      'input x: [H]',
      'state h: [H]',
      'h = if x > 0 then x else 0.1*h_prev',
      'output h',
    );
    expect(lines).toContain('x_bar = if x > 0 then h_bar else 0');
    expect(lines).toContain('h_prev_bar = 0.1*(if x > 0 then 0 else h_bar)');
  });

  it('the gradient of a scalar parameter is summed over steps last', () => {
    const lines = equations(
      'input x: [H]',
      'param a: [] = 1',
      'state h: [H]',
      'h = a*x + h_prev',
      'output h',
    );
    expect(lines).toContain('a_bar = dot(h_bar, x)');
  });

  it('a running sum is undone from the other end', () => {
    const lines = equations('input x: [H]', 'state h: [H]', 'h = cumsum(x) + h_prev', 'output h');
    expect(lines).toContain('x_bar = reverse_cumsum(h_bar)');
  });

  it('a matrix state is read and written by products', () => {
    const lines = equations(
      'input k: [I], v: [H]',
      'state S: [H, I]',
      'S = S_prev + outer(v, k)',
      'y = S @ k',
      'output y',
    );
    expect(lines).toContain('S_bar = S_bar_next + outer(y_bar, k)');
    expect(lines).toContain('v_bar = S_bar @ k');
    expect(lines).toContain('k_bar = S_bar.T @ v + S.T @ y_bar');
  });

  it('parameters that nothing reads have the gradient 0, frozen ones none', () => {
    const lines = equations(
      'input x: [H]',
      'param unused: [H] = 0',
      'frozen param still: [H] = 1',
      'state h: [H]',
      'h = still*x + h_prev',
    );
    expect(lines).toContain('unused_bar = 0');
    expect(lines.some((line) => line.startsWith('still_bar'))).toBe(false);
  });

  it('a matrix made of parameters is differentiated once, after the sum over steps', () => {
    const text = derivedText(
      cell(
        'input x: [H]',
        'param A: [H, H] ~ orthogonal',
        'state h: [H]',
        'M = A - A.T',
        'h = tanh(M @ h_prev + x)',
      ),
    );
    const [summed, once] = text.trim().split('\n\n').slice(-2);
    expect(equationsOf(summed!)).toEqual(['M_bar = outer(z_bar, h_prev)']);
    expect(once!.split('\n')).toEqual(['# From these sums, once.', 'A_bar = M_bar - M_bar.T']);
  });

  it('a sum of parameters passes its gradient on under its own name', () => {
    const lines = equations(
      'param A, B: [H, H] ~ orthogonal',
      'state h: [H]',
      'M = A + B',
      'h = tanh(M @ h_prev)',
    );
    expect(lines).toContain('M_bar = outer(z_bar, h_prev)');
    expect(lines).toContain('A_bar = outer(z_bar, h_prev)');
  });

  it('what leaves the first step is the cotangent of the start', () => {
    const text = derivedText(
      cell('input x: [H]', 'param h0: [H] = 0', 'state h: [H] = h0', 'h = tanh(x + h_prev)'),
    );
    expect(text).toContain('# h_start_bar is h_prev_bar of the first step.');
    expect(equationsOf(text)).toContain('h0_bar = h_start_bar');
  });
});

describe('cells of every size', () => {
  const within = (ms: number, make: () => string) => {
    const start = performance.now();
    expect(make()).toContain('h_bar');
    expect(performance.now() - start).toBeLessThan(ms);
  };

  it('deep expressions are written in pieces', () => {
    const deep = `${'tanh('.repeat(150)}x + h_prev${')'.repeat(150)}`;
    within(3000, () => derivedText(cell('input x: [H]', 'state h: [H]', `h = ${deep}`)));
  });

  it('long chains are written in one', () => {
    const long = Array.from({ length: 300 }, (_, i) => (i % 2 === 0 ? 'x*h_prev' : 'sin(x)')).join(' + ');
    within(3000, () => derivedText(cell('input x: [H]', 'state h: [H]', `h = ${long} + 1`)));
    within(3000, () => derivedText(cell('input x: [H]', 'state h: [H]', `h = ${'x*h_prev*'.repeat(200)}x`)));
    within(3000, () =>
      derivedText(cell('input x: [H]', 'state h: [H]', `h = ${'(x + h_prev)/'.repeat(100)}x`)),
    );
  });

  it('values that double at each step stay short', () => {
    const lines = Array.from({ length: 60 }, (_, i) => `a${i + 1} = a${i}*a${i} + a${i}`);
    within(3000, () => derivedText(cell('input a0: [H]', 'state h: [H]', ...lines, 'h = a60 + h_prev')));
    within(3000, () =>
      unrolledText(cell('input a0: [H]', 'state h: [H]', ...lines, 'h = a60*h_prev'), 3).replaceAll(
        'h_1_bar',
        'h_bar',
      ),
    );
  });

  it('without states, inputs or parameters', () => {
    expect(equationsOf(derivedText(cell('y = 2', 'output y')))).toEqual(['y = 2']);
    expect(equationsOf(unrolledText(cell('input x: [H]', 'y = 2*x', 'output y'), 2))).toContain(
      'y_2 = 2*x_2',
    );
  });
});

describe('unrolled', () => {
  it('a plain network is one expression, and its gradient one product', () => {
    expect(equationsOf(unrolledText(cell(...plain('h', 'z'), 'output h'), 3))).toEqual([
      'h_3 = tanh(W @ x_3 + U @ tanh(W @ x_2 + U @ tanh(W @ x_1 + U @ h_0)))',
      'h_0_bar = U.T @ ((1 - h_1*h_1)*(U.T @ ((1 - h_2*h_2)*(U.T @ ((1 - h_3*h_3)*h_3_bar)))))',
    ]);
  });

  it('stays short: many steps are written one by one', () => {
    const lines = equationsOf(unrolledText(cell(...plain('h', 'z'), 'output h'), 50));
    expect(lines).toContain('h_50 = tanh(z_50)');
    expect(lines).toContain('h_49_bar_next = U.T @ z_50_bar');
  });
});

describe('derivatives of their own', () => {
  it('are printed as they are declared', () => {
    const lines = equations(
      'input x: [H]',
      'fn spike(u) = u > 0 with derivative 1/(1 + abs(10*u))^2',
      's = spike(x)',
      'loss sum(s)',
    );
    expect(lines).toContain('s = x > 0');
    expect(lines).toContain('t1 = 1/(1 + abs(10*x))^2');
    expect(lines).toContain('x_bar = s_bar*t1');
  });

  it('and clips are written in the backward sweep', () => {
    const lines = equations('state h: [H]', 'h = tanh(clip_gradient(h_prev, 0.5))', 'output h');
    expect(lines).toContain('h = tanh(clip_gradient(h_prev, 0.5))');
    expect(lines.at(-1)).toBe('h_prev_bar = clamp(h_bar*(1 - h*h), -0.5, 0.5)');
  });
});
