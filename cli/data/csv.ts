import { type CsvError, type Parser, parse } from 'csv-parse';
import { CheckedRows, type RowReader } from './checkedRows.ts';
import { CheckedText } from './checkedText.ts';
import { dataFailure } from './dataFailure.ts';

/**
 * Reads comma-separated values (RFC 4180, UTF-8) piece by piece: memory does not grow with the file. Blank lines at the
 * end are left out.
 *
 * @param chunks     bytes of the file in order
 * @param file       its name, for messages
 * @param delimiter  between fields
 * @param reader     called for the first line, then for every row
 * @param settled    called after each chunk, awaited before the next
 * @throws Failure (failed) for bytes that are no UTF-8, rows of unequal length, quotes that do not close
 */
export async function readCsv(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  delimiter: string,
  reader: RowReader,
  settled: () => Promise<void> | void = () => {},
): Promise<void> {
  const rows = new CheckedRows(file, delimiter, reader);
  let failure: unknown;
  const parser = parse({
    delimiter,
    relax_column_count: true,
    skip_empty_lines: false,
    max_record_size: longestRow,
  });
  parser.on('data', (fields: readonly string[]) => {
    if (failure !== undefined) return;
    try {
      rows.take(fields);
    } catch (error) {
      failure = error;
      parser.destroy();
    }
  });
  parser.on('error', (error) => {
    failure ??= dataFailure(file, quoteMessage(error as CsvError, rows.line + 1));
  });
  const closed = new Promise<void>((resolve) => void parser.once('close', resolve));
  const text = new CheckedText(file);
  for await (const chunk of chunks) {
    const part = text.take(chunk);
    if (part.length > 0 && !parser.write(part)) await Promise.race([drained(parser), closed]);
    if (failure !== undefined) throw failure;
    await settled();
  }
  parser.end(text.rest());
  await closed;
  if (failure !== undefined) throw failure;
  rows.end();
  await settled();
}

const drained = (parser: Parser): Promise<void> =>
  new Promise((resolve) => void parser.once('drain', resolve));

/** Characters; more are a quote that does not close, or no table at all. */
export const longestRow = 2 ** 24;

export function quoteMessage(error: CsvError, from: number): string {
  const line = `line ${from}: `;
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return `${line}a field begins with a quote (") that is not closed by the end of the file.`;
    case 'CSV_MAX_RECORD_SIZE':
      return `${line}a row is longer than ${longestRow} characters. Is a quote (") not closed, or is this no CSV file?`;
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
      return `${line}a quote (") stands inside a field. Quote the whole field, and write two quotes ("") for one inside it.`;
    default:
      return `${line}this is no CSV: ${error.message}`;
  }
}
