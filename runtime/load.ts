import type { CompiledCell, Manifest } from '../compiler/module/manifest.ts';
import { fail, runtimeErrors } from './errors.ts';

const magic = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const manifestSection = 'rnnc.manifest';

/**
 * A compiled cell from the bytes of a `.wasm` file that `rnnc compile` has written.
 *
 * @param bytes  kept by the result, not copied
 * @throws RuntimeError RNN515 where it is no WebAssembly module, or one without a manifest
 */
export function readWasm(bytes: Uint8Array): CompiledCell {
  if (magic.some((byte, i) => bytes[i] !== byte)) refuse('The file is not a WebAssembly module.');
  let at = magic.length;
  while (at < bytes.length) {
    const id = bytes[at];
    const length = readUleb128(bytes, at + 1);
    const end = length.end + length.value;
    if (end > bytes.length) refuse('The file is cut short.');
    if (id === 0) {
      const title = readUleb128(bytes, length.end);
      const content = title.end + title.value;
      if (content <= end && ascii(bytes.subarray(title.end, content)) === manifestSection)
        return compiledCell(ascii(bytes.subarray(content, end)), bytes);
    }
    at = end;
  }
  return refuse('The WebAssembly module holds no manifest; write it with `rnnc compile`.');
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
    return refuse('The manifest in the WebAssembly module is damaged.');
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
