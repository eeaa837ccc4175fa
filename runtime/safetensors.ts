import { checkLength } from './arrays.ts';
import { fail, runtimeErrors } from './errors.ts';
import { parseHeader } from './safetensorsHeader.ts';
import { sizeOf } from './shapes.ts';

/*
 * Arrays in a file, as safetensors (https://github.com/huggingface/safetensors, "Format"): eight bytes with the length of
 * a header, the header as JSON with type, shape and place of every array, then their bytes, row-major and little-endian,
 * as all hosts of WebAssembly keep them.
 */

/** Entries of an array in a file, row-major. */
export type TensorValues = Float64Array | Float32Array | Int32Array | Uint8Array;

/** An array in a file. */
export interface Tensor {
  /** Slowest axis first; [] for a scalar. */
  readonly shape: readonly number[];
  /** As many as the shape asks for. */
  readonly values: TensorValues;
}

/** What a safetensors file holds: arrays by name, and texts. */
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

interface NumberType {
  readonly bytes: number;
  /** @param own  a copy of the values alone, to keep */
  readonly read: (own: ArrayBuffer) => TensorValues;
}

/** What is written, largest entries first, so that every array stands aligned. */
const written = [
  { dtype: 'F64', array: Float64Array },
  { dtype: 'F32', array: Float32Array },
  { dtype: 'I32', array: Int32Array },
  { dtype: 'U8', array: Uint8Array },
] as const;

/** What is read: that, and the shorter floats, which f32 holds exactly. */
const numberTypes: ReadonlyMap<string, NumberType> = new Map<string, NumberType>([
  ...written.map(({ dtype, array }): [string, NumberType] => [
    dtype,
    { bytes: array.BYTES_PER_ELEMENT, read: (own) => new array(own) },
  ]),
  ['F16', { bytes: 2, read: (own) => Float32Array.from(new Uint16Array(own), fromHalf) }],
  ['BF16', { bytes: 2, read: fromBrain }],
]);

/** What no array can be named: the format keeps it for texts. */
export const metadataName = '__metadata__';

/**
 * Equal files give equal bytes. Names are any strings but `__metadata__`, which the format keeps for itself.
 *
 * @throws RuntimeError RNN501, RNN509
 */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array {
  const texts: string[] = [];
  const parts: TensorValues[] = [];
  if (metadata.size > 0) {
    const pairs = [...metadata].map(([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`);
    texts.push(`"${metadataName}":{${pairs.join(',')}}`);
  }
  for (const [name, tensor] of tensors) checkTensor(name, tensor);
  let end = 0;
  for (const { dtype, array } of written) {
    for (const [name, { shape, values }] of tensors) {
      if (!(values instanceof array)) continue;
      parts.push(values);
      const place = [end, end + values.byteLength];
      texts.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: place })}`);
      end += values.byteLength;
    }
  }
  const json = ascii(`{${texts.join(',')}}`);
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 0, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  for (let i = 0; i < json.length; i++) bytes[8 + i] = json.charCodeAt(i);
  let at = start;
  for (const values of parts) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

function checkTensor(name: string, { shape, values }: Tensor): void {
  const what = `tensor ${name}`;
  if (name === metadataName)
    refuse('the name of a tensor', name, 'another one, which the format leaves free');
  for (const extent of shape) {
    if (!(Number.isSafeInteger(extent) && extent >= 0))
      refuse(`an extent of ${what}`, extent, 'whole, from 0');
  }
  if (!written.some(({ array }) => values instanceof array)) {
    refuse(what, typeof values, `a ${written.map(({ array }) => array.name).join(', ')}`);
  }
  checkLength(what, values, [], { shape });
}

/** JSON whose other characters are escaped. */
function ascii(json: string): string {
  return json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Arrays are copies, in the order of their bytes. F16 and BF16 become f32, exactly. Whatever is not as the format says is
 * refused: bytes cut short or left over, a header that is no such JSON, arrays that overlap or leave gaps, a name twice.
 * Values may be anything, NaN too.
 *
 * @throws RuntimeError RNN509, RNN516 for such bytes, RNN517 for an array of another type
 */
export function decodeSafetensors(bytes: Uint8Array): TensorFile {
  if (!(bytes instanceof Uint8Array)) refuse('bytes', typeof bytes, 'a Uint8Array');
  const { start, entries, metadata } = parseHeader(bytes);
  const tensors = new Map<string, Tensor>();
  let end = 0;
  for (const { name, dtype, shape, from, to } of entries) {
    const type = numberTypes.get(dtype);
    if (type === undefined) {
      fail(runtimeErrors.unreadTensor, { name, dtype, known: [...numberTypes.keys()] });
    }
    if (from !== end) {
      damaged(`${show(name)} begins at byte ${from} of the data, where ${end} comes next`);
    }
    const expected = sizeOf(shape) * type.bytes;
    if (to - from !== expected) {
      damaged(`${show(name)} has ${to - from} bytes where its shape asks for ${expected}`);
    }
    if (to > bytes.length - start) {
      damaged(`${show(name)} ends at byte ${to} of the data, and there are ${bytes.length - start}`);
    }
    const own = new Uint8Array(to - from);
    own.set(bytes.subarray(start + from, start + to));
    tensors.set(name, { shape, values: type.read(own.buffer) });
    end = to;
  }
  if (end !== bytes.length - start) damaged(`${bytes.length - start - end} bytes belong to no array`);
  return { tensors, metadata };
}

const show = (name: string): string => JSON.stringify(name);
const damaged = (reason: string): never => fail(runtimeErrors.damagedTensors, { reason });
const refuse = (name: string, value: unknown, range: string): never =>
  fail(runtimeErrors.badSetting, { name, value, range });

/** IEEE 754 binary16. */
function fromHalf(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The upper halves of f32. */
function fromBrain(own: ArrayBuffer): Float32Array {
  return new Float32Array(Uint32Array.from(new Uint16Array(own), (bits) => bits * 2 ** 16).buffer);
}
