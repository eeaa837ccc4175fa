import { describe, expect, it } from 'vitest';
import { printProgram } from '../../compiler/program/print.ts';
import {
  type Affine,
  type Extent,
  type Program,
  type ProgramExpression,
  type ProgramStatement,
  procedureNames,
  type Store,
} from '../../compiler/program/program.ts';
import { scalarise } from '../../compiler/program/scalarise.ts';
import { verifyProgram } from '../../compiler/program/verify.ts';
import { targets } from '../../compiler/targets/index.ts';
import { allocate, instantiate } from '../../compiler/targets/instantiate.ts';

const window = 7;
const program = (...body: readonly ProgramStatement[]): Program => ({
  name: 'lanes',
  profile: 'separate',
  memoryBytes: 96,
  buffers: [
    { name: 'a', lanes: 'f32', offset: 0, length: 8 },
    { name: 'b', lanes: 'f32', offset: 36, length: 10 },
    { name: 'n', lanes: 'i32', offset: 80, length: 1 },
  ],
  procedures: procedureNames.map((name) => ({
    name,
    takesSteps: name === 'forward',
    body: name === 'forward' ? body : [],
  })),
});

const at = (constant: number, stride = 0, index = 't'): Affine => ({
  constant,
  terms: stride === 0 ? [] : [{ index, stride }],
});
const load4 = (constant: number, buffer = 'a'): ProgramExpression => ({
  kind: 'load',
  address: { buffer, at: at(constant) },
  width: 4,
});
const store4 = (value: ProgramExpression, constant = 0, count: Store['count'] = 4): ProgramStatement => ({
  kind: 'store',
  address: { buffer: 'b', at: at(constant) },
  value,
  count,
});
const x: ProgramExpression = { kind: 'local', name: 'x' };
const define = (value: ProgramExpression): ProgramStatement => ({
  kind: 'let',
  name: 'x',
  lanes: 'f32x4',
  value,
});
const shuffle = (
  lanes: readonly [number, number, number, number],
  left: ProgramExpression,
  right = left,
): ProgramExpression => ({ kind: 'shuffle', lanes, left, right });
const number = (value: number): ProgramExpression => ({ kind: 'constant', lanes: 'f32', value });
const lane = (of: 0 | 1 | 2 | 3, value: ProgramExpression): ProgramExpression => ({
  kind: 'lane',
  lane: of,
  value,
});
const add4 = (...args: readonly ProgramExpression[]): ProgramExpression => ({
  kind: 'apply',
  op: 'add',
  args,
  width: 4,
});

/** `b` of the programs after a run where `a` is 1, 2, …, 8, and `b` -1 before. */
const cases: readonly [string, readonly ProgramStatement[], readonly number[]][] = [
  ['four lanes', [store4(load4(2), 1)], [-1, 3, 4, 5, 6, -1, -1, -1, -1, -1]],
  ['one lane of four', [store4(load4(2), 1, 1)], [-1, 3, -1, -1, -1, -1, -1, -1, -1, -1]],
  ['two lanes of four', [store4(load4(2), 1, 2)], [-1, 3, 4, -1, -1, -1, -1, -1, -1, -1]],
  ['three lanes of four', [store4(load4(2), 7, 3)], [-1, -1, -1, -1, -1, -1, -1, 3, 4, 5]],
  [
    'what a load over the end has in its buffer',
    [store4(load4(6), 0, 2)],
    [7, 8, -1, -1, -1, -1, -1, -1, -1, -1],
  ],
  [
    'lanes of two vectors',
    [store4(shuffle([5, 0, 7, 3], load4(0), load4(4)))],
    [6, 1, 8, 4, -1, -1, -1, -1, -1, -1],
  ],
  [
    'a local made of its own other lanes',
    [
      define(load4(0)),
      { kind: 'set', name: 'x', value: shuffle([3, 2, 1, 0], x) },
      define(shuffle([1, 1, 0, 3], x)),
      store4(x),
    ],
    [3, 3, 4, 1, -1, -1, -1, -1, -1, -1],
  ],
  [
    'a local made of one of its lanes',
    [
      define(load4(0)),
      { kind: 'set', name: 'x', value: add4(x, { kind: 'splat', value: lane(0, x) }) },
      store4(x),
    ],
    [2, 3, 4, 5, -1, -1, -1, -1, -1, -1],
  ],
  [
    'what stood there before a store moved it',
    [store4(load4(0)), store4(load4(4), 4), store4(load4(0, 'b'), 1)],
    [1, 1, 2, 3, 4, 6, 7, 8, -1, -1],
  ],
  [
    'a sum of lanes',
    [
      {
        kind: 'store',
        address: { buffer: 'b', at: at(9) },
        value: { kind: 'apply', op: 'sub', args: [lane(3, load4(3)), lane(1, load4(0))] },
      },
    ],
    [-1, -1, -1, -1, -1, -1, -1, -1, -1, 5],
  ],
  [
    'a truth as a number',
    [store4({ kind: 'apply', op: 'less', args: [load4(0), { kind: 'splat', value: number(3) }], width: 4 })],
    [1, 1, 0, 0, -1, -1, -1, -1, -1, -1],
  ],
];

