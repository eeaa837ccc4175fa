import { expect, it } from 'vitest';
import type {
  Address,
  Buffer,
  Extent,
  Program,
  ProgramExpression,
  ProgramStatement,
} from '../../compiler/program/program.ts';
import { procedureNames } from '../../compiler/program/program.ts';
import { verifyProgram } from '../../compiler/program/verify.ts';

const buffers: readonly Buffer[] = [
  { name: 'a', lanes: 'f32', offset: 0, length: 10 },
  { name: 'n', lanes: 'i32', offset: 48, length: 4 },
  { name: 'last', lanes: 'f32', offset: 32, length: 8 },
];

const program = (body: readonly ProgramStatement[], changes: Partial<Program> = {}): Program => ({
  name: 'test',
  profile: 'separate',
  buffers,
  memoryBytes: 64,
  procedures: procedureNames.map((name) => ({
    name,
    takesSteps: name === 'forward',
    body: name === 'forward' ? body : [],
  })),
  ...changes,
});

const verify = (body: readonly ProgramStatement[], changes: Partial<Program> = {}) =>
  verifyProgram(program(body, changes), 5);

const real: ProgramExpression = { kind: 'constant', lanes: 'f32', value: 0.5 };
const whole: ProgramExpression = { kind: 'constant', lanes: 'i32', value: 3 };
const at = (constant: number, stride = 0, index = 't'): Address['at'] => ({
  constant,
  terms: stride === 0 ? [] : [{ index, stride }],
});
const store = (place: Address['at'], value: ProgramExpression = real, buffer = 'a'): ProgramStatement => ({
  kind: 'store',
  address: { buffer, at: place },
  value,
});
const loop = (extent: Extent, ...body: readonly ProgramStatement[]): ProgramStatement => ({
  kind: 'for',
  index: 't',
  extent,
  direction: 'up',
  body,
});
const define = (name: string, value: ProgramExpression = real): ProgramStatement => ({
  kind: 'let',
  name,
  lanes: 'f32',
  value,
});
const local: ProgramExpression = { kind: 'local', name: 'x' };
const row = (index: ProgramExpression, stride: number, count: number, constant = 0): ProgramStatement => ({
  kind: 'store',
  address: { buffer: 'a', at: at(constant), row: { index, stride, count } },
  value: real,
});

const four: ProgramExpression = { kind: 'constant', lanes: 'f32x4', value: 1 };
const load4 = (constant: number, buffer = 'a', stride = 0): ProgramExpression => ({
  kind: 'load',
  address: { buffer, at: at(constant, stride) },
  width: 4,
});
const store4 = (
  constant: number,
  count: 1 | 2 | 3 | 4,
  value: ProgramExpression = four,
  buffer = 'a',
): ProgramStatement => ({
  kind: 'store',
  address: { buffer, at: at(constant) },
  value,
  count,
});
const slabs = (size: number): Extent => ({ of: 'slabs', size });
const rest = (size: number): Extent => ({ of: 'rest', size });

it('accepts what stays in bounds and in scope', () => {
  verify([
    loop('steps', store(at(1, 2)), store(at(8, -2))),
    define('x'),
    loop(2, { kind: 'set', name: 'x', value: local }),
    define('x'),
    row(whole, 3, 3, 3),
  ]);
});

it('accepts four lanes and slabs where they fit', () => {
  verify([
    store4(6, 4, load4(9)),
    store4(9, 1),
    store4(7, 3, { kind: 'splat', value: { kind: 'lane', lane: 3, value: four } }),
    store4(0, 2, { kind: 'shuffle', lanes: [0, 7, 4, 3], left: four, right: load4(0) }),
    store4(0, 4, { kind: 'apply', op: 'mulAdd', args: [four, four, four], width: 4 }),
    loop(slabs(2), store(at(1, 8))),
    loop(rest(2), store(at(1, 2))),
  ]);
});

it('accepts any address where no number of steps gets', () => {
  verify([loop(slabs(6), store(at(100))), loop(rest(1), store(at(100)))]);
});

it('accepts buffers that share memory and stand at any lane', () => {
  verify([], { buffers: [buffers[0]!, { ...buffers[1]!, offset: 36 }] });
});

