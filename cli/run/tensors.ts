import { exitCodes, Failure } from '../failure.ts';

/*
 * Arrays in a file, as safetensors (https://github.com/huggingface/safetensors): eight bytes with the length of a header,
 * the header as JSON with type, shape and place of every array, then their bytes.
 */

export type TensorArray = Float32Array | Float64Array | Int32Array | Uint8Array;

export interface Tensor {
  /** Slowest axis first. */
  readonly shape: readonly number[];
  readonly values: TensorArray;
}

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

const kinds = [
  { dtype: 'F64', array: Float64Array },
  { dtype: 'F32', array: Float32Array },
  { dtype: 'I32', array: Int32Array },
  { dtype: 'U8', array: Uint8Array },
] as const;

/** Largest entries first, so that every array stands aligned. */
export function encodeTensors({ tensors, metadata }: TensorFile): Uint8Array {
  const parts: TensorArray[] = [];
  const entries: (readonly [string, unknown])[] = [['__metadata__', Object.fromEntries(metadata)]];
  let end = 0;
  for (const { dtype, array } of kinds) {
    for (const [name, { shape, values }] of tensors) {
      if (!(values instanceof array)) continue;
      parts.push(values);
      entries.push([name, { dtype, shape, data_offsets: [end, end + values.byteLength] }]);
      end += values.byteLength;
    }
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const header = Math.ceil(json.length / 8) * 8;
  const bytes = Buffer.alloc(8 + header + end, ' ');
  bytes.writeBigUInt64LE(BigInt(header), 0);
  bytes.set(json, 8);
  let at = 8 + header;
  for (const values of parts) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

/**
 * @param file  name, for the message
 * @throws Failure (failed) where the bytes are no such file
 */
export function decodeTensors(bytes: Uint8Array, file: string): TensorFile {
  const refuse = (): never => {
    throw new Failure(exitCodes.failed, `${file} is damaged, or no safetensors file.`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) refuse();
  const length = Number(view.getBigUint64(0, true));
  if (length > bytes.length - 8) refuse();
  const start = 8 + length;
  const header = parseHeader(Buffer.from(bytes.subarray(8, start)).toString('utf8')) ?? refuse();
  const tensors = new Map<string, Tensor>();
  let metadata = new Map<string, string>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = new Map(Object.entries(entry as Record<string, string>));
      continue;
    }
    const {
      dtype,
      shape,
      data_offsets: place,
    } = entry as {
      dtype?: unknown;
      shape?: readonly number[];
      data_offsets?: readonly [number, number];
    };
    const kind = kinds.find((candidate) => candidate.dtype === dtype) ?? refuse();
    const [from, to] = place ?? refuse();
    const count = (shape ?? refuse()).reduce((product, extent) => product * extent, 1);
    if (!(from >= 0 && to <= bytes.length - start && to - from === count * kind.array.BYTES_PER_ELEMENT))
      refuse();
    const own = bytes.slice(start + from, start + to);
    tensors.set(name, { shape: shape!, values: new kind.array(own.buffer, own.byteOffset, count) });
  }
  return { tensors, metadata };
}

function parseHeader(text: string): Record<string, unknown> | undefined {
  try {
    const header: unknown = JSON.parse(text);
    return typeof header === 'object' && header !== null ? (header as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
