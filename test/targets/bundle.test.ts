import { describe, expect, it } from 'vitest';
import { CompileError } from '../../compiler/diagnostics/compileError.ts';
import { decodeBase64Text, encodeBase64 } from '../../compiler/module/base64.ts';
import { bundleModule, bundleWasm } from '../../compiler/module/bundle.ts';
import type { CompiledCell, CompiledCode, Manifest, WasmVariant } from '../../compiler/module/manifest.ts';
import { type Program, procedureNames } from '../../compiler/program/program.ts';
import { allocate, instantiate } from '../../compiler/targets/instantiate.ts';
import { interpreter } from '../../compiler/targets/interpreter/run.ts';
import { js } from '../../compiler/targets/js/emit.ts';
import { wasm } from '../../compiler/targets/wasm/emit.ts';
import { withCustomSection } from '../../compiler/targets/wasm/encode.ts';
import { readWasm } from '../../runtime/load.ts';

const hostile = [
  '__proto__',
  'constructor',
  `it's "quoted" \\`,
  'a\u2028b\nc',
  '*/ globalThis.injected = 1; /*',
  '</script><!--',
  '`$',
  'naïve 🙂',
];

/** memory[0] = 42 */
const program: Program = {
  name: hostile.join(' '),
  profile: 'separate',
  memoryBytes: 16,
  buffers: [{ name: 'one', lanes: 'f32', offset: 0, length: 1 }],
  procedures: procedureNames.map((name) => ({
    name,
    takesSteps: false,
    body:
      name === 'start'
        ? [
            { kind: 'comment', text: hostile.join(' ') },
            {
              kind: 'store',
              address: { buffer: 'one', at: { constant: 0, terms: [] } },
              value: { kind: 'constant', lanes: 'f32', value: 42 },
            },
          ]
        : [],
  })),
};

const manifest: Manifest = {
  format: 1,
  cell: hostile.join(' '),
  sizes: Object.fromEntries(hostile.map((name, i) => [name, i])),
  numbers: Object.fromEntries([
    ['minus zero', -0],
    ['infinity', Number.NEGATIVE_INFINITY],
    ['nan', Number.NaN],
  ]),
  batch: 1,
  window: 3,
  training: false,
  profile: 'separate',
  memoryBytes: 16,
  buffers: [...program.buffers],
  inputs: [
    { name: 'x', shape: [2], axes: ['*/ D'], buffer: 'one' },
    { name: 'token', shape: [], buffer: 'one', classes: 3 },
  ],
  targets: [],
  states: [],
  parameters: hostile.map((name) => ({
    name,
    shape: [8, 2],
    axes: ['4*H', 'D'],
    frozen: false,
    buffer: 'one',
    initialiser: { kind: 'number', value: Number.POSITIVE_INFINITY },
  })),
  outputs: [],
  stepCounter: 'one',
  sequenceNumber: 'one',
  constants: [{ buffer: 'one', values: [-0, Number.NaN, Number.POSITIVE_INFINITY, 0.1, 5e-324] }],
};

const cellOf = (target: typeof js): CompiledCell => ({ manifest, code: target.emit(program) });

function expectRuns({ code }: CompiledCell): void {
  const memory = allocate(16);
  instantiate(code, memory).start();
  expect(new Float32Array(memory.buffer)[0]).toBe(42);
  expect('injected' in globalThis).toBe(false);
}

it.each([js, wasm])('writes a module of target $name that gives the cell back', async (target) => {
  const cell = cellOf(target);
  const { js: text } = bundleModule(cell);
  const module = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as {
    default: CompiledCell;
  };
  expect(module.default).toEqual({
    manifest,
    code: cell.code.kind === 'wasm' ? cell.code : { ...cell.code, create: expect.any(Function) },
  });
  expect(Object.keys(module.default.manifest.sizes)).toEqual(hostile);
  expectRuns(module.default);
  expect(bundleModule(cellOf(target)).js).toBe(text);
  expect(text).not.toMatch(/<\/script|<!--|[\u2028\u2029]/);
});

it('writes a .wasm file that gives the cell back', () => {
  const cell = cellOf(wasm);
  const read = readWasm(bundleWasm(cell));
  expect(read.manifest).toEqual(manifest);
  expectRuns(read);
});

