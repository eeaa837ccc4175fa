import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { check } from '../../compiler/cell/check.ts';
import { lintCatalog } from '../../compiler/diagnostics/catalog/lint.ts';
import { lintPage } from '../../compiler/lint/docs.ts';
import { lint } from '../../compiler/lint/lint.ts';
import { lintRules } from '../../compiler/lint/rules.ts';
import type { Source } from '../../compiler/source/source.ts';
import { parse } from '../../compiler/syntax/parse.ts';

const load = (path: string, from: Source): Source => {
  const name = join(dirname(from.name), path);
  return { name, text: readFileSync(name, 'utf8') };
};

function linted(text: string, name = 'test.rnn') {
  const { tree, diagnostics } = parse({ name, text });
  const checked = check(tree, { load });
  expect([...diagnostics, ...checked.diagnostics].filter(({ severity }) => severity === 'error')).toEqual([]);
  return lint(tree, checked.cells.values());
}

const codes = (text: string) => linted(text).map(({ code }) => code);
/** The text under the caret. */
const places = (text: string) =>
  linted(text).map(({ code, span }) => `${code} ${text.slice(span.start, span.end)}`);
const cell = (...lines: readonly string[]) =>
  `cell C(I, H) {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;

describe.each(Object.values(lintCatalog))('$code', ({ code, example }) => {
  const rule = lintRules.find((r) => r.code === code)!;

  it('is provoked by its example, alone', () => {
    expect(codes(example)).toEqual([code]);
  });

  it('is not by the cell beside it, and nothing else is', () => {
    expect(codes(rule.close)).toEqual([]);
  });

  it('is switched off by a comment with a reason, and by none without', () => {
    const [{ span }] = linted(example) as [ReturnType<typeof linted>[number]];
    const lines = example.split('\n');
    const line = example.slice(0, span.start).split('\n').length - 1;
    const under = (comment: string) => lines.toSpliced(line, 0, comment).join('\n');
    expect(codes(under(`  # lint: allow ${code} it is meant so`))).toEqual([]);
    expect(codes(under(`  # lint: allow ${code}`))).toEqual([code]);
    expect(codes(under(`  # lint: allow RNN739 ${code} both are meant so`))).toEqual([]);
    expect(codes(under(`  # lint: allow RNN739, ${code} both are meant so`))).toEqual([]);
    expect(codes(under(`  # lint: allow RNN739 ${code}`))).toEqual([code]);
    expect(codes(under('  # lint: allow RNN739 it is meant so'))).toEqual([code]);
    expect(
      codes(lines.with(line, `${lines[line]}  # lint: allow ${code} it is meant so`).join('\n')),
    ).toEqual([]);
    expect(codes(`# lint: allow ${code} all of it\n${example}`)).toEqual([]);
  });
});

it('every rule stands in the catalogue, and the other way round', () => {
  expect(lintRules.map(({ code }) => code)).toEqual(Object.values(lintCatalog).map(({ code }) => code));
});

describe('an exponential gate', () => {
  const gated = (i: string, ...more: string[]) =>
    cell('input x: [H]', 'state c: [H]', ...more, `c = 0.5*c_prev + ${i}*x`);
  it.each([
    [gated('exp(x)'), ['RNN700 exp(x)']],
    [gated('exp(min(x, 3))'), []],
    [gated('exp(-x*x)'), []],
    [gated('exp(log_sigmoid(x))'), []],
    [gated('exp(-exp(x))'), []],
    // A parameter, once per update.
    [gated('exp(a)', 'param a: [H] = 0'), []],
    // Not in a state.
    [cell('input x: [H]', 'output y = exp(x)'), []],
  ])('%s', (text, expected) => {
    expect(places(text)).toEqual(expected);
  });

  it('is stable beside the largest exponent', () => {
    const text = (gate: string) =>
      cell(
        'input i, f: [H]',
        'state c, m: [H]',
        'm = max(f + m_prev, i)',
        `c = exp(f + m_prev - m)*c_prev + exp(${gate})*i`,
      );
    expect(places(text('i - m'))).toEqual([]);
    expect(places(text('i - m_prev'))).toEqual(['RNN700 exp(i - m_prev)']);
  });
});

describe('a divisor', () => {
  it.each([
    ['x/(1 + x*x)', []],
    ['x/(1.5 + tanh(x))', []],
    ['x/(1 + tanh(x))', ['RNN702 1 + tanh(x)']],
    ['x/max(abs(sum(x)), 1)', []],
    ['x/sqrt(mean(x^2) + 0.001)', []],
    ['x/norm(x)', ['RNN702 norm(x)']],
    ['exp(x)/sum(exp(x))', []],
    ['exp(x)/(exp(x) + exp(-x))', []],
    ['x/(sum(exp(x)) + 1)', []],
    ['x/H', []],
    ['x/(if x[0] < 0 then -2 else 1)', ['RNN702 if x[0] < 0 then -2 else 1']],
    ['x/softplus(x)', ['RNN702 softplus(x)']],
    ['x*norm(x)^-1', ['RNN702 norm(x)']],
    ['(1 + x^2)^-2', []],
  ])('of %s', (text, expected) => {
    const found = places(cell('input x: [H]', `output y = ${text}`));
    expect(found).toEqual(expected.map((place) => place));
  });
});

