// Builds dist/, or the folder that is named: the generated sources (the grammar as a recipe, the prelude), everything
// through tsc, and the command line once more as a bundle: a hundred small files cost a cold start twice the time of a few
// large ones.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = resolve(root, process.argv[2] ?? 'dist');
const run = (file, ...args) => {
  const { status } = spawnSync(process.execPath, [file, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};

run('scripts/generate.mjs');
if (existsSync(`${out}/package.json`)) throw new Error(`${out} is a package; name a folder for its build.`);
rmSync(out, { recursive: true, force: true });
run('node_modules/typescript/bin/tsc', '--project', 'tsconfig.build.json', '--outDir', out);
rmSync(`${out}/cli`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['cli/main.ts'],
  outdir: `${out}/cli`,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  legalComments: 'none',
  chunkNames: '[name]-[hash]',
  logLevel: 'warning',
  // Bundled CommonJS packages ask for Node's own modules by require.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
});