describe('a cell of several variants', () => {
  const { variants } = cellOf(wasm).code as CompiledCode & { kind: 'wasm' };
  const bytes = variants[0]!.bytes;
  const given: WasmVariant[] = [
    { profile: 'separate', block: '4x2', bytes },
    { profile: 'fused', block: '6x2', bytes: withCustomSection(bytes, 'other', []) },
  ];
  const cell: CompiledCell = { manifest, code: { kind: 'wasm', variants: given } };

  it('keeps all in a module', async () => {
    const { js: text } = bundleModule(cell);
    const module = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as {
      default: CompiledCell;
    };
    expect(module.default).toEqual(cell);
  });

  it('keeps one in a .wasm file, and its names', () => {
    expect(readWasm(bundleWasm(cell)).code).toMatchObject({
      variants: [{ profile: 'separate', block: '4x2' }],
    });
    const second = readWasm(bundleWasm(cell, 1));
    expect(second.manifest).toEqual({ ...manifest, profile: 'fused' });
    expect(second.code).toMatchObject({ variants: [{ profile: 'fused', block: given[1]!.block }] });
    expectRuns(second);
  });
});

it.each([
  ['not WebAssembly', Uint8Array.of(1, 2, 3), /not a WebAssembly module/],
  ['without a manifest', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), /holds no manifest/],
  ['cut short', bundleWasm(cellOf(wasm)).slice(0, -1), /cut short/],
  ['cut in a length', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 0x80), /cut short/],
])('refuses a file %s', (_, bytes, message) => {
  expect(() => readWasm(bytes)).toThrow(message);
});

it.each([99, -1, 0.5, '0', Number.NaN])('refuses variant %s of a cell of one', (variant) => {
  const write = () => bundleWasm(cellOf(wasm), variant as number);
  expect(write).toThrow(CompileError);
  expect(write).toThrow(/RNN408 {2}The variant cannot be .*\n.*It is 0, since the cell has one\./s);
});

it('refuses a .wasm file of JavaScript', () => {
  const write = () => bundleWasm(cellOf(js));
  expect(write).toThrow(CompileError);
  expect(write).toThrow(/RNN408 {2}The target cannot be "js"\n.*It is "wasm" for a \.wasm file\./s);
});

it('does not ship the interpreter', () => {
  expect(() => bundleModule(cellOf(interpreter))).toThrow(/cannot be shipped/);
});

it('declares names and shapes', () => {
  const { dts } = bundleModule({
    ...cellOf(js),
    manifest: { ...manifest, cell: 'lstm */ x', parameters: manifest.parameters.slice(0, 3) },
  });
  expect(dts).toBe(`import type { CompiledCell } from 'rnnc';

/** Inputs of one step of one row; at most 3 steps and 1 rows at a time. */
export type Inputs = {
  /** [* / D] = [2] */
  readonly "x": Float32Array;
  /** [] */
  readonly "token": Int32Array;
};

/** Targets of the loss, of one step of one row. */
export type Targets = {
};

/** Outputs of one step of one row. */
export type Outputs = {
};

/** States of one row. */
export type States = {
};

/** Parameters, row-major. */
export type Parameters = {
  /** [4*H, D] = [8, 2] */
  readonly "__proto__": Float32Array;
  /** [4*H, D] = [8, 2] */
  readonly "constructor": Float32Array;
  /** [4*H, D] = [8, 2] */
  readonly "it's \\"quoted\\" \\\\": Float32Array;
};

/** The cell lstm * / x. */
declare const cell: CompiledCell<{
  readonly inputs: Inputs;
  readonly targets: Targets;
  readonly outputs: Outputs;
  readonly states: States;
  readonly parameters: Parameters;
}>;
export default cell;
`);
});

it('writes bytes as base64 and reads them back', () => {
  const decode = new Function(`${decodeBase64Text}\nreturn decodeBase64;`)() as (text: string) => Uint8Array;
  for (let length = 0; length < 9; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 89 + 200) % 256);
    const text = encodeBase64(bytes);
    expect(text).toBe(Buffer.from(bytes).toString('base64').replaceAll('=', ''));
    expect(decode(text)).toEqual(bytes);
  }
});
