import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printCell } from '../../compiler/cell/print.ts';
import { bindSizes } from '../../compiler/cell/sizes.ts';
import { checkText, inCell, soundCell } from './support.ts';

/** The equations of a cell, sorted, without places; `s_1` is `s.1`. */
function equationsOf(text: string, sizes: Readonly<Record<string, number>> = {}): readonly string[] {
  const { cells, diagnostics } = checkText(text, {}, { sizes });
  expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual(
    [],
  );
  return printCell([...cells.values()].at(-1)!)
    .split('\n')
    .filter((line) => / = /.test(line) && !/^(cell| {2}param| {2}needs) /.test(line))
    .map((line) => line.replace(/ {2}; .*/, '').replace(/_(\d+)\b/g, '.$1'))
    .sort();
}

/** An expression as it stands in a loop over l (`at` undefined), and written out for l = at. */
type Written = (at: number | undefined) => string;

const inLoop =
  (text: string, here: (l: number) => string): Written =>
  (at) =>
    at === undefined ? text : here(at);

const { expression } = fc.letrec<{ expression: Written }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Written>(
      () => 'x',
      inLoop('s[l]', (l) => `s_${l}`),
      inLoop('(R[l] @ s[l])', (l) => `(R[${l}] @ s_${l})`),
      inLoop('b[l]', (l) => `b[${l}]`),
      inLoop('l*x', (l) => `${l}*x`),
      inLoop('2^-l*x', (l) => `2^-${l}*x`),
      inLoop('c[floor(l/2)]', (l) => `c[${Math.floor(l / 2)}]`),
      inLoop('x/L', () => 'x/L'),
      inLoop('z[l*H:(l + 1)*H]', (l) => `z[${l}*H:${l + 1}*H]`),
    ),
    fc.tuple(fc.constantFrom('+', '-', '*'), tie('expression'), tie('expression')).map(
      ([sign, a, b]): Written =>
        (at) =>
          `(${a(at)} ${sign} ${b(at)})`,
    ),
    fc.tuple(tie('expression'), tie('expression'), fc.integer({ min: 0, max: 3 })).map(
      ([a, b, k]): Written =>
        (at) =>
          at === undefined
            ? `(if l >= ${k} and mod(l, 2) == 0 then ${a(at)} else ${b(at)})`
            : `(${(at >= k && at % 2 === 0 ? a : b)(at)})`,
    ),
    fc.tuple(tie('expression')).map(
      ([a]): Written =>
        (at) =>
          `tanh(${a(at)})`,
    ),
  ),
}));

const declarations = [
  'input x: [H]',
  'state h: [H]',
  'param R: [4, H, H] ~ glorot, b: [4, H] = 0, c: [2, H] = 0, z: [4*H] = 0',
];

describe('a loop means its equations written out', () => {
  test('random ones', () => {
    fc.assert(
      fc.property(expression, expression, fc.integer({ min: 1, max: 4 }), (local, next, count) => {
        const loop = [
          ...declarations,
          's[0] = h_prev',
          'for l in 0..L {',
          `  t = ${local(undefined)}`,
          `  s[l + 1] = t + ${next(undefined)}`,
          '}',
          'h = s[L]',
        ];
        const rounds = Array.from({ length: count }, (_, l) => [
          `t_${l} = ${local(l)}`,
          `s_${l + 1} = t_${l} + ${next(l)}`,
        ]);
        const written = [...declarations, 's_0 = h_prev', ...rounds.flat(), `h = s_${count}`];
        const header = `H, L = ${count}`;
        const unrolled = equationsOf(inCell(written.join('\n').replaceAll('/L', `/${count}`), header));
        expect(equationsOf(inCell(loop.join('\n'), header))).toEqual(unrolled);
        expect(equationsOf(inCell(loop.join('\n'), 'H, L'), { L: count, H: 5 })).toEqual(unrolled);
      }),
      { numRuns: 150, seed: 5 },
    );
  });

  test('nested ones, with bounds of the outer index; a list belongs to the iterations it does not name', () => {
    const loop = `
      input x: [H]
      for l in 1..3 {
        u[0] = l*x
        for k in 0..l {
          u[k + 1] = u[k]*x
        }
        v[l] = u[l]
      }
      output y = v[1] + v[2]`;
    const written = `
      input x: [H]
      u_1_0 = 1*x
      u_1_1 = u_1_0*x
      v_1 = u_1_1
      u_2_0 = 2*x
      u_2_1 = u_2_0*x
      u_2_2 = u_2_1*x
      v_2 = u_2_2
      output y = v_1 + v_2`;
    const dotted = (lines: readonly string[]) => lines.map((line) => line.replace(/_(\d)/g, '.$1')).sort();
    expect(dotted(equationsOf(inCell(loop)))).toEqual(dotted(equationsOf(inCell(written))));
  });

  test('a list as a whole is its entries along a new first axis', () => {
    const cell = soundCell(
      inCell('input x: [H]\nfor n in 0..3 {\n  r[n] = n*x\n  q[n] = sum(x)\n}\noutput y = r.T @ q'),
    );
    const text = printCell(cell);
    expect(text).toContain('r : [3, H] = [reshape(r.0); reshape(r.1); reshape(r.2)]');
    expect(text).toContain('q : [3] = [q.0; q.1; q.2]');
  });

  test('an index that is no number of the text reads the whole', () => {
    const text = printCell(
      soundCell(inCell('input x: [H], k: index(3)\nfor n in 0..3 {\n  r[n] = n*x\n}\noutput y = r[k]')),
    );
    expect(text).toContain('y : [H] = one_hot(k) @ r');
  });

  test('a branch that is not taken need not make sense', () => {
    const body =
      'param W: [H, I] ~ glorot\ninput x: [I]\ns[0] = x\nfor l in 0..2 {\n  s[l + 1] = if l == 0 then W @ s[l] else s[l] + s[l - 1][0]\n}\noutput y = s[2]';
    expect(printCell(soundCell(inCell(body)))).toContain('s.1 : [H] = W @ s.0');
  });

  test('no iteration at all', () => {
    expect(
      printCell(
        soundCell(
          inCell(
            'input x: [H]\ns[0] = x\nfor l in 0..L - 1 {\n  s[l + 1] = x\n}\noutput y = s[L - 1]',
            'H, L = 1',
          ),
        ),
      ),
    ).toContain('y : [H] = s.0');
  });
});

