// Writes the generated sources: the grammar as a recipe (made from its text at each start it would cost more than the
// whole of `rnnc check`), the library functions written in the language, as a string, the cells of `rnnc new`, as strings, the
// runtime's WebAssembly, as bytes, and the whole runtime as a script for pages.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import * as ohm from 'ohm-js';

const root = new URL('../', import.meta.url);
const at = (path) => new URL(path, root);
const header = (from) => `// Generated from ${from} by scripts/generate.mjs; not edited by hand.\n`;

/** Leaves the file alone where nothing changes, so that its date tells the truth. */
function write(path, text) {
  const file = at(path);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}

function generateGrammar() {
  const recipe = JSON.parse(ohm.grammar(readFileSync(at('compiler/syntax/rnn.ohm'), 'utf8')).toRecipe());
  const json = JSON.stringify(withoutPlaces(recipe));
  write(
    'compiler/syntax/grammar.generated.ts',
    `${header('rnn.ohm')}export const grammarRecipe: string = ${JSON.stringify(json)};\n`,
  );
}

/** Drops the grammar's text and the place of every rule in it: they serve messages about the grammar itself only. */
function withoutPlaces(recipe) {
  if (Array.isArray(recipe)) return recipe.map(withoutPlaces);
  if (recipe === null || typeof recipe !== 'object') return recipe;
  const { source, sourceInterval, ...rest } = recipe;
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, withoutPlaces(value)]));
}

function generatePrelude() {
  const source = at('compiler/cell/prelude.rnn');
  const prelude = existsSync(source) ? readFileSync(source, 'utf8') : '';
  write(
    'compiler/cell/prelude.generated.ts',
    `${header('prelude.rnn')}export const preludeText: string = ${JSON.stringify(prelude)};\n`,
  );
}

function generateTemplates() {
  const folder = 'cli/templates';
  const templates = readdirSync(at(folder))
    .filter((file) => file.endsWith('.rnn'))
    .sort()
    .map((file) => [file.slice(0, -'.rnn'.length), readFileSync(at(`${folder}/${file}`), 'utf8')]);
  write(
    'cli/templates.generated.ts',
    `${header(folder)}export const templateTexts: ReadonlyMap<string, string> = new Map(${JSON.stringify(templates)});\n`,
  );
}

/** What a module of the compiler exports. */
async function imported(path) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(at(path))],
    bundle: true,
    format: 'esm',
    write: false,
  });
  const bundled = Buffer.from(outputFiles[0].contents).toString('base64');
  return import(`data:text/javascript;base64,${bundled}`);
}

async function generateKernels() {
  const from = 'compiler/targets/wasm/flat';
  const { flatKernels } = await imported(`${from}/module.ts`);
  const { kernelBytes, updateKernels } = flatKernels();
  const modules = Object.entries(kernelBytes).map(([name, bytes]) => `  ${name}: Uint8Array.of(${bytes}),\n`);
  write(
    'runtime/kernels.generated.ts',
    `${header(from)}export const kernelBytes = {\n${modules.join('')}} as const;\n\n` +
      `export const updateKernels = ${JSON.stringify(updateKernels)} as const;\n`,
  );
}

async function generateProbes() {
  const from = 'compiler/targets/wasm/blockProbe.ts';
  const { blockProbes } = await imported(from);
  const type = 'Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>';
  write(
    'runtime/probes.generated.ts',
    `${header(from)}export const blockProbes: ${type} = ${JSON.stringify(blockProbes())};\n`,
  );
}

/** The runtime as one script that defines `runtime`, for `rnnc compile --standalone`. */
async function generateRuntimeScript() {
  const from = 'runtime/index.ts';
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(at(from))],
    bundle: true,
    minify: true,
    format: 'iife',
    globalName: 'runtime',
    target: 'es2022',
    write: false,
  });
  write(
    'cli/runtimeScript.generated.ts',
    `${header(from)}export const runtimeScript: string = ${JSON.stringify(outputFiles[0].text)};\n`,
  );
}

export async function generate() {
  generateGrammar();
  generatePrelude();
  generateTemplates();
  await generateKernels();
  await generateProbes();
  await generateRuntimeScript();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generate();
