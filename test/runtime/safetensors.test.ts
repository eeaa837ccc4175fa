import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RuntimeError } from '../../runtime/errors.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../runtime/safetensors.ts';

interface Reference {
  readonly file: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly number[];
    readonly values: readonly (number | string)[];
  }[];
}
const reference: Reference = JSON.parse(
  readFileSync(new URL('../reference/safetensors.json', import.meta.url), 'utf8'),
);

/** A file of this header, its length told truly, and data. */
function fileOf(header: string | Uint8Array, data: ArrayLike<number> = []): Uint8Array {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

/** Whether bytes are read; anything but a RuntimeError goes on. */
function reads(bytes: Uint8Array): boolean {
  try {
    decodeSafetensors(bytes);
    return true;
  } catch (error) {
    if (error instanceof RuntimeError && /^RNN51[67]$/.test(error.code)) return false;
    throw error;
  }
}

const names = fc.oneof(
  fc.constantFrom(
    'W',
    'inner.W',
    '__proto__',
    'constructor',
    'toString',
    '',
    '0',
    '17',
    '"\\',
    'größe',
    '\ud800',
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const tensor: fc.Arbitrary<Tensor> = fc
  .tuple(
    fc.array(fc.nat(3), { maxLength: 3 }),
    fc.constantFrom(Float64Array, Float32Array, Int32Array, Uint8Array),
    fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
  )
  .map(([shape, array, bytes]) => {
    const count = shape.reduce((product, extent) => product * extent, 1);
    const raw = new Uint8Array(count * array.BYTES_PER_ELEMENT).map(() => bytes.next().value);
    return { shape, values: new array(raw.buffer) };
  });
const files = fc.record({
  tensors: fc.array(fc.tuple(names, tensor), { maxLength: 4 }).map((pairs) => new Map(pairs)),
  metadata: fc
    .array(fc.tuple(names, fc.string({ unit: 'binary' })), { maxLength: 3 })
    .map((pairs) => new Map(pairs)),
});
const bytesIn = ({ values }: Tensor) => [
  ...new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
];

describe('a file of the published description', () => {
  const bytes = new Uint8Array(Buffer.from(reference.file, 'base64'));

  it('is read', () => {
    const { tensors, metadata } = decodeSafetensors(bytes);
    expect([...tensors.keys()]).toEqual(reference.tensors.map(({ name }) => name));
    expect(metadata).toEqual(new Map(Object.entries(reference.metadata)));
    expect(metadata.get('__proto__')).toBe('größer');
    for (const { name, shape, values } of reference.tensors) {
      const read = tensors.get(name)!;
      expect(read.shape).toEqual(shape);
      const expected = values.map((value) =>
        typeof value === 'number' ? value : Number(value.replace('inf', 'Infinity')),
      );
      expect([...read.values]).toEqual(expected);
    }
    expect(tensors.get('double')!.values).toBeInstanceOf(Float64Array);
    expect(tensors.get('half')!.values).toBeInstanceOf(Float32Array);
    expect(tensors.get('__proto__')!.values).toBeInstanceOf(Int32Array);
  });

  it('is read out of the middle of a larger buffer, as Node hands files out', () => {
    const within = Buffer.concat([Buffer.from([1, 2, 3]), bytes]).subarray(3);
    expect(decodeSafetensors(within)).toEqual(decodeSafetensors(bytes));
  });

  it('is refused wherever it is cut, and with a byte more', () => {
    for (let length = 0; length < bytes.length; length++)
      expect(reads(bytes.subarray(0, length))).toBe(false);
    expect(reads(new Uint8Array([...bytes, 0]))).toBe(false);
  });
});

it('what is written is laid out as the description says', () => {
  const tensors = new Map<string, Tensor>([
    ['b', { shape: [2], values: Float32Array.of(1, -2) }],
    ['a', { shape: [], values: Float64Array.of(0.5) }],
  ]);
  const header =
    '{"__metadata__":{"cell":"\\u00c4"},"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]},' +
    '"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}';
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8, ' ');
  const data = [0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0];
  const written = encodeSafetensors({ tensors, metadata: new Map([['cell', 'Ä']]) });
  expect([...written]).toEqual([...fileOf(padded, data)]);
});

describe('any file', () => {
  it('comes back as it was written, to the bit, and what is read is its own', () => {
    fc.assert(
      fc.property(files, (file) => {
        fc.pre(!file.tensors.has('__metadata__'));
        const bytes = encodeSafetensors(file);
        const read = decodeSafetensors(bytes);
        bytes.fill(0xff);
        expect(read.metadata).toEqual(file.metadata);
        expect(new Set(read.tensors.keys())).toEqual(new Set(file.tensors.keys()));
        for (const [name, { shape, values }] of file.tensors) {
          const back = read.tensors.get(name)!;
          expect(back.shape).toEqual(shape);
          expect(back.values.constructor).toBe(values.constructor);
          expect(bytesIn(back)).toEqual(bytesIn({ shape, values }));
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('is refused wherever it is cut', () => {
    fc.assert(
      fc.property(files, fc.nat(), (file, cut) => {
        fc.pre(!file.tensors.has('__metadata__'));
        const bytes = encodeSafetensors(file);
        expect(reads(bytes.subarray(0, cut % bytes.length))).toBe(false);
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  it('is read or refused with a code after any change of its header', () => {
    const start = encodeSafetensors({
      tensors: new Map([
        ['W', { shape: [2, 3], values: new Float32Array(6) }],
        ['b', { shape: [3], values: new Float64Array(3) }],
      ]),
      metadata: new Map([['cell', 'Elman']]),
    });
    const change = fc.tuple(
      fc.nat(),
      fc.oneof(
        fc.constantFrom(...[...'{}[]",:-.0123456789eE\\u \n'].map((c) => c.charCodeAt(0))),
        fc.nat(255),
      ),
    );
    let refused = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = start.slice();
        for (const [at, byte] of changes) bytes[at % 200] = byte;
        if (!reads(bytes)) refused++;
      }),
      { numRuns: 3000, seed: 3 },
    );
    expect(refused).toBeGreaterThan(1000);
  });

  it('is refused or read when it is nothing but bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        reads(bytes);
        reads(fileOf(bytes));
      }),
      { numRuns: 500, seed: 4 },
    );
  });
});

const entry = (dtype: string, shape: unknown, place: unknown) =>
  JSON.stringify({ dtype, shape, data_offsets: place });
const one = (dtype: string, shape: unknown, place: unknown) => `{"W":${entry(dtype, shape, place)}}`;
const four = [0, 0, 0, 0];

const refusals: readonly [what: string, bytes: Uint8Array, message: RegExp][] = [
  ['nothing', new Uint8Array(0), /RNN516 .*fewer than 8/],
  ['a huge header', new Uint8Array(16).fill(0xff), /RNN516 .*18446744073709551615 bytes/],
  ['a header longer than the file', fileOf('{}').subarray(0, 9), /RNN516 .*has 2 bytes, and 1 follow/],
  ['no JSON', fileOf('{"W":}'), /RNN516 .*no JSON/],
  ['an array for a header', fileOf('[]'), /RNN516 .*brace/],
  ['spaces first', fileOf(' {}'), /RNN516 .*brace/],
  [
    'bytes that are no UTF-8',
    fileOf(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)),
    /RNN516 .*UTF-8/,
  ],
  ['a longer spelling of a character', fileOf(Uint8Array.of(0x7b, 0xc0, 0xa0, 0x7d)), /RNN516 .*UTF-8/],
  [
    'a name twice',
    fileOf(`{"W":${entry('F32', [], [0, 4])},"\\u0057":${entry('F32', [], [0, 4])}}`, four),
    /"W" twice/,
  ],
  [
    'a field twice',
    fileOf('{"W":{"dtype":"U8","dtype":"F32","shape":[],"data_offsets":[0,4]}}', four),
    /"dtype" twice/,
  ],
  ['metadata that are no text', fileOf('{"__metadata__":{"a":1}}'), /RNN516 .*metadata/],
  ['a list of metadata', fileOf('{"__metadata__":["a"]}'), /RNN516 .*metadata/],
  ['an entry without a type', fileOf('{"W":{"shape":[],"data_offsets":[0,4]}}', four), /"W" is not as/],
  ['an entry that is null', fileOf('{"W":null}'), /"W" is not as/],
  ['a shape below 0', fileOf(one('F32', [-1, -1], [0, 4]), four), /"W" is not as/],
  ['a shape that is not whole', fileOf(one('F32', [0.5, 2], [0, 4]), four), /"W" is not as/],
  ['a shape beyond all memory', fileOf(one('F32', [2 ** 40, 2 ** 40], [0, 4]), four), /"W" is not as/],
  ['a shape that is text', fileOf(one('F32', '1', [0, 4]), four), /"W" is not as/],
  ['three offsets', fileOf(one('F32', [1], [0, 4, 4]), four), /"W" is not as/],
  ['offsets in the wrong order', fileOf(one('F32', [1], [4, 0]), four), /"W" is not as/],
  [
    'another shape than bytes',
    fileOf(one('F32', [2], [0, 4]), four),
    /"W" has 4 bytes where its shape asks for 8/,
  ],
  [
    'another type than bytes',
    fileOf(one('F64', [1], [0, 4]), four),
    /has 4 bytes where its shape asks for 8/,
  ],
  [
    'an end outside',
    fileOf(one('F32', [2], [0, 8]), four),
    /"W" ends at byte 8 of the data, and there are 4/,
  ],
  [
    'a gap before',
    fileOf(one('U8', [2], [2, 4]), four),
    /"W" begins at byte 2 of the data, where 0 comes next/,
  ],
  ['bytes left over', fileOf(one('U8', [2], [0, 2]), four), /2 bytes belong to no array/],
  [
    'arrays that overlap',
    fileOf(`{"a":${entry('U8', [3], [0, 3])},"b":${entry('U8', [2], [2, 4])}}`, four),
    /"b" begins at/,
  ],
  [
    'a type that is not read',
    fileOf(one('I64', [], [0, 8]), [...four, ...four]),
    /RNN517 {2}The array W is of type I64; F64, F32, I32, U8, F16, BF16 are read\./,
  ],
];

it.each(refusals)('%s is refused', (_, bytes, message) => {
  expect(() => decodeSafetensors(bytes)).toThrow(message);
  expect(reads(bytes)).toBe(false);
});

it('what cannot be written is refused', () => {
  const write = (name: string, shape: readonly number[], values: unknown) =>
    encodeSafetensors({ tensors: new Map([[name, { shape, values } as Tensor]]), metadata: new Map() });
  expect(() => write('__metadata__', [1], new Float32Array(1))).toThrow('RNN509');
  expect(() => write('W', [2, 2], new Float32Array(3))).toThrow(/RNN501 {2}tensor W must hold 4/);
  expect(() => write('W', [1.5, 2], new Float32Array(3))).toThrow(/RNN509 {2}an extent of tensor W/);
  expect(() => write('W', [-1, -1], new Float32Array(1))).toThrow('RNN509');
  expect(() => write('W', [1], new Int8Array(1))).toThrow(/RNN509 {2}tensor W/);
  expect(() => decodeSafetensors('{}' as unknown as Uint8Array)).toThrow('RNN509');
});

it('reads metadata of many megabytes', () => {
  const text = `${'a'.repeat(12_000_000)}\\"{`;
  const { metadata } = decodeSafetensors(
    encodeSafetensors({ tensors: new Map(), metadata: new Map([['text', text]]) }),
  );
  expect(metadata.get('text') === text).toBe(true);
});
