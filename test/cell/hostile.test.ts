import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '../../compiler/cell/check.ts';
import { printCell } from '../../compiler/cell/print.ts';
import { verifyCell } from '../../compiler/cell/verify.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import type { SyntaxTree } from '../../compiler/syntax/tree.ts';
import { checkText, inCell, soundCell } from './support.ts';

const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'kind', 'prototype'];

describe('hostile names', () => {
  test.each(names)('%s is a name like any other', (name) => {
    const cell = soundCell(
      `fn ${name}(${name}) = 2*${name}\ncell ${name}(S) {\n  input i: [S]\n  ${name} = ${name}(i)\n  output y = ${name}\n}\n` +
        `cell Outer(${name}) {\n  input x: [${name}]\n  cell inner: ${name}(${name})\n  n = inner(x)\n  output y = n.y\n}\n`,
    );
    verifyCell(cell);
    expect(cell.sizes.map((s) => s.name)).toEqual([name]);
    expect(cell.equations.map((e) => e.name)).toEqual([`inner.${name}`, 'inner.y', 'y']);
  });

  test.each(names)('%s is unknown where nothing is called so', (name) => {
    const codes = (text: string) => checkText(text).diagnostics.map((d) => d.code);
    expect(codes(inCell(`input x: [H]\noutput y = x + ${name}`))).toEqual(['RNN201']);
    expect(codes(inCell(`input x: [H]\noutput y = ${name}(x)`))).toEqual(['RNN216']);
    expect(codes(inCell(`input x: [${name}]\noutput y = x`))).toEqual(['RNN201']);
    expect(codes(inCell(`param W: [H, H] ~ ${name}\noutput y = W`))).toEqual(['RNN201']);
    expect(codes(inCell(`param W: [H, H] ~ he\noutput y = W.${name}`))).toEqual(['RNN315']);
    expect(codes(inCell(`cell c: ${name}(H)\nn = c()\noutput y = n.h`))).toEqual(['RNN304']);
  });
});

describe('growth', () => {
  const codes = (text: string) => checkText(text).diagnostics.map((d) => d.code);
  const chain = (count: number, step: (n: number) => string) =>
    ['fn f0(x) = x + 1', ...Array.from({ length: count }, (_, n) => step(n))].join('\n');
  const calling = (count: number) => inCell(`input x: [H]\noutput y = f${count}(x)`);

  test('functions that double their body', () => {
    const text = `${chain(60, (n) => `fn f${n + 1}(x) = f${n}(x)*f${n}(x)`)}\n${calling(60)}`;
    expect(codes(text)).toContain('RNN239');
  });

  test('functions that double their argument', () => {
    const text = `${chain(60, (n) => `fn f${n + 1}(x) = f${n}(x*x)`)}\n${calling(60)}`;
    expect(codes(text)).toContain('RNN239');
  });

  test('functions nested without end', () => {
    const text = `${chain(2000, (n) => `fn f${n + 1}(x) = f${n}(x)`)}\n${calling(2000)}`;
    expect(codes(text)).toContain('RNN239');
  });

  test('functions that make long sums', () => {
    const long = (count: number) => Array(count).fill('x').join(' + ');
    const nested = `fn f(x) = ${long(600)}\n${inCell('input x: [H]\noutput y = f(f(x))')}`;
    expect(codes(nested)).toEqual(['RNN239']);
    const longest = soundCell(inCell(`input x: [H]\noutput y = ${long(990)}`));
    verifyCell(longest);
    expect(printCell(longest)).toContain(long(990));
  });

  test('sizes past what can be computed with', () => {
    const product = Array(40).fill('(H + I + 1)').join('*');
    expect(codes(inCell(`state h: [${product}]\nh = h_prev`))).toEqual(['RNN239']);
    expect(codes(inCell(`state h: [${Array(300).fill('H').join(' + ')}]\nh = h_prev`))).toEqual([]);
  });

  test('cells that double themselves', () => {
    const cells = Array.from(
      { length: 25 },
      (_, n) =>
        `cell C${n + 1}(N) {\n  input x: [N]\n  cell a: C${n}(N)\n  cell b: C${n}(N)\n  p = a(x)\n  q = b(x)\n  output y = p.y + q.y\n}`,
    );
    const text = `cell C0(N) {\n  input x: [N]\n  output y = 2*x\n}\n${cells.join('\n')}\n`;
    expect(codes(text)).toContain('RNN239');
  });

  test('many equations in the worst order', () => {
    const count = 1500;
    const lines = Array.from({ length: count }, (_, n) => `v${n} = tanh(v${n + 1})`);
    const cell = soundCell(inCell(`input x: [H]\n${lines.join('\n')}\nv${count} = x\noutput v0`));
    expect(cell.equations[0]!.name).toBe(`v${count}`);
    expect(codes(inCell(`${lines.join('\n')}\nv${count} = v0\noutput v0`))).toEqual(['RNN207']);
  });
});

