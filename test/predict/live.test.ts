import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RowReader } from '../../cli/data/checkedRows.ts';
import { readCsv } from '../../cli/data/csv.ts';
import { readLive } from '../../cli/data/live.ts';
import { Failure } from '../../cli/failure.ts';

type Read = typeof readCsv;
type Event = readonly [line: number, ...fields: string[]];

/** Everything a reader was told, and what ended it. */
async function told(read: Read, pieces: readonly Uint8Array[]) {
  const events: Event[] = [];
  const reader: RowReader = {
    header: (names) => void events.push([1, ...names]),
    row: (fields, line) => void events.push([line, ...fields]),
  };
  async function* chunks() {
    yield* pieces;
  }
  const failure = await read(chunks(), 'f.csv', ',', reader).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof Failure) return error.message;
      throw error;
    },
  );
  return { events, failure };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
}

const plain = fc.string({ unit: fc.constantFrom('a', '1', 'é', '😀', ' '), minLength: 1, maxLength: 4 });
const inQuotes = fc
  .string({ unit: fc.constantFrom('a', ',', '\n', '\r', '""', 'é'), maxLength: 4 })
  .map((text) => `"${text}"`);
const row = fc.tuple(plain, fc.oneof(plain, inQuotes)).map((fields) => fields.join(','));

describe('reading rows as they come', () => {
  it('tells what reading a whole file tells, wherever the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 6 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        fc.array(fc.nat(100), { maxLength: 8 }),
        async (rows, lineEnd, ended, places) => {
          const text = ['one,two', ...rows].join(lineEnd) + (ended ? lineEnd : '');
          const bytes = bytesOf(text);
          expect(await told(readLive, cut(bytes, places))).toEqual(await told(readCsv, [bytes]));
        },
      ),
      { numRuns: 300, seed: 8 },
    );
  });

  it('tells of files of a few bytes what reading them whole tells', async () => {
    const bytes = fc.uint8Array({ maxLength: 5, max: 255 });
    const few = fc.oneof(
      bytes,
      fc.string({ unit: fc.constantFrom('a', '\n', ',', '"', '\ufeff'), maxLength: 5 }).map(bytesOf),
    );
    await fc.assert(
      fc.asyncProperty(few, fc.array(fc.nat(5), { maxLength: 3 }), async (file, places) => {
        const [live, whole] = [await told(readLive, cut(file, places)), await told(readCsv, [file])];
        // How much of a line is shown depends on the pieces.
        const shown = / "[^"]*"/;
        expect(live.failure?.replace(shown, '')).toBe(whole.failure?.replace(shown, ''));
        expect(live.events).toEqual(whole.events);
      }),
      { numRuns: 300, seed: 3 },
    );
    expect(await told(readLive, [bytesOf('a\n1')])).toEqual({
      events: [
        [1, 'a'],
        [2, '1'],
      ],
      failure: undefined,
    });
  });

  it('hands over a row with the byte that ends its line', async () => {
    for (const lineEnd of ['\n', '\r\n']) {
      const text = ['a,b', '1,"x', 'y"', '2,z', ''].join(lineEnd);
      const lines: string[] = [];
      const seen: number[] = [];
      const reader: RowReader = { header: () => lines.push('head'), row: ([first]) => lines.push(first!) };
      async function* bytes() {
        for (const byte of bytesOf(text)) {
          yield Uint8Array.of(byte);
          seen.push(lines.length);
        }
      }
      await readLive(bytes(), 'f.csv', ',', reader);
      const ends = ['a,b', `1,"x${lineEnd}y"`, '2,z'].map(
        (_, i, all) => all.slice(0, i + 1).join(lineEnd).length + lineEnd.length,
      );
      // The mark at the beginning of a file takes three bytes to tell, which the first line has here.
      expect(ends.map((end) => seen[end - 1])).toEqual([1, 2, 3]);
      expect(ends.map((end) => seen[end - 2])).toEqual([0, 1, 2]);
    }
  });

  it('ends where a row does not end', async () => {
    async function* endless() {
      yield bytesOf('a,b\n1,"');
      for (;;) yield new Uint8Array(2 ** 22).fill(97);
    }
    await expect(readLive(endless(), 'f.csv', ',', { header: () => {}, row: () => {} })).rejects.toThrow(
      'f.csv: line 2: a row is longer than',
    );
  });
});
