import { commentText } from '../support/commentText.ts';
import { invariant } from '../support/invariant.ts';
import { encodeUtf8, withCustomSection } from '../targets/wasm/encode.ts';
import { decodeBase64Text, encodeBase64 } from './base64.ts';
import { declarations } from './declarations.ts';
import type { CompiledCell, WasmVariant } from './manifest.ts';
import { manifestText, reviveNumber } from './manifestText.ts';

/** Name of the custom section that carries the manifest in a `.wasm` file; runtime/load.ts reads it. */
export const manifestSection = 'rnnc.manifest';

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
    `const manifest = JSON.parse(${JSON.stringify(manifestText(manifest))}, ${reviveNumber});`,
    ...codeText(compiled),
    '',
  ].join('\n');
  return { js, dts: declarations(manifest) };
}

function codeText({ code }: CompiledCell): string[] {
  if (code.kind === 'js') {
    invariant(code.source.startsWith('function create('), 'the code of this target cannot be shipped');
    return [
      code.source,
      "export default { manifest, code: { kind: 'js', create, source: create.toString() } };",
    ];
  }
  return [
    decodeBase64Text,
    'const variants = [',
    ...code.variants.map(variantText),
    '];',
    "export default { manifest, code: { kind: 'wasm', variants } };",
  ];
}

function variantText({ profile, block, bytes }: WasmVariant): string {
  const names = `profile: ${JSON.stringify(profile)}, block: ${JSON.stringify(block)}`;
  return `  { ${names}, bytes: decodeBase64('${encodeBase64(bytes)}') },`;
}

/**
 * A compiled cell as one `.wasm` file: one variant, with its manifest and the name of its block in a custom section.
 *
 * @param variant  place among the cell's variants
 */
export function bundleWasm({ manifest, code }: CompiledCell, variant = 0): Uint8Array {
  invariant(code.kind === 'wasm', 'only the target wasm gives a .wasm file');
  const chosen = code.variants[variant];
  invariant(chosen !== undefined, `there is no variant ${variant}`);
  const { profile, block, bytes } = chosen;
  return withCustomSection(bytes, manifestSection, encodeUtf8(manifestText({ ...manifest, profile }, block)));
}