/** A tree with some of its nodes of one kind exchanged or dropped: well-formed, and mostly nonsense. */
function mutated(tree: SyntaxTree, picks: readonly number[]): SyntaxTree {
  const expressions: object[] = [];
  const statements: object[] = [];
  const kinds = new Set('number identifier unary binary if call member indexing slice stack'.split(' '));
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const part of node) visit(part);
    else if (typeof node === 'object' && node !== null && 'span' in node) {
      if ('kind' in node && kinds.has(String(node.kind))) expressions.push(node);
      if ('leading' in node && 'kind' in node && node.kind !== 'cell' && node.kind !== 'function')
        statements.push(node);
      for (const [key, part] of Object.entries(node)) if (!key.toLowerCase().endsWith('span')) visit(part);
    }
  };
  visit(tree.items);
  const exchange = new Map<object, object>();
  picks.forEach((pick, i) => {
    const pool = i % 3 === 2 ? statements : expressions;
    const from = pool[pick % pool.length]!;
    const to = pool[Math.floor(pick / pool.length) % pool.length]!;
    // Identifiers that name something must stay identifiers.
    if ('kind' in from && from.kind === 'identifier' && 'kind' in to && to.kind !== 'identifier') return;
    exchange.set(from, to);
  });
  const rebuild = (node: unknown, depth: number): unknown => {
    if (Array.isArray(node)) return node.map((part) => rebuild(part, depth));
    if (typeof node !== 'object' || node === null || !('span' in node)) return node;
    const chosen = depth < 30 ? (exchange.get(node) ?? node) : node;
    const entries = Object.entries(chosen).map(([key, part]) => [
      key,
      key.toLowerCase().endsWith('span') ? part : rebuild(part, depth + (chosen === node ? 0 : 10)),
    ]);
    return Object.fromEntries(entries);
  };
  return rebuild(tree, 0) as SyntaxTree;
}

describe('any tree', () => {
  const text = `fn gate(a, b) = sigmoid(a @ x2(b))
fn x2(v) = v + v
cell Inner(H; gain = 1) {
  input x: [H]
  state h: [H]
  h = 0.5*h_prev + gain*x
}
cell Outer(I, H = 4; rate = 0.1) {
  input x: [I], t: index(H) = 0
  target y: [H]
  state h: [H] = h0, C: [H, H]
  param W: [H, I] ~ glorot(2), U: [H, H] ~ orthogonal
  param h0: [H] = (i) -> if i < 2 then i else -H^2
  param nu: [H] ~ log(-0.5*log(uniform(0.81, 0.98)))
  const L: [H, H] = (i, j) -> (2*i + 1)/(j + 1)
  cell inner: Inner(H; gain = rate/2)
  n = inner(W @ x, h_prev = exp(nu)*h_prev)
  [a, b] = split([n.h; h_prev], 2)
  [c, d] = split(x, [1, I - 1])
  C = col(a)*C_prev + outer(b, gate(U, h_prev)) - row(U[t])
  h = tanh(softmax(C, 1) @ b + L[0] + x_prev[0]*sum(C, 1) + C.T @ a[0:H])
  output h, z = max(h, 0)^2 + step
  loss squared_error(h, y) + cross_entropy(z, t) + 0*norm(d)*c[0]
}
`;
  const { tree, diagnostics } = parse({ name: 'main.rnn', text });

  test('as written is sound', () => {
    expect(diagnostics).toEqual([]);
    const cell = soundCell(text);
    verifyCell(cell);
  });

  test('is checked without a crash, and what passes is sound', () => {
    let passed = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 6 }), (picks) => {
        const { cells, diagnostics: found } = check(mutated(tree, picks));
        if (found.some((d) => d.severity === 'error')) refused++;
        else expect(cells.size).toBe(2);
        for (const cell of cells.values()) {
          verifyCell(cell);
          printCell(cell);
          passed++;
        }
      }),
      { numRuns: 500, seed: 7 },
    );
    // Both must happen, or the test would say nothing.
    expect(passed).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(50);
  });
});
