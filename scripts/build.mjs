// Builds dist/: first the generated sources (the grammar as a recipe), then everything through tsc.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (file, ...args) =>
  execFileSync(process.execPath, [file, ...args], { cwd: root, stdio: 'inherit' });

if (existsSync(new URL('./generate.mjs', import.meta.url))) run('scripts/generate.mjs');
run('node_modules/typescript/bin/tsc', '--project', 'tsconfig.build.json');