function run(target: (typeof targets)[number], given: Program, steps: number): number[] {
  verifyProgram(given, window);
  const memory = allocate(given.memoryBytes);
  const lanes = new Float32Array(memory.buffer);
  lanes.set([1, 2, 3, 4, 5, 6, 7, 8, 99, ...Array<number>(10).fill(-1)]);
  instantiate(target.emit(given), memory).forward(steps);
  expect([...lanes.subarray(0, 9)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 99]);
  expect([...lanes.subarray(19)]).toEqual([...lanes.subarray(19)].fill(0));
  return [...lanes.subarray(9, 19)];
}

describe.each(targets)('$name stores', (target) => {
  it.each(cases)('%s', (_, body, b) => {
    expect(run(target, program(...body), 1)).toEqual(b);
  });
});

/** b[1 + i] = 10*b[1 + i] + (the number of the iteration, from 1) */
const count = (extent: Extent, direction: 'up' | 'down'): Program =>
  program(
    { kind: 'let', name: 'n', lanes: 'f32', value: number(0) },
    {
      kind: 'for',
      index: 't',
      extent,
      direction,
      body: [
        {
          kind: 'set',
          name: 'n',
          value: { kind: 'apply', op: 'add', args: [{ kind: 'local', name: 'n' }, number(1)] },
        },
        { kind: 'store', address: { buffer: 'b', at: at(1, 1) }, value: { kind: 'local', name: 'n' } },
      ],
    },
  );

describe.each(targets)('$name runs over', (target) => {
  const visited = (extent: Extent, direction: 'up' | 'down', steps: number) => {
    const [first, ...rest] = run(target, count(extent, direction), steps);
    expect(first).toBe(-1);
    return rest.map((value) => (value < 0 ? '.' : value)).join('');
  };

  it.each([
    [7, '12.......', '21.......', '......1..', '......1..'],
    [5, '1........', '1........', '...12....', '...21....'],
    [3, '1........', '1........', '.........', '.........'],
    [2, '.........', '.........', '12.......', '21.......'],
    [0, '.........', '.........', '.........', '.........'],
  ])('slabs of three of %d steps and the rest', (steps, slabsUp, slabsDown, restUp, restDown) => {
    expect(visited({ of: 'slabs', size: 3 }, 'up', steps)).toBe(slabsUp);
    expect(visited({ of: 'slabs', size: 3 }, 'down', steps)).toBe(slabsDown);
    expect(visited({ of: 'rest', size: 3 }, 'up', steps)).toBe(restUp);
    expect(visited({ of: 'rest', size: 3 }, 'down', steps)).toBe(restDown);
  });

  it('nothing where the window holds no slab', () => {
    expect(visited({ of: 'slabs', size: 8 }, 'up', 7)).toBe('.........');
  });
});

it('four lanes print as :4', () => {
  const text = printProgram(
    program(define({ kind: 'constant', lanes: 'f32x4', value: 0.5 }), {
      kind: 'for',
      index: 's',
      extent: { of: 'slabs', size: 3 },
      direction: 'up',
      body: [store4(add4(x, { kind: 'splat', value: lane(2, shuffle([0, 4, 1, 5], load4(0), x)) }), 0, 3)],
    }),
  );
  expect(text).toContain(`  let x: f32x4 = 0.5:4
  for s up slabs of 3:
    b[0]:3 = add:4(x, splat(lane 2(shuffle 0 4 1 5(a[0]:4, x))))
`);
});

it('four lanes become scalars in their order', () => {
  const given = program(define(load4(0)), store4(add4(x, load4(4)), 0, 2));
  const apart = given.buffers.map((buffer) => (buffer.name === 'b' ? { ...buffer, offset: 48 } : buffer));
  const text = printProgram(scalarise({ ...given, buffers: apart }));
  expect(text).toContain(`forward(steps):
  let x.0: f32 = a[0]
  let x.1: f32 = a[1]
  let x.2: f32 = a[2]
  let x.3: f32 = a[3]
  b[0] = add(x.0, a[4])
  b[1] = add(x.1, a[5])
`);
});
