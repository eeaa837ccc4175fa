import type { CompiledCell, Manifest } from '../compiler/module/manifest.ts';
import { fail, runtimeErrors } from './errors.ts';

const magic = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const manifestSection = 'rnnc.manifest';

/**
 * A compiled cell from the bytes of a `.wasm` file that `rnnc compile` has written.
 *
 * @param bytes  kept by the result, not copied
 * @throws RuntimeError RNN515 where it is no WebAssembly module, one without a manifest, or damaged
 */
export function readWasm(bytes: Uint8Array): CompiledCell {
  if (!ArrayBuffer.isView(bytes) || magic.some((byte, i) => bytes[i] !== byte))
    refuse('The file is not a WebAssembly module.');
  let at = magic.length;
  let manifest: Uint8Array | undefined;
  while (at < bytes.length) {
    const id = bytes[at];
    const length = readUleb128(bytes, at + 1);
    const end = length.end + length.value;
    if (end > bytes.length) refuse('The file is cut short.');
    if (id === 0) {
      const title = readUleb128(bytes, length.end);
      const content = title.end + title.value;
      if (content <= end && ascii(bytes.subarray(title.end, content)) === manifestSection)
        manifest = bytes.subarray(content, end);
    }
    at = end;
  }
  if (manifest === undefined)
    return refuse('The WebAssembly module holds no manifest; write it with `rnnc compile`.');
  if (!isWhole(bytes)) refuse(damaged);
  return compiledCell(ascii(manifest), bytes);
}

const damaged =
  'The WebAssembly file of a cell is damaged, was changed after it was compiled, or is of another version; compile it again.';

/** Whether the last four bytes, lowest first, are the FNV-1a of 32 bits (Fowler, Noll & Vo) of those before. */
function isWhole(bytes: Uint8Array): boolean {
  const end = bytes.length - 4;
  let sum = 0x811c9dc5;
  for (let i = 0; i < end; i++) sum = Math.imul(sum ^ bytes[i]!, 16777619);
  return bytes.subarray(end).every((byte, i) => byte === ((sum >>> (8 * i)) & 255));
}

function compiledCell(text: string, bytes: Uint8Array): CompiledCell {
  const { block, ...manifest } = parseManifest(text);
  return { manifest, code: { kind: 'wasm', variants: [{ profile: manifest.profile, block, bytes }] } };
}

/** JSON, with null for NaN. */
function parseManifest(text: string): Manifest & { readonly block: string } {
  try {
    return JSON.parse(text, (_, value: unknown) => (value === null ? Number.NaN : value));
  } catch {
    return refuse(damaged);
  }
}

function readUleb128(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) break;
    value += (byte & 127) * 128 ** i;
    if (byte < 128) return { value, end: start + i + 1 };
  }
  return refuse('The file is cut short.');
}

/** Without TextDecoder, which audio worklets lack. */
function ascii(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

const refuse = (reason: string): never => fail(runtimeErrors.cannotRun, { reason });
