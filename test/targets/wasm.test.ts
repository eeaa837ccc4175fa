import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import wabtInit from 'wabt';
import type { Program, RoundingProfile } from '../../compiler/program/program.ts';
import { webAssembly } from '../../compiler/support/webassembly.ts';
import { ByteWriter } from '../../compiler/targets/wasm/bytes.ts';
import { checkModule } from '../../compiler/targets/wasm/check.ts';
import { emitWasm, wasm } from '../../compiler/targets/wasm/emit.ts';
import { encodeCode, encodeModule } from '../../compiler/targets/wasm/encode.ts';
import type { Instruction, WasmModule } from '../../compiler/targets/wasm/instruction.ts';
import { printModule } from '../../compiler/targets/wasm/text.ts';
import { randomProgram } from '../conformance/randomProgram.ts';
import { canRun } from '../support/canRun.ts';

const wabt = await wabtInit();
const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');

function written(write: (out: ByteWriter) => void): string {
  const out = new ByteWriter();
  write(out);
  return hex(out.finish());
}

describe('numbers as bytes', () => {
  // The first of each are the examples of the LEB128 definition in the DWARF standard.
  it.each([
    [2, '02'],
    [127, '7f'],
    [128, '80 01'],
    [129, '81 01'],
    [12857, 'b9 64'],
    [0, '00'],
    [624485, 'e5 8e 26'],
    [2 ** 32 - 1, 'ff ff ff ff 0f'],
  ])('unsigned %d', (value, bytes) => {
    expect(written((out) => out.unsigned(value))).toBe(bytes);
  });

  it.each([
    [2, '02'],
    [-2, '7e'],
    [127, 'ff 00'],
    [-127, '81 7f'],
    [128, '80 01'],
    [-128, '80 7f'],
    [129, '81 01'],
    [-129, 'ff 7e'],
    [0, '00'],
    [-1, '7f'],
    [63, '3f'],
    [64, 'c0 00'],
    [-64, '40'],
    [-65, 'bf 7f'],
    [-123456, 'c0 bb 78'],
    [-(2 ** 31), '80 80 80 80 78'],
  ])('signed %d', (value, bytes) => {
    expect(written((out) => out.signed(value))).toBe(bytes);
  });

  it.each([
    [1, '00 00 80 3f'],
    [-0, '00 00 00 80'],
    [2 ** -149, '01 00 00 00'],
    [Number.NEGATIVE_INFINITY, '00 00 80 ff'],
    [Number.NaN, '00 00 c0 7f'],
  ])('f32 %d', (value, bytes) => {
    expect(written((out) => out.f32(value))).toBe(bytes);
  });
});

describe.each(['separate', 'fused'] as const)('any program, rounding %s', (profile: RoundingProfile) => {
  const each = (holds: (program: Program) => void) =>
    fc.assert(fc.property(randomProgram(profile), holds), { numRuns: 25, seed: 5, endOnFailure: true });

  it.skipIf(!canRun(wasm, profile))('is accepted by the host and by the reference toolkit', () => {
    each((program) => {
      const bytes = encodeModule(emitWasm(program));
      expect(webAssembly?.validate(bytes)).toBe(true);
      const module = wabt.readWasm(bytes, { readDebugNames: true, check: true, relaxed_simd: true });
      module.validate();
      module.destroy();
    });
  });

  it('is printed as text that the reference toolkit assembles to the same bytes', () => {
    each((program) => {
      const module = emitWasm(program);
      const assembled = wabt.parseWat('random.wat', printModule(module), { relaxed_simd: true });
      const { buffer } = assembled.toBinary({ write_debug_names: false });
      assembled.destroy();
      expect(hex(buffer)).toBe(hex(encodeCode(module)));
    });
  });
});

it('names functions in the words of the comments', () => {
  const store = {
    kind: 'store',
    address: { buffer: 'c', at: { constant: 0, terms: [] } },
    value: { kind: 'constant', lanes: 'f32', value: 1 },
  } as const;
  const empty = { takesSteps: false, body: [] };
  const code = wasm.emit({
    name: 'lstm',
    profile: 'separate',
    memoryBytes: 16,
    buffers: [{ name: 'c', lanes: 'f32', offset: 0, length: 1 }],
    procedures: [
      {
        name: 'prepare',
        takesSteps: false,
        body: [{ kind: 'comment', text: 'lstm.rnn:12  c = f*c_prev + i*g' }, store],
      },
      { name: 'start', ...empty },
      { name: 'forward', ...empty },
      { name: 'backward', ...empty },
      { name: 'finish', ...empty },
    ],
  });
  const bytes = code.kind === 'wasm' ? code.variants[0]!.bytes : new Uint8Array();
  const module = wabt.readWasm(bytes, { readDebugNames: true });
  expect(module.toText({})).toContain('lstm.rnn:12');
  module.destroy();
});

describe('the type check', () => {
  const check = (body: readonly Instruction[]) => {
    const fn = { name: 'kernel', parameters: [], locals: [{ name: 'v0', type: 'f32' }], body } as const;
    const module: WasmModule = { pages: 1, functions: [fn], exports: [] };
    checkModule(module);
  };
  const one: Instruction = { op: 'f32.const', value: 1 };
  const zero: Instruction = { op: 'i32.const', value: 0 };
  const four: Instruction = { op: 'v128.const', lanes: 'f32x4', value: 1 };

  it('accepts what fits', () => {
    check([one, { op: 'local.set', local: 0 }]);
    check([{ op: 'loop' }, zero, { op: 'br_if', depth: 0 }, { op: 'end' }]);
  });

  it.each<[string, readonly Instruction[], RegExp]>([
    ['a value left over', [one], /leaves f32/],
    ['an empty stack', [one, { op: 'f32.add' }], /finds nothing/],
    ['another type', [one, zero, { op: 'f32.add' }], /takes f32, and finds i32/],
    ['unlike values to select from', [one, zero, zero, { op: 'select' }], /takes i32, and finds f32/],
    [
      'a value from outside its block',
      [one, { op: 'loop' }, { op: 'local.set', local: 0 }, { op: 'end' }],
      /nothing/,
    ],
    ['an open block', [{ op: 'loop' }], /stays open/],
    ['a jump out of the function', [zero, { op: 'br_if', depth: 0 }], /leaves the function/],
    ['a local that does not exist', [{ op: 'local.get', local: 1 }], /does not exist/],
    ['a lane that does not exist', [four, { op: 'f32x4.extract_lane', lane: 4 }], /has the lane 4/],
    ['a lane of one', [one, { op: 'f32x4.extract_lane', lane: 0 }], /takes v128, and finds f32/],
    [
      'a byte of a third vector',
      [four, four, { op: 'i8x16.shuffle', bytes: Array<number>(16).fill(32) }],
      /has the lane 32/,
    ],
    [
      'a third pair of lanes',
      [zero, four, { op: 'v128.store64_lane', offset: 0, lane: 2 }],
      /has the lane 2/,
    ],
    ['a negative offset', [zero, { op: 'f32.load', offset: -4 }], /offset -4/],
  ])('refuses %s', (_, body, message) => {
    expect(() => check(body)).toThrow(message);
  });
});
