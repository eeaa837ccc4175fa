// Installs what the bench compares with where it is missing, bundles the bench's sources, and runs one of its programs:
//   node bench/start.mjs run|page|regress [OPTION...]
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
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

function install() {
  const lock = join(folder, 'package-lock.json');
  const installed = join(folder, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  const { devDependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const names = Object.keys({ ...devDependencies, ...optionalDependencies });
  process.stderr.write(`Installing into bench/, without install scripts (1.1 GB): ${names.join(', ')}\n`);
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

const sources = (at) =>
  readdirSync(join(folder, at))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(at, name));

if (program !== 'page' || !existsSync(join(folder, 'node_modules', 'vega'))) install();
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