describe('sizes that loops depend on', () => {
  const text = inCell(
    'input x: [H]\ns[0] = x\nfor l in 0..L {\n  s[l + 1] = 2*s[l]\n}\noutput y = s[L]',
    'H, L',
  );
  const checked = (sizes: Readonly<Record<string, number>>) =>
    [...checkText(text, {}, { sizes }).cells.values()][0]!;

  test('are taken from those given, and cannot be bound to others', () => {
    const cell = checked({ L: 4 });
    expect(cell.fixed).toEqual(new Map([['L', 4]]));
    expect(cell.equations.map(({ name }) => name)).toContain('s.4');
    expect(bindSizes(cell, { H: 3, L: 4 })).toHaveProperty('sizes');
    for (const L of [3, 5]) {
      const bound = bindSizes(cell, { H: 3, L });
      expect('diagnostics' in bound && bound.diagnostics[0]!.message).toContain('written out for L = 4');
    }
  });

  test('are 2 where nobody says them', () => {
    expect(checked({}).fixed.get('L')).toBe(2);
    expect(checked({ L: 0.5 }).fixed.get('L')).toBe(2);
  });

  test('of an inner cell come from where it stands, each its own', () => {
    const outer = `${text.replace('Test', 'Power')}cell Main(H, D) {
  input x: [H]
  cell low: Power(H, D), 
  cell high: Power(H, D + 1)
  a = low(x)
  b = high(a.y)
  output y = b.y
}
`.replace(', \n', '\n');
    const { cells, diagnostics } = checkText(outer, {}, { sizes: { H: 3, D: 3 } });
    expect(diagnostics).toEqual([]);
    const names = cells.get('Main')!.equations.map(({ name }) => name);
    expect(names).toContain('low.s.3');
    expect(names).not.toContain('low.s.4');
    expect(names).toContain('high.s.4');
    expect(bindSizes(cells.get('Main')!, { H: 3, D: 3 })).toHaveProperty('sizes');
    expect(bindSizes(cells.get('Main')!, { H: 3, D: 4 })).toHaveProperty('diagnostics');
  });
});

test('a list of cells has parameters by number, and states', () => {
  const cell = soundCell(`cell Inner(H) {
  input x: [H]
  state h: [H]
  param U: [H, H] ~ orthogonal
  h = tanh(U @ h_prev + x)
}
cell Stack(H, L = 3) {
  input x: [H]
  cell layer[L]: Inner(H)
  s[0] = x
  for l in 0..L {
    n = layer[l](s[l])
    s[l + 1] = s[l] + n.h
  }
  output y = s[L], first = layer[0].h_prev
}
`);
  expect(cell.parameters.map(({ name }) => name)).toEqual(['layer.0.U', 'layer.1.U', 'layer.2.U']);
  expect(cell.states.map(({ name }) => name)).toEqual(['layer.0.h', 'layer.1.h', 'layer.2.h']);
  expect(printCell(cell)).toContain('s.3 : [H] = s.2 + layer.2.h');
});

test('a mistake in a loop is told once', () => {
  const { diagnostics } = checkText(
    inCell('input x: [H], y: [I]\nfor l in 0..5 {\n  t[l] = x + y + l\n}\noutput u = sum(t)'),
  );
  expect(diagnostics.map(({ code }) => code)).toEqual(['RNN204']);
});

test('an index that comes out as half a number is no index', () => {
  const { diagnostics } = checkText(
    inCell('param W: [2, H] = 0\nfor l in 0..2 {\n  z[l] = W[l/2]\n}\noutput z'),
  );
  expect(diagnostics.map(({ message, hint }) => [message, hint])).toEqual([
    ['l/2 is not an index', 'Here it is 0.5. In a loop, floor(l/2) is a whole number.'],
  ]);
});

test('reshape says what its second argument is', () => {
  const { diagnostics } = checkText(inCell('input x: [H]\noutput y = reshape(x, x)'));
  expect(diagnostics.map(({ message }) => message)).toEqual(['reshape needs a shape like [N, D]']);
});
