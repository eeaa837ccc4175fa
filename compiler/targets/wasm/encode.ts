import { ByteWriter } from './bytes.ts';
import {
  type Instruction,
  isLaneRead,
  isLaneStore,
  isMemory,
  isPlain,
  laneReads,
  laneStores,
  memoryInstructions,
  plainInstructions,
  type ValueType,
  type WasmFunction,
  type WasmLocal,
  type WasmModule,
} from './instruction.ts';

/*
 * Modules as bytes. Functions bear the names of the specification's productions:
 * https://webassembly.github.io/spec/core/binary/.
 */

const valtypes: Record<ValueType, number> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };
const localOpcodes = { 'local.get': 0x20, 'local.set': 0x21, 'local.tee': 0x22 } as const;
const emptyBlock = 0x40;
/** Of the four bytes that every address is a multiple of, as a power of two. */
const alignment = 2;

/** The module's bytes, with a name section. */
export function encodeModule(module: WasmModule): Uint8Array {
  const out = new ByteWriter();
  code(module, out);
  namesec(module, out);
  return out.finish();
}

/** Magic number, version, and all sections but the custom ones. */
export function encodeCode(module: WasmModule): Uint8Array {
  const out = new ByteWriter();
  code(module, out);
  return out.finish();
}

/** Adds a custom section at the end of a module. */
export function withCustomSection(bytes: Uint8Array, title: string, content: ArrayLike<number>): Uint8Array {
  const out = new ByteWriter();
  out.bytes(bytes);
  customsec(out, title, () => out.bytes(content));
  return out.finish();
}

export const encodeUtf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function code({ pages, functions, exports }: WasmModule, out: ByteWriter): void {
  out.bytes([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  const types = new Map<string, WasmFunction>();
  for (const fn of functions) if (!types.has(typeKey(fn))) types.set(typeKey(fn), fn);
  const typeidx = new Map([...types.keys()].map((key, index) => [key, index]));
  section(out, 1, () => vec(out, [...types.values()], functype));
  section(out, 2, () => {
    out.unsigned(1);
    out.name('rnnc');
    out.name('memory');
    out.bytes([0x02, 0x00]);
    out.unsigned(pages);
  });
  section(out, 3, () => vec(out, functions, (fn) => out.unsigned(typeidx.get(typeKey(fn))!)));
  section(out, 7, () =>
    vec(out, exports, (exported) => {
      out.name(exported.name);
      out.byte(0x00);
      out.unsigned(exported.function);
    }),
  );
  section(out, 10, () => vec(out, functions, func));
}

const typeKey = ({ parameters, result }: WasmFunction): string =>
  [...parameters.map(({ type }) => type), 'gives', result].join();

function vec<T>(out: ByteWriter, items: readonly T[], write: (item: T, out: ByteWriter) => void): void {
  out.unsigned(items.length);
  for (const item of items) write(item, out);
}

function section(out: ByteWriter, id: number, write: () => void): void {
  out.byte(id);
  out.sized(write);
}

function customsec(out: ByteWriter, title: string, write: () => void): void {
  section(out, 0, () => {
    out.name(title);
    write();
  });
}

/** Names of functions. */
function namesec({ functions }: WasmModule, out: ByteWriter): void {
  customsec(out, 'name', () =>
    section(out, 1, () => {
      out.unsigned(functions.length);
      functions.forEach((fn, index) => {
        out.unsigned(index);
        out.name(fn.name);
      });
    }),
  );
}

function functype({ parameters, result }: WasmFunction, out: ByteWriter): void {
  out.byte(0x60);
  vec(out, parameters, ({ type }) => out.byte(valtypes[type]));
  vec(out, result === undefined ? [] : [result], (type) => out.byte(valtypes[type]));
}

function func({ locals: list, body }: WasmFunction, out: ByteWriter): void {
  out.sized(() => {
    locals(list, out);
    for (const instruction of body) instr(instruction, out);
    out.byte(0x0b);
  });
}

/** Runs of locals of one type. */
function locals(list: readonly WasmLocal[], out: ByteWriter): void {
  const runs: { type: ValueType; count: number }[] = [];
  for (const { type } of list) {
    const last = runs.at(-1);
    if (last?.type === type) last.count += 1;
    else runs.push({ type, count: 1 });
  }
  vec(out, runs, ({ type, count }) => {
    out.unsigned(count);
    out.byte(valtypes[type]);
  });
}

function instr(instruction: Instruction, out: ByteWriter): void {
  switch (instruction.op) {
    case 'local.get':
    case 'local.set':
    case 'local.tee':
      out.byte(localOpcodes[instruction.op]);
      out.unsigned(instruction.local);
      break;
    case 'i32.const':
      out.byte(0x41);
      out.signed(instruction.value);
      break;
    case 'f32.const':
      out.byte(0x43);
      out.f32(instruction.value);
      break;
    case 'v128.const':
      out.bytes([0xfd, 0x0c]);
      for (let lane = 0; lane < 4; lane++)
        if (instruction.lanes === 'f32x4') out.f32(instruction.value);
        else out.word(instruction.value);
      break;
    case 'i8x16.shuffle':
      out.bytes([0xfd, 0x0d]);
      out.bytes(instruction.bytes);
      break;
    case 'call':
      out.byte(0x10);
      out.unsigned(instruction.function);
      break;
    case 'br_if':
      out.byte(0x0d);
      out.unsigned(instruction.depth);
      break;
    case 'if':
    case 'loop':
      out.byte(instruction.op === 'if' ? 0x04 : 0x03);
      out.byte(emptyBlock);
      break;
    case 'end':
      out.byte(0x0b);
      break;
    default:
      tabled(instruction, out);
  }
}

/** Instructions whose opcodes stand in a table. */
function tabled(instruction: Instruction, out: ByteWriter): void {
  if (isPlain(instruction)) out.bytes(plainInstructions[instruction.op].opcode);
  else if (isMemory(instruction)) {
    out.bytes(memoryInstructions[instruction.op].opcode);
    memarg(instruction.offset, out);
  } else if (isLaneStore(instruction)) {
    out.bytes(laneStores[instruction.op].opcode);
    memarg(instruction.offset, out);
    out.byte(instruction.lane);
  } else if (isLaneRead(instruction)) {
    out.bytes(laneReads[instruction.op].opcode);
    out.byte(instruction.lane);
  }
}

function memarg(offset: number, out: ByteWriter): void {
  out.byte(alignment);
  out.unsigned(offset);
}
