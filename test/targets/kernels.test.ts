import { expect, it } from 'vitest';
import type { Extent, For, ProgramExpression, ProgramStatement } from '../../compiler/program/program.ts';
import { cutKernels, type Piece } from '../../compiler/targets/kernels.ts';

const comment = (text: string): ProgramStatement => ({ kind: 'comment', text });
const one: ProgramExpression = { kind: 'constant', lanes: 'f32', value: 1 };
const local: ProgramExpression = { kind: 'local', name: 'x' };
const define: ProgramStatement = { kind: 'let', name: 'x', lanes: 'f32', value: one };
const store = (value: ProgramExpression = one): ProgramStatement => ({
  kind: 'store',
  address: { buffer: 'a', at: { constant: 0, terms: [] } },
  value,
});
const loop = (extent: Extent, ...body: readonly ProgramStatement[]): For => ({
  kind: 'for',
  index: 't',
  extent,
  direction: 'up',
  body,
});

const show = (pieces: readonly Piece[]): string =>
  pieces
    .map((piece) => {
      if (piece.kind === 'loop') return `loop(${show(piece.pieces)})`;
      return piece.kind === 'inline' ? 'inline' : `${piece.name}(${piece.indices.join()})`;
    })
    .join(' ');
const cut = (...body: readonly ProgramStatement[]) =>
  show(cutKernels({ name: 'forward', takesSteps: true, body }));

it('makes a kernel of what stands under one comment', () => {
  expect(cut(store(), comment('a'), store(), store(), comment('b'), loop(3, store()))).toBe(
    'forward() a() b()',
  );
});

it('cuts a loop that holds several', () => {
  expect(cut(loop('steps', comment('a'), store(), comment('b'), store()))).toBe('loop(a(t) b(t))');
  expect(cut(comment('rows'), loop(4, comment('a'), store(), comment('b'), store()))).toBe('loop(a(t) b(t))');
  const slabs = loop(
    { of: 'slabs', size: 4 },
    comment('a'),
    store(),
    { ...loop(4, comment('b'), store(), comment('c'), store()), index: 'k' },
    comment('d'),
    store(),
  );
  const rest = loop({ of: 'rest', size: 4 }, comment('e'), store(), comment('f'), store());
  expect(cut(comment('before'), store(), slabs, rest)).toBe(
    'before() loop(a(t) loop(b(t,k) c(t,k)) d(t)) loop(e(t) f(t))',
  );
});

it('leaves a loop with one kernel inside that kernel', () => {
  expect(cut(comment('a'), loop('steps', store()))).toBe('a()');
  expect(cut(comment('a'), store(), loop('steps', comment('b'), store()))).toBe('a() b()');
});

it('keeps statements together that share a local', () => {
  expect(cut(comment('a'), define, comment('b'), store(local), comment('c'), store())).toBe(
    'inline inline c()',
  );
  expect(cut(comment('a'), define, loop('steps', comment('b'), store(local), comment('c'), store()))).toBe(
    'a()',
  );
});

it('leaves a loop of known length whole around a shared local', () => {
  expect(cut(loop(4, comment('a'), define, comment('b'), store(local)))).toBe('forward()');
  expect(cut(loop('steps', comment('a'), define, comment('b'), store(local)))).toBe('loop(inline inline)');
});

it('takes a local that is defined anew for another one', () => {
  expect(cut(comment('a'), define, store(local), comment('b'), define, store(local))).toBe('a() b()');
});
