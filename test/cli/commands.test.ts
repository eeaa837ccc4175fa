import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { WasmVariant } from '../../compiler/module/manifest.ts';
import { instantiate, readWasm } from '../../runtime/index.ts';
import { examples, rnnc, scratch } from './support.ts';

const { folder, file } = scratch();

const wrong =
  'cell Bad(I, H) {\n  input x: [I]\n  state h: [H]\n  param U: [H, I] ~ glorot\n  h = tanh(U @ h_prev + y)\n}\n';

describe('check', () => {
  it('takes the size for which loops are written out', async () => {
    const path = file(
      'loop.rnn',
      'cell A(H, L) {\n  input x: [H]\n  s[0] = x\n  for l in 0..L {\n    s[l + 1] = 2*s[l]\n  }\n  output y = s[3]\n}\n',
    );
    expect((await rnnc('check', path)).err).toContain('There are s[0] to s[2].');
    expect((await rnnc('check', path, '--size', 'L=3')).code).toBe(0);
    expect((await rnnc('derive', path, '--size', 'L=3')).out).toContain('s.3 = 2*s.2');
    expect((await rnnc('gradcheck', path, '--size', 'L=4')).code).toBe(0);
  });

  it('says what each cell has', async () => {
    const { code, out, err } = await rnnc('check', join(examples, 'lstm.rnn'), join(examples, 'elman.rnn'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('cell LSTM(I, H): 1 input, 2 states, 12 parameters');
    expect(out).toContain('cell Elman(I, H): 1 input, 1 state, 3 parameters');
  });

  it('reports all mistakes of all files, with both shapes, and exits with 1', async () => {
    const { code, out, err } = await rnnc(
      'check',
      file('bad.rnn', wrong),
      file('other.rnn', 'cell A( {\n}\n'),
    );
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('bad.rnn:5:');
    expect(err).toContain('other.rnn:1:');
    expect(err).toMatch(/\[H, I\].*\[H\]|\[H\].*\[I\]|length I/s);
    expect(err).toContain('y');
  });

  it('finds imports beside the file', async () => {
    expect((await rnnc('check', join(examples, 'residual_stack.rnn'))).code).toBe(0);
    const { code, err } = await rnnc('check', file('lost.rnn', 'import { A } from "./nowhere.rnn"\n'));
    expect(code).toBe(1);
    expect(err).toContain('nowhere.rnn');
  });

  it('says that a file without cells has none', async () => {
    const files = [
      ['empty.rnn', '', 'there is nothing in it'],
      ['blank.rnn', '\n  \n', 'there is nothing in it'],
      ['comment.rnn', '# later\n', 'there is nothing in it but comments'],
      ['functions.rnn', 'fn twice(x) = 2*x\n', 'ok, no cells'],
    ] as const;
    for (const [name, text, says] of files) {
      const path = file(name, text);
      expect(await rnnc('check', path)).toEqual({ code: 0, out: `${path}: ${says}\n`, err: '' });
    }
  });

  it('says why a file cannot be read, and exits with 3', async () => {
    mkdirSync(join(folder, 'folder.rnn'));
    writeFileSync(join(folder, 'binary.rnn'), Uint8Array.of(0xff, 0xfe, 0x00));
    for (const [name, reason] of [
      ['missing.rnn', 'no such file'],
      ['folder.rnn', 'it is a folder'],
      ['binary.rnn', 'not UTF-8'],
    ] as const) {
      const { code, err } = await rnnc('check', join(folder, name));
      expect(code, name).toBe(3);
      expect(err).toContain(reason);
    }
    const missing = join(folder, 'missing.rnn');
    const others = await rnnc('check', missing, file('bad.rnn', wrong), join(examples, 'gru.rnn'));
    expect(others.code).toBe(3);
    expect(others.err).toContain('bad.rnn:5:');
    expect(others.out).toContain('GRU(I, H)');
  });
});

describe('lint', () => {
  const risky = 'cell Risky(H) {\n  input x: [H]\n  output y = x/sum(x)\n}\n';

  it('warns with the line and a caret, and exits with 0; with --strict with 1', async () => {
    const path = file('risky.rnn', risky);
    const { code, out, err } = await rnnc('lint', path);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toContain('risky.rnn:3:16  RNN702 warning');
    expect(err).toMatch(/output y = x\/sum\(x\)\n.*\^{6}/);
    expect(await rnnc('lint', '--strict', path)).toMatchObject({ code: 1, err });
  });

  it('has nothing to say about a sound cell, and errors of one that is not', async () => {
    const lstm = join(examples, 'lstm.rnn');
    expect(await rnnc('lint', '--strict', lstm)).toEqual({
      code: 0,
      out: `${lstm}: nothing to warn of\n`,
      err: '',
    });
    const { code, err } = await rnnc('lint', file('bad.rnn', wrong), file('risky.rnn', risky));
    expect(code).toBe(1);
    expect(err).toContain('bad.rnn:5:');
    expect(err).toContain('RNN702');
    expect((await rnnc('lint', join(folder, 'nowhere.rnn'))).code).toBe(3);
  });
});

describe('wrong calls exit with 2 and say what is right', () => {
  it.each([
    [[], 'Usage: rnnc'],
    [['chek', 'a.rnn'], 'Did you mean check?'],
    [['check'], 'missing required argument'],
    [['compile', 'a.rnn', '--size', 'H'], 'NAME=VALUE'],
    [['compile', 'a.rnn', '--size', 'H=x'], 'NAME=VALUE'],
    [['compile', 'a.rnn', '-s', 'H=8', '-s', 'H=9'], 'H is given twice, as 8 and as 9'],
    [['compile', 'a.rnn', '--inference', '--input-cotangents'], 'cannot be used with'],
    [
      ['compile', 'a.rnn', '--wide'],
      "'--wide'\nIt is an option of rnnc run: a switch of the host, not of the module",
    ],
    [['check', 'a.rnn', '--unroll', '3'], "'--unroll'\nIt is an option of rnnc derive."],
    [['compile', 'a.rnn', '--sizes', 'H=8'], 'Did you mean --size?'],
    [['compile', 'a.rnn', '--nope'], "unknown option '--nope'"],
    [['compile', 'a.rnn', '--batch', '0'], 'whole number of at least 1'],
    [['compile', 'a.rnn', '--target', 'cuda'], 'wasm, js'],
    [['print', 'a.rnn', '--stage', 'nothing'], 'syntax, cell, graph'],
    [['print', 'a.rnn'], '--stage'],
    [['derive', 'a.rnn', '--unroll', 'many'], 'whole number'],
    [['derive', 'a.rnn', '--unroll', '1e9'], 'whole number from 1 to 1000'],
    [['gradcheck', 'a.rnn', '--tolerance', '-1'], 'above 0'],
    [['gradcheck', 'a.rnn', '--tolerance', 'NaN'], 'above 0'],
    [['gradcheck', 'a.rnn', '--seed', '-1'], 'whole number of at least 0'],
    [['gradcheck', 'a.rnn', '--steps', 'NaN'], 'whole number of at least 1'],
    [['gradcheck', 'a.rnn', '--size', 'H=NaN'], 'NAME=VALUE'],
    [['run', 'a.rnn'], '--data'],
  ])('rnnc %s', async (args, message) => {
    const { code, out, err } = await rnnc(...args);
    expect(code).toBe(2);
    expect(`${out}${err}`).toContain(message);
  });

  it('while help exits with 0 and shows examples', async () => {
    for (const command of ['check', 'compile', 'derive', 'gradcheck', 'run', 'print']) {
      const { code, out } = await rnnc(command, '--help');
      expect(code).toBe(0);
      expect(out).toContain(`rnnc ${command} `);
    }
  });
});

describe('a printed plan', () => {
  const plan = (...args: readonly string[]) =>
    rnnc('print', join(examples, 'elman.rnn'), '--stage', 'plan', '-s', 'I=2,H=3', ...args);

  it('shows what the options of compile change', async () => {
    const { out } = await plan();
    expect((await plan('--input-cotangents')).out).not.toBe(out);
    expect((await plan('--plan', 'naive')).out).not.toBe(out);
    expect((await plan('--profile', 'fused', '--block', '6x2')).out).toContain('6 rows of 8 results');
    const wrong = await plan('--block', '9x9');
    expect(wrong.code).not.toBe(0);
    expect(wrong.err).toContain('4x2');
  });
});

describe('compile', () => {
  const lstm = join(examples, 'lstm.rnn');

  it('writes a module and its types together, or neither', async () => {
    const half = join(folder, 'half');
    mkdirSync(join(half, 'y.js'), { recursive: true });
    const args = ['compile', lstm, '-s', 'I=3,H=4', '-o'] as const;
    const asFolder = await rnnc(...args, join(half, 'y.js'));
    expect(asFolder).toMatchObject({ code: 3, err: expect.stringContaining('it is a folder') });
    expect(readdirSync(half)).toEqual(['y.js']);
    mkdirSync(join(half, 'x.d.ts'));
    expect((await rnnc(...args, join(half, 'x.js'))).code).toBe(3);
    expect(readdirSync(half).sort()).toEqual(['x.d.ts', 'y.js']);
  });

  it('refuses a register block of JavaScript', async () => {
    const out = join(folder, 'blocked.js');
    const args = ['compile', lstm, '-s', 'I=3,H=4', '--target', 'js', '-o', out];
    const { code, err } = await rnnc(...args, '--block', '4x2');
    expect({ code, err }).toEqual({
      code: 2,
      err: '--block is for WebAssembly, whose registers hold vectors: leave it out, or leave out --target js.\n',
    });
    expect(existsSync(out)).toBe(false);
  });

  it('says which folder is missing', async () => {
    const none = join(folder, 'none');
    const { code, err } = await rnnc('compile', lstm, '-s', 'I=3,H=4', '-o', join(none, 'x.js'));
    expect(code).toBe(3);
    expect(err).toContain(`Cannot write ${join(none, 'x.js')}: the folder ${none} does not exist.`);
  });

  it('writes a module that a runtime loads, with its types, the same bytes each time', async () => {
    const target = join(folder, 'lstm.mjs');
    const args = ['compile', lstm, '-s', 'I=3,H=4', '--window', '8', '-o', target] as const;
    expect((await rnnc(...args)).code).toBe(0);
    const first = readFileSync(target, 'utf8');
    await rnnc(...args);
    expect(readFileSync(target, 'utf8')).toBe(first);
    expect(readFileSync(join(folder, 'lstm.d.mts'), 'utf8')).toContain('W_i');
    const { default: compiled } = await import(pathToFileURL(target).href);
    const lively = await instantiate(compiled, { seed: 1 });
    expect(lively.forward(new Float32Array(6).fill(0.5), 2).h).toHaveLength(8);
  });

  it('writes WebAssembly with its manifest, that gives the same numbers', async () => {
    const outputs = [];
    for (const target of ['a.wasm', 'b.js']) {
      const path = join(folder, target);
      const kind = target === 'b.js' ? ['--target', 'js'] : [];
      expect((await rnnc('compile', lstm, '-s', 'I=3,H=4', ...kind, '-o', path)).code).toBe(0);
      const compiled =
        target === 'a.wasm' ? readWasm(readFileSync(path)) : (await import(pathToFileURL(path).href)).default;
      const instance = await instantiate(compiled, { seed: 1 });
      outputs.push(instance.forward(Float32Array.of(0.1, -0.2, 0.3), 1).h!.slice());
    }
    expect(outputs[0]).toEqual(outputs[1]);
  });

  it('adds the derivative by the inputs where asked', async () => {
    const inputs = async (name: string, ...more: readonly string[]) => {
      const path = join(folder, name);
      expect((await rnnc('compile', lstm, '-s', 'I=3,H=4', '-o', path, ...more)).code).toBe(0);
      const instance = await instantiate((await import(pathToFileURL(path).href)).default, { seed: 1 });
      instance.forward(Float32Array.of(0.1, -0.2, 0.3), 1);
      instance.backward({ outputCotangents: { h: new Float32Array(4).fill(1) } });
      return Object.entries(instance.inputCotangents);
    };
    expect(await inputs('plain.js')).toEqual([]);
    const [[name, values] = ['', []]] = await inputs('asked.js', '--input-cotangents');
    expect(name).toBe('x');
    expect([...values].every((value) => value !== 0)).toBe(true);
  });

  it('leaves the choice of rounding and block to the host, or makes it', async () => {
    const variants = async (name: string, ...more: readonly string[]): Promise<unknown[]> => {
      const path = join(folder, name);
      expect((await rnnc('compile', lstm, '-s', 'I=3,H=4', '-o', path, ...more)).code).toBe(0);
      const { code } = name.endsWith('.wasm')
        ? readWasm(readFileSync(path))
        : (await import(pathToFileURL(path).href)).default;
      return code.variants.map((variant: WasmVariant) => [variant.profile, variant.block]);
    };
    const all = await variants('all.js');
    expect(new Set(all.map(String)).size).toBe(all.length);
    expect(new Set(all.map((names) => (names as string[])[0]))).toEqual(new Set(['separate', 'fused']));
    expect(await variants('pinned.js', '--profile', 'fused', '--block', '3x3')).toEqual([['fused', '3x3']]);
    expect(await variants('safe.wasm')).toEqual([['separate', expect.anything()]]);
    expect(await variants('fast.wasm', '--profile', 'fused')).toEqual([['fused', expect.anything()]]);
    const { code, err } = await rnnc('compile', lstm, '-s', 'I=3,H=4', '--block', 'toString');
    expect(code).toBe(2);
    expect(err).toContain('no register block toString; there are 6x2');
  });

  it('names what is missing, and writes nothing', async () => {
    const target = join(folder, 'none.js');
    const { code, err } = await rnnc('compile', lstm, '-s', 'I=3', '-o', target);
    expect(code).toBe(1);
    expect(err).toContain('size H');
    const strange = await rnnc('compile', lstm, '-s', 'I=3,H=2,J=1', '-o', target);
    expect(strange.code).toBe(1);
    const nowhere = await rnnc('compile', lstm, '-s', 'I=3,H=2', '-o', join(folder, 'no/such/folder.js'));
    expect(nowhere.code).toBe(3);
    expect((await rnnc('compile', lstm, '-s', 'I=3,H=2', '-o', 'lstm.txt')).code).toBe(2);
    expect(readdirSync(folder).filter((name) => name.includes('none') || name.includes('.tmp'))).toEqual([]);
  });
});

describe('gradcheck', () => {
  it('passes for every example', async () => {
    for (const name of ['gru.rnn', 'char_model.rnn', 'matrix_memory.rnn']) {
      const { code, out } = await rnnc('gradcheck', join(examples, name));
      expect(out).toContain('passed');
      expect(code).toBe(0);
    }
  });

  it('names parameter, entry and both numbers where the numbers differ', async () => {
    // No f64 difference is exact: a limit beyond its digits must fail.
    const { code, err } = await rnnc('gradcheck', join(examples, 'gru.rnn'), '--tolerance', '1e-300');
    expect(code).toBe(1);
    expect(err).toMatch(/failed: parameter W_z\[\d, \d\]: symbolic -?[\d.e-]+, numeric -?[\d.e-]+/);
  });

  it('compares where a condition holds still, on either side of it', async () => {
    const text = `cell Steps(H) {
  input x: [H]
  state h: [H]
  h = if step == 0 then x else h_prev*0.5 + x*step
  output h
}
`;
    const { code, out } = await rnnc('gradcheck', file('steps.rnn', text));
    expect(code).toBe(0);
    expect(out).toMatch(/input x .*12 entries/);
  });

  it('says that a start at infinity is why nothing can be compared', async () => {
    const text = 'cell Top(H) {\n  input x: [H]\n  state m: [H] = log(0)\n  m = max(m_prev, x)\n}\n';
    const { code, err } = await rnnc('gradcheck', file('top.rnn', text));
    expect(code).toBe(1);
    expect(err).toContain('The start of m is infinite');
    expect(err).not.toContain('try another --seed');
  });

  it('leaves out what lies beside a kink, and says so', async () => {
    const text =
      'cell Kink(H) {\n  input x: [H]\n  param w: [H] ~ normal(0, 1)\n  y = relu(w - w) + abs(x)\n  output y\n}\n';
    const { code, out } = await rnnc('gradcheck', file('kink.rnn', text));
    expect(code).toBe(0);
    expect(out).toContain('parameter w');
  });

  it('checks start states that are not learned, each by its own shape, and the same numbers each time', async () => {
    const args = ['gradcheck', join(examples, 'matrix_memory.rnn'), '-s', 'I=2,K=3,V=2', '--batch', '3'];
    const first = await rnnc(...args);
    expect(first.out).toMatch(/start C +ok 18 entries; worst \[\d, \d, \d\] symbolic/);
    expect(first.out).toMatch(/start n +ok 9 entries; worst \[\d, \d\] symbolic/);
    expect((await rnnc(...args)).out).toBe(first.out);
    expect((await rnnc(...args, '--seed', '2')).out).not.toBe(first.out);
    const learned = await rnnc('gradcheck', join(examples, 'learned_start.rnn'));
    expect(learned.out).toMatch(/parameter h0 +ok/);
    expect(learned.out).not.toContain('start h');
  });

  it('refuses more steps than there is memory for', async () => {
    const { code, err } = await rnnc('gradcheck', join(examples, 'lstm.rnn'), '--steps', '100000000');
    expect(code).toBe(1);
    expect(err).toContain('100000000 steps of 2 rows: they do not fit into memory');
  });

  it('says so where random values leave the domain of a function', async () => {
    const cell = file('domain.rnn', 'cell Domain() {\n  input x: []\n  output y = log(x)\n}\n');
    const { code, err } = await rnnc('gradcheck', cell);
    expect(code).toBe(1);
    expect(err).toContain('out of the domain of some function');
  });

  it('takes small sizes that fit, where none are given', async () => {
    const cell = file(
      'half.rnn',
      'cell Half(N = 5) {\n  input x: [N]\n  [a, b] = split(x, 2)\n  output y = a*b\n}\n',
    );
    const { code, out } = await rnnc('gradcheck', cell);
    expect({ code, even: /N=(2|4|6|12) /.test(out) }).toEqual({ code: 0, even: true });
    const odd = await rnnc('gradcheck', cell, '--size', 'N=3');
    expect({ code: odd.code, out: odd.out }).toEqual({ code: 1, out: '' });
    expect(odd.err).toContain('RNN405');
  });
});

describe('print', () => {
  it.each(['syntax', 'cell', 'graph'])('needs no sizes for stage %s', async (stage) => {
    const { code, out, err } = await rnnc('print', join(examples, 'elman.rnn'), '--stage', stage);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('W_hh');
  });

  it.each(['syntax', 'cell', 'graph', 'plan', 'program', 'js', 'wat'])('stage %s', async (stage) => {
    const { code, out } = await rnnc('print', join(examples, 'elman.rnn'), '--stage', stage, '-s', 'I=2,H=3');
    expect(code).toBe(0);
    expect(out).toContain('W_hh');
  });
});