it.each<[string, readonly ProgramStatement[], RegExp]>([
  ['a store past the end', [loop('steps', store(at(2, 2)))], /lanes 2 to 10 of buffer a/],
  ['a store before the start', [loop('steps', store(at(7, -2)))], /lanes -1 to 7 of buffer a/],
  ['a row past the end', [row(whole, 3, 4, 1)], /lanes 1 to 10 of buffer a/],
  ['a row chosen by a real', [row(real, 1, 2)], /row index of a takes i32/],
  ['an index outside its loop', [loop(2), store(at(0, 1))], /index t is used outside its loop/],
  ['one index twice in a nest', [loop(2, loop(3))], /index t is bound twice/],
  ['a loop that never runs', [loop(0)], /extent 0/],
  ['a local before its definition', [store(at(0), local), define('x')], /local x is used where/],
  ['a local after its block', [loop(2, define('x')), store(at(0), local)], /local x is used where/],
  ['a local that hides another', [define('x'), loop(2, define('x'))], /hides another of its name: x/],
  ['lanes that differ', [store(at(0), whole)], /buffer a takes f32, and is given i32/],
  ['an unknown buffer', [store(at(0), real, 'b')], /no buffer b/],
  [
    'a constant that is no i32',
    [store(at(0), { ...whole, value: 0.5 } as ProgramExpression, 'n')],
    /0.5 is not/,
  ],
  ['too few arguments', [store(at(0), { kind: 'apply', op: 'add', args: [real] })], /add has 2 arguments/],
  [
    'an argument of other lanes',
    [store(at(0), { kind: 'apply', op: 'neg', args: [whole] })],
    /argument 0 of neg/,
  ],
  ['a slab past the end', [loop(slabs(2), store(at(2, 8)))], /lanes 2 to 10 of buffer a/],
  ['a rest past the end', [loop(rest(4), store(at(2, 2)))], /lanes 2 to 10 of buffer a/],
  ['slabs of no steps', [loop(slabs(0))], /slabs of 0 steps/],
  ['four lanes past the end of the buffer', [store4(7, 4)], /lanes 7 to 10 of buffer a/],
  ['a load that begins past the end', [store4(0, 4, load4(10))], /lanes 10 to 10 of buffer a/],
  [
    'a load over the end of memory',
    [loop(5, store4(0, 4, load4(1, 'last', 1)))],
    /four lanes from lane 5 of buffer last/,
  ],
  ['five lanes at once', [store4(0, 5 as 4)], /5 lanes are stored/],
  ['four lanes of whole numbers', [store4(0, 4, load4(0, 'n'))], /four lanes of n are no f32x4/],
  ['four lanes to whole numbers', [store4(0, 4, four, 'n')], /four lanes of n are no f32x4/],
  ['four lanes where one goes', [store(at(0), four)], /buffer a takes f32, and is given f32x4/],
  ['one lane where four go', [store4(0, 4, real)], /buffer a takes f32x4, and is given f32/],
  [
    'one lane among four',
    [store4(0, 4, { kind: 'apply', op: 'add', args: [four, real], width: 4 })],
    /argument 1 of add takes f32x4, and is given f32/,
  ],
  [
    'four whole numbers',
    [store4(0, 4, { kind: 'apply', op: 'addI32', args: [whole, whole], width: 4 })],
    /addI32 gives i32/,
  ],
  ['a splat of four lanes', [store4(0, 4, { kind: 'splat', value: four })], /splat takes f32, and/],
  ['a fifth lane', [store(at(0), { kind: 'lane', lane: 4 as 0, value: four })], /no lane 4/],
  ['a lane of one', [store(at(0), { kind: 'lane', lane: 0, value: real })], /lane takes f32x4/],
  [
    'a ninth lane of two vectors',
    [store4(0, 4, { kind: 'shuffle', lanes: [0, 1, 2, 8], left: four, right: four })],
    /lanes 0, 1, 2, 8/,
  ],
  ["a local of another's lane", [define('x.3')], /name of another's lane: x\.3/],
  [
    'an operation that is none',
    [store(at(0), { kind: 'apply', op: 'toString' as 'add', args: [] })],
    /toString is not a machine operation/,
  ],
])('refuses %s', (_, body, message) => {
  expect(() => verify(body)).toThrow(message);
});

it.each<[string, Partial<Program>, RegExp]>([
  ['two buffers of one name', { buffers: [buffers[0]!, { ...buffers[1]!, name: 'a' }] }, /two buffers/],
  ['a crooked offset', { buffers: [{ ...buffers[0]!, offset: 2 }] }, /not a multiple of 4/],
  ['a buffer past the end of memory', { memoryBytes: 48 }, /ends at 64/],
  ['an empty buffer', { buffers: [{ ...buffers[0]!, length: 0 }] }, /0 lanes/],
  ['a missing procedure', { procedures: [] }, /not each of the five once/],
  [
    'steps where there are none',
    { procedures: procedureNames.map((name) => ({ name, takesSteps: false, body: [loop('steps')] })) },
    /takes none/,
  ],
  [
    'slabs where there are no steps',
    { procedures: procedureNames.map((name) => ({ name, takesSteps: false, body: [loop(slabs(2))] })) },
    /takes none/,
  ],
])('refuses %s', (_, changes, message) => {
  expect(() => verify([], changes)).toThrow(message);
});
