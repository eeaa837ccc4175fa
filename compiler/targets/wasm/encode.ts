import {
  type Instruction,
  isMemory,
  isNumeric,
  memoryInstructions,
  numericInstructions,
  type ValueType,
  type WasmFunction,
  type WasmLocal,
  type WasmModule,
} from './instruction.ts';

/*
 * Modules as bytes. Functions bear the names of the specification's productions:
 * https://webassembly.github.io/spec/core/binary/.
 */

type Bytes = readonly number[];

const valtypes: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c };
const emptyBlock = 0x40;
const controlOpcodes = { loop: 0x03, if: 0x04, end: 0x0b, br_if: 0x0d, call: 0x10, select: 0x1b } as const;
const localOpcodes = { 'local.get': 0x20, 'local.set': 0x21, 'local.tee': 0x22 } as const;

/** The module's bytes, with a name section. */
export function encodeModule(module: WasmModule): Uint8Array {
  return Uint8Array.from([...encodeCode(module), ...namesec(module)]);
}

/** Magic number, version, and all sections but the custom ones. */
export function encodeCode(module: WasmModule): Bytes {
  const types = new Map<string, number>();
  const typeidx = module.functions.map((fn) => {
    const key = functype(fn).join();
    const index = types.get(key) ?? types.size;
    types.set(key, index);
    return index;
  });
  const typeList = [...types.keys()].map((key) => key.split(',').map(Number));
  return [
    ...[0x00, 0x61, 0x73, 0x6d],
    ...[0x01, 0x00, 0x00, 0x00],
    ...section(1, vec(typeList)),
    ...section(2, vec([[...name('rnnc'), ...name('memory'), 0x02, 0x00, ...uleb128(module.pages)]])),
    ...section(3, vec(typeidx.map(uleb128))),
    ...section(
      7,
      vec(module.exports.map((exported) => [...name(exported.name), 0x00, ...uleb128(exported.function)])),
    ),
    ...section(10, vec(module.functions.map(code))),
  ];
}

/** Adds a custom section at the end of a module. */
export const withCustomSection = (bytes: Uint8Array, title: string, content: Bytes): Uint8Array =>
  Uint8Array.from([...bytes, ...customsec(title, content)]);

export function uleb128(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest === 0 ? low : low + 128);
  } while (rest !== 0);
  return bytes;
}

export function sleb128(value: number | bigint): Bytes {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (;;) {
    const low = Number(rest & 127n);
    rest >>= 7n;
    const signIsClear = (low & 64) === 0;
    if ((rest === 0n && signIsClear) || (rest === -1n && !signIsClear)) return [...bytes, low];
    bytes.push(low | 128);
  }
}

/** Little-endian; every NaN is the canonical one. */
export function f32(value: number): Bytes {
  if (Number.isNaN(value)) return [0x00, 0x00, 0xc0, 0x7f];
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value, true);
  return [...new Uint8Array(view.buffer)];
}

const vec = (items: readonly Bytes[]): Bytes => [...uleb128(items.length), ...items.flat()];

function name(text: string): Bytes {
  const utf8 = encodeUtf8(text);
  return [...uleb128(utf8.length), ...utf8];
}

export const encodeUtf8 = (text: string): Bytes => [...new TextEncoder().encode(text)];

const section = (id: number, content: Bytes): Bytes => [id, ...uleb128(content.length), ...content];

const customsec = (title: string, content: Bytes): Bytes => section(0, [...name(title), ...content]);

/** Names of functions. */
function namesec({ functions }: WasmModule): Bytes {
  const namemap = vec(functions.map((fn, index) => [...uleb128(index), ...name(fn.name)]));
  return customsec('name', section(1, namemap));
}

const functype = ({ parameters, result }: WasmFunction): Bytes => [
  0x60,
  ...vec(parameters.map(({ type }) => [valtypes[type]])),
  ...vec(result === undefined ? [] : [[valtypes[result]]]),
];

function code(fn: WasmFunction): Bytes {
  const body = [...vec(locals(fn.locals)), ...fn.body.flatMap(instr), controlOpcodes.end];
  return [...uleb128(body.length), ...body];
}

/** Runs of locals of one type. */
function locals(list: readonly WasmLocal[]): readonly Bytes[] {
  const runs: { type: ValueType; count: number }[] = [];
  for (const { type } of list) {
    const last = runs.at(-1);
    if (last?.type === type) last.count += 1;
    else runs.push({ type, count: 1 });
  }
  return runs.map(({ type, count }) => [...uleb128(count), valtypes[type]]);
}

function instr(instruction: Instruction): Bytes {
  if (isNumeric(instruction)) return numericInstructions[instruction.op].opcode;
  if (isMemory(instruction)) {
    const align = 2;
    return [memoryInstructions[instruction.op].opcode, align, ...uleb128(instruction.offset)];
  }
  switch (instruction.op) {
    case 'i32.const':
      return [0x41, ...sleb128(instruction.value)];
    case 'i64.const':
      return [0x42, ...sleb128(instruction.value)];
    case 'f32.const':
      return [0x43, ...f32(instruction.value)];
    case 'local.get':
    case 'local.set':
    case 'local.tee':
      return [localOpcodes[instruction.op], ...uleb128(instruction.local)];
    case 'call':
      return [controlOpcodes.call, ...uleb128(instruction.function)];
    case 'br_if':
      return [controlOpcodes.br_if, ...uleb128(instruction.depth)];
    case 'if':
    case 'loop':
      return [controlOpcodes[instruction.op], emptyBlock];
    case 'end':
    case 'select':
      return [controlOpcodes[instruction.op]];
  }
}
