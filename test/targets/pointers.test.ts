import { expect, it } from 'vitest';
import {
  type Affine,
  type For,
  type Program,
  type ProgramExpression,
  type ProgramStatement,
  procedureNames,
} from '../../compiler/program/program.ts';
import { verifyProgram } from '../../compiler/program/verify.ts';
import { emitWasm } from '../../compiler/targets/wasm/emit.ts';
import { printModule } from '../../compiler/targets/wasm/text.ts';

const at = (constant: number, strides: Readonly<Record<string, number>>): Affine => ({
  constant,
  terms: Object.entries(strides).map(([index, stride]) => ({ index, stride })),
});
const load = (buffer: string, place: Affine, width?: 4): ProgramExpression => ({
  kind: 'load',
  address: { buffer, at: place },
  ...(width === undefined ? {} : { width }),
});
const local = (name: string): ProgramExpression => ({ kind: 'local', name });
const define = (name: string, value: ProgramExpression): ProgramStatement => ({
  kind: 'let',
  name,
  lanes: 'f32x4',
  value,
});
const loop = (
  index: string,
  extent: number,
  body: readonly ProgramStatement[],
  direction: For['direction'] = 'up',
): For => ({ kind: 'for', index, extent, direction, body });

/** The text of `prepare` with this body, from its first instruction on. */
function prepare(...body: readonly ProgramStatement[]): string {
  const program: Program = {
    name: 'pointers',
    profile: 'fused',
    memoryBytes: 512,
    buffers: [
      { name: 'left', lanes: 'f32', offset: 0, length: 24 },
      { name: 'right', lanes: 'f32', offset: 96, length: 32 },
      { name: 'out', lanes: 'f32', offset: 224, length: 12 },
    ],
    procedures: procedureNames.map((name) => ({
      name,
      takesSteps: false,
      body: name === 'prepare' ? body : [],
    })),
  };
  verifyProgram(program, 1);
  const text = printModule(emitWasm(program)).split('  ;; 1:')[0]!;
  return text.slice(text.search(/^ {4}(?!\(local)/m));
}

it('the inner loop of a product is loads, multiply-adds and a step of each pointer', () => {
  const product = loop('m', 3, [
    define('c', { kind: 'constant', lanes: 'f32x4', value: 0 }),
    loop('k', 8, [
      define('b', load('right', at(0, { k: 4 }), 4)),
      define('a', { kind: 'splat', value: load('left', at(0, { m: 8, k: 1 })) }),
      {
        kind: 'set',
        name: 'c',
        value: { kind: 'apply', op: 'mulAdd', args: [local('a'), local('b'), local('c')], width: 4 },
      },
    ]),
    { kind: 'store', address: { buffer: 'out', at: at(0, { m: 4 }) }, value: local('c'), count: 4 },
  ]);
  expect(prepare(product)).toBe(`    i32.const 0
    local.set $p0
    i32.const 0
    local.set $p1
    loop
      v128.const f32x4 0 0 0 0
      local.set $v2
      i32.const 0
      local.set $p3
      local.get $p0
      local.set $p4
      loop
        local.get $p3
        v128.load offset=96 align=4
        local.set $v5
        local.get $p4
        v128.load32_splat offset=0
        local.set $v6
        local.get $v6
        local.get $v5
        local.get $v2
        f32x4.relaxed_madd
        local.set $v2
        local.get $p4
        i32.const 4
        i32.add
        local.set $p4
        local.get $p3
        i32.const 16
        i32.add
        local.tee $p3
        i32.const 128
        i32.ne
        br_if 0
      end
      local.get $p1
      local.get $v2
      v128.store offset=224 align=4
      local.get $p1
      i32.const 16
      i32.add
      local.set $p1
      local.get $p0
      i32.const 32
      i32.add
      local.tee $p0
      i32.const 96
      i32.ne
      br_if 0
    end
  )
`);
});

it('a pointer that can be negative without its constant holds it', () => {
  const reversed = loop(
    'k',
    4,
    [
      {
        kind: 'store',
        address: { buffer: 'out', at: at(3, { k: -1 }) },
        value: load('left', at(8, { k: 2 })),
      },
    ],
    'down',
  );
  expect(prepare(reversed)).toBe(`    i32.const 224
    local.set $p0
    i32.const 24
    local.set $p1
    loop
      local.get $p0
      local.get $p1
      f32.load offset=32
      f32.store offset=0
      local.get $p1
      i32.const -8
      i32.add
      local.set $p1
      local.get $p0
      i32.const 4
      i32.add
      local.tee $p0
      i32.const 240
      i32.ne
      br_if 0
    end
  )
`);
});
