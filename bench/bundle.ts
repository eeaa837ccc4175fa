import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundled CommonJS packages ask for Node's own modules by require. */
const requireBanner =
  "import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);";

/**
 * The compiler and the runtime of one source tree as one ES module of two name spaces, `compiler` and `runtime`. For the
 * scalar line of the bench it also has `scalarise`, where the tree has it.
 *
 * @param root     the tree; `node_modules` is found from there
 * @param outfile  the module
 */
export async function bundleRnnc(root: string, outfile: string): Promise<void> {
  execFileSync(process.execPath, ['scripts/generate.mjs'], { cwd: root });
  const scalarise = 'compiler/program/scalarise.ts';
  const lines = [
    "export * as compiler from './compiler/index.ts';",
    "export * as runtime from './runtime/index.ts';",
    ...(existsSync(join(root, scalarise)) ? [`export { scalarise } from './${scalarise}';`] : []),
  ];
  await build({
    stdin: { contents: lines.join('\n'), resolveDir: root, sourcefile: 'rnnc.ts' },
    absWorkingDir: root,
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'error',
    banner: { js: requireBanner },
  });
}
