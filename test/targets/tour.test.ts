import { expect, it } from 'vitest';
import { printProgram } from '../../compiler/program/print.ts';
import type { Affine, Procedure, Program } from '../../compiler/program/program.ts';
import { verifyProgram } from '../../compiler/program/verify.ts';
import { targets } from '../../compiler/targets/index.ts';
import { allocate, instantiate } from '../../compiler/targets/instantiate.ts';
import { emitJs } from '../../compiler/targets/js/emit.ts';
import { emitWasm } from '../../compiler/targets/wasm/emit.ts';
import { printModule } from '../../compiler/targets/wasm/text.ts';

const at = (constant: number, ...terms: { index: string; stride: number }[]): Affine => ({ constant, terms });
const t = { index: 't', stride: 1 };
const empty = (name: Procedure['name'], takesSteps = false): Procedure => ({ name, takesSteps, body: [] });

/** y[t] = a*y[t-1] + x[t], with y[-1] in the first slot of `state.y`. */
const filter: Program = {
  name: 'filter',
  profile: 'separate',
  memoryBytes: 96,
  buffers: [
    { name: 'parameter.a', lanes: 'f32', offset: 0, length: 1 },
    { name: 'input.x', lanes: 'f32', offset: 16, length: 8 },
    { name: 'state.y', lanes: 'f32', offset: 48, length: 9 },
  ],
  procedures: [
    empty('prepare'),
    empty('start'),
    {
      name: 'forward',
      takesSteps: true,
      body: [
        { kind: 'comment', text: 'filter.rnn:3  y = a*y_prev + x' },
        {
          kind: 'for',
          index: 't',
          extent: 'steps',
          direction: 'up',
          body: [
            {
              kind: 'store',
              address: { buffer: 'state.y', at: at(1, t) },
              value: {
                kind: 'apply',
                op: 'mulAdd',
                args: [
                  { kind: 'load', address: { buffer: 'parameter.a', at: at(0) } },
                  { kind: 'load', address: { buffer: 'state.y', at: at(0, t) } },
                  { kind: 'load', address: { buffer: 'input.x', at: at(0, t) } },
                ],
              },
            },
          ],
        },
      ],
    },
    empty('backward', true),
    empty('finish'),
  ],
};

it('is a program that keeps its promises', () => {
  verifyProgram(filter, 8);
  expect(() => verifyProgram(filter, 9)).toThrow(/lanes 1 to 9 of buffer state.y are used, which has 9/);
});

it('prints as loops', () => {
  expect(printProgram(filter)).toBe(`program filter, 96 bytes, separate rounding

f32 parameter.a[1] at 0
f32 input.x[8] at 16
f32 state.y[9] at 48

prepare():

start():

forward(steps):
  ; filter.rnn:3  y = a*y_prev + x
  for t up steps:
    state.y[t + 1] = mulAdd(parameter.a[0], state.y[t], input.x[t])

backward(steps):

finish():
`);
});

it.each(targets)('runs on the target $name', (target) => {
  const memory = allocate(filter.memoryBytes);
  const procedures = instantiate(target.emit(filter), memory);
  const lanes = new Float32Array(memory.buffer);
  lanes[0] = 0.5;
  lanes.set([1, 0, 0, 4, 7, 7, 7, 7], 4);
  lanes[12] = 8;
  procedures.prepare();
  procedures.start();
  procedures.forward(4);
  expect([...lanes.slice(12, 18)]).toEqual([8, 5, 2.5, 1.25, 4.625, 0]);
  procedures.forward(0);
  expect([...lanes.slice(12, 18)]).toEqual([8, 5, 2.5, 1.25, 4.625, 0]);
});

it('is a few lines of JavaScript', () => {
  expect(emitJs(filter)).toBe(`function create(memory) { // filter
  'use strict';
  const fround = Math.fround;
  const f32 = new Float32Array(memory), i32 = new Int32Array(memory);
  // filter.rnn:3  y = a*y_prev + x
  function kernel0(steps) {
    for (let i0 = 0; i0 < steps; i0++) {
      f32[13 + i0] = fround(fround(f32[0] * f32[12 + i0]) + f32[4 + i0]);
    }
  }
  function prepare() {
  }
  function start() {
  }
  function forward(steps) {
    steps = steps | 0;
    kernel0(steps);
  }
  function backward(steps) {
    steps = steps | 0;
  }
  function finish() {
  }
  return { prepare, start, forward, backward, finish };
}`);
});

it('is a few instructions of WebAssembly', () => {
  expect(printModule(emitWasm(filter))).toContain(`;; 2: filter.rnn:3  y = a*y_prev + x
  (func (param $steps i32)
    (local $i1 i32)
    (local $p2 i32)
    local.get $steps
    i32.const 0
    i32.gt_s
    if
      i32.const 0
      local.set $i1
      i32.const 0
      local.set $p2
      loop
        local.get $p2
        i32.const 0
        f32.load offset=0
        local.get $p2
        f32.load offset=48
        f32.mul
        local.get $p2
        f32.load offset=16
        f32.add
        f32.store offset=52
        local.get $p2
        i32.const 4
        i32.add
        local.set $p2
        local.get $i1
        i32.const 1
        i32.add
        local.tee $i1
        local.get $steps
        i32.lt_s
        br_if 0
      end
    end
  )
`);
});
