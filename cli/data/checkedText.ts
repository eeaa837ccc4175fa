import { isUtf8 } from 'node:buffer';
import { visibleText } from '../../compiler/support/visibleText.ts';
import { dataFailure } from './dataFailure.ts';

/** Lets UTF-8 pass, whole characters at a time, without its mark at the beginning. */
export class CheckedText {
  readonly #file: string;
  #begun = false;
  /** Of the file, where the next bytes begin. */
  #line = 1;
  /** The beginning of a character, or of the file's first bytes. */
  #rest: Uint8Array = new Uint8Array(0);

  constructor(file: string) {
    this.#file = file;
  }

  take(chunk: Uint8Array): Buffer {
    let bytes = this.#rest.length === 0 ? asBuffer(chunk) : Buffer.concat([this.#rest, chunk]);
    this.#rest = new Uint8Array(0);
    if (!this.#begun) {
      if (bytes.length < 3) {
        this.#rest = bytes;
        return Buffer.alloc(0);
      }
      bytes = this.#withoutMark(bytes);
    }
    const whole = bytes.length - unfinished(bytes);
    this.#rest = Uint8Array.from(bytes.subarray(whole));
    return this.#checked(bytes.subarray(0, whole));
  }

  /**
   * The last bytes, where nothing comes any more: of a file shorter than a mark all.
   *
   * @throws Failure where the file ends within a character
   */
  rest(): Buffer {
    const bytes = asBuffer(this.#rest);
    return this.#checked(this.#begun ? bytes : this.#withoutMark(bytes));
  }

  /** @throws Failure for what is no UTF-8 as its first bytes tell */
  #withoutMark(bytes: Buffer): Buffer {
    this.#begun = true;
    const what = otherFormat(bytes);
    if (what !== undefined) throw dataFailure(this.#file, `the file ${what}`);
    return starts(bytes, 0xef, 0xbb, 0xbf) ? bytes.subarray(3) : bytes;
  }

  #checked(bytes: Buffer): Buffer {
    const whole = isUtf8(bytes);
    const hasNul = bytes.includes(0);
    for (let at = 0; ; this.#line++) {
      const end = bytes.indexOf(10, at);
      const line = bytes.subarray(at, end < 0 ? bytes.length : end);
      if (!whole && !isUtf8(line)) this.#refuse(line);
      if (hasNul && line.includes(0)) this.#refuseNul();
      if (end < 0) return bytes;
      at = end + 1;
    }
  }

  #refuse(line: Buffer): never {
    const shown = visibleText(line.toString('latin1')).slice(0, 60);
    throw dataFailure(
      this.#file,
      `line ${this.#line} is not UTF-8 text: ${JSON.stringify(shown)}. If it reads well here, the file is Latin-1: ` +
        'iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW',
    );
  }

  #refuseNul(): never {
    throw dataFailure(
      this.#file,
      `line ${this.#line} has a NUL character (a byte 0), which no text has. Delete it, or save the table as CSV again.`,
    );
  }
}

const starts = (bytes: Buffer, ...first: readonly number[]): boolean =>
  first.every((byte, i) => bytes[i] === byte);

/** What a file is that is no UTF-8 text, and what to do with it. */
function otherFormat(bytes: Buffer): string | undefined {
  if (starts(bytes, 0x50, 0x4b, 3, 4)) {
    return 'is a ZIP archive, as .xlsx and .ods files are. Save the table as CSV.';
  }
  if (starts(bytes, 0x1f, 0x8b)) return 'is packed with gzip. Unpack it: gunzip -c FILE > NEW';
  if (starts(bytes, 0xff, 0xfe) || starts(bytes, 0xfe, 0xff)) return utf16('UTF-16');
  // Most characters of a table have a byte 0 in UTF-16, always on the same side. A few bytes do not tell.
  const zeros = [0, 0];
  const seen = bytes.subarray(0, 1000);
  if (seen.length < 8) return undefined;
  for (const [i, byte] of seen.entries()) if (byte === 0) zeros[i % 2]!++;
  const [even, odd] = zeros as [number, number];
  if (4 * Math.max(even, odd) < seen.length || Math.min(even, odd) > 0) return undefined;
  return utf16(odd > even ? 'UTF-16LE' : 'UTF-16BE');
}

const utf16 = (encoding: 'UTF-16' | 'UTF-16LE' | 'UTF-16BE'): string =>
  `is UTF-16 text${encoding === 'UTF-16' ? '' : ' without a mark'}. Save it as UTF-8 ("CSV UTF-8" in a spreadsheet), or: ` +
  `iconv -f ${encoding} -t UTF-8 FILE > NEW`;

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Bytes at the end that begin a character without ending it, 0 … 3. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
  }
  return 0;
}
