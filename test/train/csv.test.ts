import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../cli/data/csv.ts';
import { readTable, type TableOptions } from '../../cli/data/table.ts';
import { exitCodes, Failure } from '../../cli/failure.ts';
import { scratch } from '../cli/support.ts';

const { folder } = scratch();
const path = join(folder, 'data.csv');
const options: TableOptions = { columns: ['a', 'b'], delimiter: ',', gaps: false };

function table(content: string | Uint8Array, more: Partial<TableOptions> = {}) {
  writeFileSync(path, content);
  return readTable(path, { ...options, ...more });
}

/** What a user is told; the file is called FILE. */
async function refusal(content: string | Uint8Array, more: Partial<TableOptions> = {}): Promise<string> {
  try {
    await table(content, more);
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    expect((error as Failure).exitCode).toBe(exitCodes.failed);
    return (error as Failure).message.replaceAll(path, 'FILE');
  }
  throw new Error('It was not refused.');
}

/** As RFC 4180 says. */
const quote = (field: string) => `"${field.replaceAll('"', '""')}"`;

describe('a CSV file', () => {
  it('gives the rows that were written, whatever the pieces it comes in', async () => {
    const field = fc.string({
      unit: fc.constantFrom('a', 'é', '𝄞', ',', '"', '\n', '\r\n', ' ', '1'),
      maxLength: 6,
    });
    const rows = fc
      .integer({ min: 2, max: 4 })
      .chain((width) =>
        fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
      );
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (fields, delimiter, end, mark, piece, last) => {
          const header = fields[0]!.map((_, i) => `column ${i}`);
          const text = [header, ...fields].map((row) => row.map(quote).join(delimiter)).join(end);
          const bytes = Buffer.from(`${mark ? '\ufeff' : ''}${text}${last ? end : ''}`);
          const pieces = async function* () {
            for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
          };
          const seen: (readonly string[])[] = [];
          const ends: number[] = [];
          await readCsv(pieces(), 'FILE', delimiter, {
            header: (names) => expect(names).toEqual(header),
            row: (row, line) => {
              seen.push([...row]);
              ends.push(line);
            },
          });
          expect(seen).toEqual(fields);
          let line = 1;
          const breaks = fields.map((row) => {
            line += 1 + row.join('').split('\n').length - 1;
            return line;
          });
          expect(ends).toEqual(breaks);
        },
      ),
      { numRuns: 150, seed: 1 },
    );
  });

  it('is read by the names of its columns, with blanks and signs', async () => {
    const { columns, rows, sequences } = await table('b , c,a\n 1 ,x, +2.5\n-3e-2,,.5\n');
    expect([...columns]).toEqual([
      ['a', Float64Array.of(2.5, 0.5)],
      ['b', Float64Array.of(1, -0.03)],
    ]);
    expect({ rows, sequences }).toEqual({ rows: 2, sequences: [{ key: '', first: 0, rows: 2 }] });
  });

  it('keeps rows of one key in order, next to each other', async () => {
    const { columns, sequences, lines } = await table(
      'a,b,who\n1,0,x\n2,0,constructor\n3,0,x\n4,0,__proto__\n5,0,constructor\n',
      {
        key: 'who',
      },
    );
    expect([...columns.get('a')!]).toEqual([1, 3, 2, 5, 4]);
    expect([...lines]).toEqual([2, 4, 3, 6, 5]);
    expect(sequences).toEqual([
      { key: 'x', first: 0, rows: 2 },
      { key: 'constructor', first: 2, rows: 2 },
      { key: '__proto__', first: 4, rows: 1 },
    ]);
  });

  it.each([
    ['nothing', '', 'the file is empty'],
    ['two bytes of a mark', Uint8Array.of(0xef, 0xbb), 'line 1 is not UTF-8 text'],
    ['a mark alone', '\ufeff', 'the file is empty'],
    ['a blank line alone', '\n', 'the file holds only blank lines'],
    ['names alone', 'a,b\n', 'there are no rows, only the line of column names: "a", "b".'],
    ['one name alone', 'a', 'there is no column "b". It has "a".'],
    ['one blank', ' ', 'the file holds only blank lines'],
    [
      'many names alone',
      `a,b,${Array.from({ length: 30 }, (_, i) => `c${i}`).join()}\n`,
      '"c17" and 12 more.',
    ],
    ['UTF-16 with a mark', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), 'the file is UTF-16 text'],
    ['UTF-16 without a mark', Buffer.from('a,b\n1,2\n', 'utf16le'), 'iconv -f UTF-16LE -t UTF-8'],
    [
      'UTF-16 of the other order',
      Buffer.from('a,b\n1,2\n', 'utf16le').swap16(),
      'is UTF-16 text without a mark. Save it as UTF-8 ("CSV UTF-8" in a spreadsheet), or: iconv -f UTF-16BE -t UTF-8',
    ],
    [
      'NUL in text',
      'a,b\n1,2\n3,\u00004\n',
      'line 3 has a NUL character (a byte 0), which no text has. Delete it',
    ],
    [
      'a spreadsheet',
      Buffer.from('PK\u0003\u0004\u0014\u0000\u0000', 'latin1'),
      'is a ZIP archive, as .xlsx and .ods',
    ],
    ['packed text', Buffer.from('\u001f\u008b\u0008\u0000', 'latin1'), 'is packed with gzip. Unpack it'],
    [
      'Latin-1',
      Buffer.from('a,b\n1,2\nM\u00fcnchen,3\n', 'latin1'),
      'line 3 is not UTF-8 text: "M\u00fcnchen,3"',
    ],
    [
      'half a character at the end',
      Buffer.concat([Buffer.from('a,b\n1,2\n3,'), Buffer.of(0xe2, 0x82)]),
      'line 3 is not UTF-8',
    ],
    ['semicolons', 'a;b\n1;2\n', 'Then give --delimiter ";"'],
    ['tabs', 'a\tb\n1\t2\n', 'Then give --delimiter tab'],
    ['no names', '1,2\n3,4\n', 'it must hold the names of the columns'],
    ['another column', 'a,c\n1,2\n', 'there is no column "b". It has "a", "c".'],
    ['a name twice', 'a,b,a\n1,2,3\n', 'two columns are named "a", the 1st and the 3rd'],
    ['a short row', 'a,b\n1,2\n3\n', 'line 3 has 1 field, the first line has 2'],
    [
      'a long row',
      'a,b\n1,2\n3,4,5\n',
      'line 3 has 3 fields, the first line has 2. A number with a decimal comma',
    ],
    ['a blank line inside', 'a,b\n1,2\n\n3,4\n', 'line 3 is blank, and rows follow'],
    ['an open quote', 'a,b\n1,2\n"3,4\n5,6\n', 'line 3: a field begins with a quote (") that is not closed'],
    ['a quote inside', 'a,b\n1,2\n3"x",4\n', 'line 3: a quote (") stands inside a field'],
    ['a missing value', 'a,b\n1,2\n3,\n', 'line 3, column "b": the value is missing.'],
    ['NaN', 'a,b\n1,2\nNaN,4\n', 'line 3, column "a": the value is missing ("NaN").'],
    ['infinity', 'a,b\n1,2\n-inf,4\n', '"-inf" is no number: it must be finite'],
    ['hex', 'a,b\n0x10,2\n', '"0x10" is no number'],
    ['a huge number', 'a,b\n1e999,2\n', '"1e999" is no number: it must be finite'],
    ['a decimal comma', 'a,b\n"1,5",2\n', '"1,5" is no number: write a decimal point'],
    [
      'a comma of either kind',
      'a,b\n"-1,500",2\n',
      'write -1.500 if its comma is a decimal point, -1500 if it separates thousands',
    ],
    ['a decimal comma behind 0', 'a,b\n"0,500",2\n', 'write a decimal point'],
    ['thousands', "a,b\n1'000,2\n", 'leave out the separators of thousands'],
    ['a unit', 'a,b\n12 kg,2\n', 'leave out the unit'],
    ['zero bytes later on', `a,b\n${'1,2\n'.repeat(400)}\u0000,2\n`, 'line 402 has a NUL character'],
  ])('that holds %s is refused with the place', async (_, content, message) => {
    expect(await refusal(content)).toContain(message);
  });

  it.each([
    ['NUL in text', 'a,b\n1,2\n3,\u00004\n'],
    ['a spreadsheet', 'PK\u0003\u0004\u0014\u0000\u0000'],
  ])('that holds %s is not sent to iconv', async (_, content) => {
    expect(await refusal(content)).not.toContain('iconv');
  });

  it('may be shorter than the mark of an encoding', async () => {
    for (const [text, values] of [
      ['a\n1', [1]],
      ['a\n', undefined],
    ] as const) {
      if (values === undefined) {
        expect(await refusal(text, { columns: ['a'] })).toBe(
          'FILE: there are no rows, only the line of column names: "a".',
        );
      } else expect([...(await table(text, { columns: ['a'] })).columns.get('a')!]).toEqual(values);
    }
  });

  it('with a missing key is refused', async () => {
    expect(await refusal('a,b\n1,\n2,p\n', { columns: ['a'], key: 'b' })).toBe(
      'FILE: line 2, column "b": the key is missing.',
    );
  });

  it('shows the first mistakes and counts the others', async () => {
    const text = await refusal(`a,b\n${'x,\n'.repeat(50)}`);
    expect(text.split('\n').length).toBe(7);
    expect(text).toContain('and 95 more');
    expect(text).toContain('--fill previous');
  });

  it('may lack values where it is said so', async () => {
    const { columns } = await table('a,b\n1,\n?,4\n', { gaps: true });
    expect([...columns.values()]).toEqual([Float64Array.of(1, Number.NaN), Float64Array.of(Number.NaN, 4)]);
  });

  it('of one column may lack values in blank lines, but ends before blank lines at the end', async () => {
    const { columns, lines } = await table('a\n1\n\n3\n\n\n', { columns: ['a'], gaps: true });
    expect([...columns.get('a')!]).toEqual([1, Number.NaN, 3]);
    expect([...lines]).toEqual([2, 3, 4]);
  });

  it('takes a time in proportion to its length', async () => {
    const timed = async (rows: number) => {
      writeFileSync(path, `a,b\n${'0.123456,7.5\n'.repeat(rows)}`);
      const began = performance.now();
      expect((await readTable(path, options)).rows).toBe(rows);
      return performance.now() - began;
    };
    await timed(20_000);
    const [short, long] = [await timed(20_000), await timed(320_000)];
    // Sixteen times the rows; a quadratic reader would take 256 times as long.
    expect(long / short).toBeLessThan(80);
  });

  it('whose quote never closes is given up after some megabytes', async () => {
    const text = await refusal(`a,b\n1,2\n"${'3,4\n'.repeat(5_000_000)}`);
    expect(text).toContain('line 3: ');
    expect(text).toContain('Is a quote (") not closed');
  });
});
