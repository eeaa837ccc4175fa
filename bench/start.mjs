// Bundles the bench's sources and runs one of its programs:
//   node bench/start.mjs run|page|regress [OPTION...]
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('.', import.meta.url));
const programs = ['run', 'page', 'regress'];
const program = process.argv[2];

if (!programs.includes(program)) {
  process.stderr.write(`usage: node bench/start.mjs ${programs.join('|')} [OPTION...]\n`);
  process.exit(2);
}

const sources = (at) =>
  readdirSync(join(folder, at))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(at, name));

rmSync(join(folder, 'out'), { recursive: true, force: true });
await build({
  absWorkingDir: folder,
  entryPoints: [...programs.map((name) => `${name}.ts`), ...sources('workers')],
  outdir: 'out',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
});
process.argv.splice(1, 2, join(folder, 'out', `${program}.mjs`));
await import(`./out/${program}.mjs`);