describe('a gate on a state', () => {
  it.each([
    ['c = sigmoid(x)*c_prev + x', []],
    ['c = tanh(x*c_prev)', []],
    ['c = (1 - sigmoid(x))*c_prev', []],
    ['c = x*c_prev', ['RNN703 x']],
    ['c = 2*sigmoid(x)*c_prev', []],
    ['c = (2*sigmoid(x) + 0.5)*c_prev', ['RNN703 2*sigmoid(x) + 0.5']],
    // A weight is learned, not a gate.
    ['c = w*c_prev + x', []],
  ])('%s', (equation, expected) => {
    const declared = equation.includes('w*') ? ['param w: [H] = 0.5'] : [];
    expect(places(cell('input x: [H]', 'state c: [H]', ...declared, equation))).toEqual(expected);
  });
});

describe('what nothing comes of', () => {
  it('is a state that feeds itself alone, and its parameters', () => {
    const lines = [
      'state h, k: [H]',
      'param w: [H] = 1',
      'h = tanh(x)',
      'k = w*tanh(k_prev) + h',
      'output h',
    ];
    expect(places(cell('input x: [H]', ...lines))).toEqual(['RNN704 k', 'RNN704 w']);
  });

  it('is an equation whose value nothing reads', () => {
    const lines = ['state h: [H]', 'z = h_prev*2', 'u = tanh(x)', 'h = u + h_prev*0.5', 'output h, y = 2*h'];
    expect(places(cell('input x: [H]', ...lines))).toEqual(['RNN704 z = h_prev*2']);
  });

  it('is not a state that the loss sees a step later', () => {
    const lines = ['state h, k: [H]', 'h = tanh(x + k_prev)', 'k = 0.5*x', 'output h'];
    expect(places(cell('input x: [H]', ...lines))).toEqual([]);
  });

  it('gets no gradient behind stop_gradient, unless another way leads round it', () => {
    const lines = (more: string) => [
      'input x: [H]',
      'state h: [H]',
      'param w: [H] = 1',
      'h = tanh(w*x)',
      `loss sum(stop_gradient(h)*x)${more}`,
    ];
    expect(places(cell(...lines('')))).toEqual(['RNN705 h', 'RNN705 w']);
    expect(places(cell(...lines(' + h[0]')))).toEqual([]);
    expect(places(cell(...lines('').map((line) => line.replace('param', 'frozen param'))))).toEqual([
      'RNN705 h',
    ]);
  });

  it('gets one through a function with a derivative of its own', () => {
    const text = (tail: string) =>
      `fn spike(u) = u > 0${tail}\n${cell('input x: [H]', 'param w: [H] = 1', 'loss sum(spike(w*x))')}`;
    expect(places(text(''))).toEqual(['RNN705 w']);
    expect(places(text(' with derivative 1/(1 + u^2)'))).toEqual([]);
  });
});

describe('units of relu', () => {
  it.each([
    ['relu(W @ x + b)', '~ he', '0', []],
    ['relu(W @ x + b)', '~ he', '-8', ['RNN706']],
    ['max(0, W @ x + b)', '= 0', '-0.5', ['RNN706']],
    ['max(W @ x + b, 0)', '= 0', '0', ['RNN706']],
    ['relu(W @ x + b)', '= 0', '0.5', []],
    ['leaky_relu(W @ x + b)', '= 0', '-8', []],
    ['max(W @ x + b, -1)', '= 0', '-8', []],
  ])('%s with W %s and b = %s', (unit, weights, bias, expected) => {
    const text = cell('input x: [I]', `param W: [H, I] ${weights}, b: [H] = ${bias}`, `output y = ${unit}`);
    expect(codes(text)).toEqual(expected);
  });
});

it('recurrent weights at 0 are found in a stack and under a transpose, frozen ones are meant', () => {
  const text = (param: string, product: string) =>
    cell('input x: [H]', 'state h: [H]', param, `h = tanh(${product} + x)`);
  expect(codes(text('param W: [H, 2*H] = 0', 'W @ [x; h_prev]'))).toEqual(['RNN707']);
  expect(codes(text('param W: [H, H] = 0', 'W.T @ h_prev'))).toEqual(['RNN707']);
  expect(codes(text('param W: [H, H] ~ identity', 'W @ h_prev'))).toEqual([]);
  expect(codes(text('frozen param W: [H, H] = 0', 'W @ h_prev'))).toEqual([]);
  expect(codes(text('param W: [2, H, H] = 0', 'W[1] @ h_prev[0:H]'))).toEqual(['RNN707']);
  const named = cell(
    'input x: [H]',
    'state h: [H]',
    'param W: [H, H] = 0',
    'p = h_prev',
    'h = tanh(W @ p + x)',
  );
  expect(codes(named)).toEqual(['RNN707']);
});

it('what stands in an imported file is not told twice, nor is an inner cell', () => {
  const inner = cell('input x: [H]', 'output y = x/sum(x)');
  const outer = inner
    .replace('cell C(I, H)', 'cell D(I, H)')
    .replace(/ {2}output.*\n/, '  cell c: C(I, H)\n  n = c(x)\n  output y = n.y\n');
  expect(codes(inner + outer)).toEqual(['RNN702']);
});

describe('every shipped cell', () => {
  const root = fileURLToPath(new URL('../../dsl-examples/', import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.rnn'),
  );
  it.each(files.sort())('%s: no warning that is not explained', (file) => {
    const name = join(root, file);
    expect(linted(readFileSync(name, 'utf8'), name).map(({ code, message }) => `${code} ${message}`)).toEqual(
      [],
    );
  });
});

it('docs/lint.md is up to date; UPDATE=1 rewrites it', () => {
  const page = new URL('../../docs/lint.md', import.meta.url);
  if (process.env.UPDATE) writeFileSync(page, lintPage());
  expect(readFileSync(page, 'utf8')).toBe(lintPage());
});
