import { fail, runtimeErrors } from './errors.ts';

/** An array as the header tells of it. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: string;
  /** Whole numbers of at least 0 whose product is exact. */
  readonly shape: readonly number[];
  /** Bytes from the start of the data, whole and in this order. */
  readonly from: number;
  readonly to: number;
}

export interface TensorHeader {
  /** The byte at which the data begin. */
  readonly start: number;
  /** In the order of their bytes. */
  readonly entries: readonly TensorEntry[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** As the format has it, against files that take all memory. */
const longestHeader = 100_000_000;

/**
 * Reads what stands before the data of a safetensors file.
 *
 * @throws RuntimeError RNN516
 */
export function parseHeader(bytes: Uint8Array): TensorHeader {
  if (bytes.length < 8) damaged('they are fewer than 8');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > longestHeader) damaged(`a header of ${length} bytes is said to follow`);
  const start = 8 + Number(length);
  if (start > bytes.length) damaged(`the header has ${length} bytes, and ${bytes.length - 8} follow`);
  const text = utf8(bytes.subarray(8, start)) ?? damaged('the header is no UTF-8');
  if (!text.startsWith('{')) damaged('the header does not begin with a brace');
  const header = json(text);
  const twice = repeatedKey(text);
  if (twice !== undefined) damaged(`the header has ${JSON.stringify(twice)} twice`);
  const { metadata, tensors } = split(header);
  const entries = tensors.map(([name, entry]) => entryOf(name, entry));
  entries.sort((a, b) => a.from - b.from || a.to - b.to);
  return { start, entries, metadata };
}

type Fields = readonly (readonly [key: string, value: unknown])[];

function split(header: Fields): { metadata: ReadonlyMap<string, string>; tensors: Fields } {
  const metadata = new Map<string, string>();
  const own = header.find(([name]) => name === '__metadata__');
  for (const [key, text] of own === undefined
    ? []
    : (fieldsOf(own[1]) ?? damaged('its metadata are no text'))) {
    metadata.set(key, typeof text === 'string' ? text : damaged('its metadata are no text'));
  }
  return { metadata, tensors: header.filter((field) => field !== own) };
}

function entryOf(name: string, entry: unknown): TensorEntry {
  const refuse = (): never => damaged(`the header's entry ${JSON.stringify(name)} is not as the format says`);
  const fields = new Map(fieldsOf(entry) ?? refuse());
  const dtype = fields.get('dtype');
  const shape = numbers(fields.get('shape'));
  const place = numbers(fields.get('data_offsets'));
  if (typeof dtype !== 'string' || shape === undefined || place?.length !== 2) return refuse();
  let size = 1;
  for (const extent of shape) size *= extent;
  const [from, to] = place as [number, number];
  if (!Number.isSafeInteger(size) || to < from) refuse();
  return { name, dtype, shape, from, to };
}

/** Whole numbers of at least 0. */
function numbers(value: unknown): readonly number[] | undefined {
  const whole = (entry: unknown) => Number.isSafeInteger(entry) && (entry as number) >= 0;
  return Array.isArray(value) && value.every(whole) ? value : undefined;
}

/** Own fields of a record: `__proto__` is a name like any other, and `JSON.parse` keeps it so. */
function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : undefined;
}

function json(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(text))!;
  } catch {
    return damaged('the header is no JSON');
  }
}

/** A key that a record of this valid JSON has twice, which `JSON.parse` does not tell. */
function repeatedKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (mark === '{') open.push(new Set());
    else if (mark === '}') open.pop();
    else if (mark === '"') {
      const end = endOfString(text, at);
      if (isKey(text, end)) {
        const key: string = JSON.parse(text.slice(at, end));
        const keys = open.at(-1)!;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** Where the string that begins at `start` is over. Regular expressions overflow on long ones. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Whether a colon follows, maybe after blanks. */
function isKey(text: string, end: number): boolean {
  let at = end;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  return text[at] === ':';
}

/** Strict, and without TextDecoder, which audio worklets lack. */
function utf8(bytes: Uint8Array): string | undefined {
  let escaped = '';
  for (const byte of bytes) {
    escaped +=
      byte < 128 && byte !== 37 ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`;
  }
  try {
    return decodeURIComponent(escaped);
  } catch {
    return undefined;
  }
}

const damaged = (reason: string): never => fail(runtimeErrors.damagedTensors, { reason });
