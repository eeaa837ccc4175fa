import { CompileError } from '../diagnostics/compileError.ts';
import { badOption } from '../diagnostics/wrongCall.ts';
import { commentText } from '../support/commentText.ts';
import { invariant } from '../support/invariant.ts';
import { encodeUtf8, withCustomSection } from '../targets/wasm/encode.ts';
import { decodeBase64Text, encodeBase64 } from './base64.ts';
import { checksum, intactText } from './checksum.ts';
import { declarations } from './declarations.ts';
import type { CompiledCell, CompiledCode, WasmVariant } from './manifest.ts';
import { manifestText, reviveNumber, stringLiteral } from './manifestText.ts';

/** Name of the custom section that carries the manifest in a `.wasm` file; runtime/load.ts reads it. */
export const manifestSection = 'rnnc.manifest';
/** Name of the last section: the checksum of all bytes before the file's last four, which it is, lowest byte first. */
const checksumSection = 'rnnc.checksum';

export interface Bundle {
  /** An ES module without imports; its default export is the compiled cell. */
  readonly js: string;
  readonly dts: string;
}

/**
 * A compiled cell as files. Names of the user travel in string literals and comments only. The same cell gives the same
 * text.
 */
export function bundleModule(compiled: CompiledCell): Bundle {
  const { manifest } = compiled;
  const js = [
    `// The cell ${commentText(manifest.cell)}, compiled by rnnc.`,
    ...definition(compiled, 'export default'),
    '',
  ].join('\n');
  return { js, dts: declarations(manifest) };
}

/**
 * A compiled cell with the runtime, as one classic script: for pages without a server or a bundler, since a page opened
 * from a file may load scripts, but neither modules nor data. It defines `rnnc`: what the runtime exports, and `rnnc.cells`
 * with the cells of all such scripts of the page, by name.
 *
 * @param runtime  a script that defines `runtime`
 */
export function bundleScript(compiled: CompiledCell, runtime: string): string {
  const { cell } = compiled.manifest;
  const cells = `Object.assign(Object.create(null), globalThis.rnnc?.cells, { [${JSON.stringify(cell)}]: cell })`;
  return [
    `// The cell ${commentText(cell)} with its runtime, compiled by rnnc.`,
    '(() => {',
    runtime.trimEnd(),
    ...definition(compiled, 'const cell ='),
    `globalThis.rnnc = { ...runtime, cells: ${cells} };`,
    '})();',
    '',
  ].join('\n');
}

/** Statements, of which the last begins with `define` and gives the compiled cell. */
function definition(compiled: CompiledCell, define: string): string[] {
  const { manifest, code } = compiled;
  const described = `const manifest = JSON.parse(${intact(manifestText(manifest))}, ${reviveNumber});`;
  return [intactText(stringLiteral(manifest.cell)), described, ...codeText(code, define)];
}

/** A text that is looked at before it is used. */
const intact = (text: string): string => `intact(${JSON.stringify(text)}, ${checksum(text)})`;

function codeText(code: CompiledCode, define: string): string[] {
  if (code.kind === 'js') {
    invariant(code.source.startsWith('function create('), 'the code of this target cannot be shipped');
    return [code.source, `${define} { manifest, code: { kind: 'js', create, source: create.toString() } };`];
  }
  return [
    decodeBase64Text,
    'const variants = [',
    ...code.variants.map(variantText),
    '];',
    `${define} { manifest, code: { kind: 'wasm', variants } };`,
  ];
}

function variantText({ profile, block, bytes }: WasmVariant): string {
  const names = `profile: ${JSON.stringify(profile)}, block: ${JSON.stringify(block)}`;
  return `  { ${names}, bytes: decodeBase64(${intact(encodeBase64(bytes))}) },`;
}

/**
 * A compiled cell as one `.wasm` file: one variant, with its manifest and the name of its block in a custom section,
 * and a checksum at the end.
 *
 * @param variant  place among the cell's variants
 * @throws CompileError RNN408 for a cell of JavaScript, or a variant that it has not
 */
export function bundleWasm({ manifest, code }: CompiledCell, variant = 0): Uint8Array {
  if (code.kind !== 'wasm') refuse('target', code.kind, '"wasm" for a .wasm file');
  const chosen = typeof variant === 'number' ? code.variants[variant] : undefined;
  if (chosen === undefined) refuse('variant', variant, placesOf(code.variants.length));
  const { profile, block, bytes } = chosen;
  const text = encodeUtf8(manifestText({ ...manifest, profile }, block));
  const file = withCustomSection(
    withCustomSection(bytes, manifestSection, text),
    checksumSection,
    [0, 0, 0, 0],
  );
  new DataView(file.buffer, file.byteOffset).setUint32(file.length - 4, checksum(file.subarray(0, -4)), true);
  return file;
}

function refuse(name: string, value: unknown, range: string): never {
  throw new CompileError([badOption('bundleWasm', name, value, range)]);
}

const placesOf = (count: number): string =>
  count === 1
    ? '0, since the cell has one'
    : `a whole number from 0 to ${count - 1}, since the cell has ${count}`;
