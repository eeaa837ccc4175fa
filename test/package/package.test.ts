import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/*
 * The package as somebody gets it: built, packed, installed in an empty folder without a network, and used from there.
 */

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rnnc-package-'));
const [tree, home] = [join(folder, 'tree'), join(folder, 'home')];

function run(cwd: string, file: string, ...args: readonly string[]) {
  // An empty cache, lest it be what makes an installation work without a network.
  const env = { ...process.env, npm_config_cache: join(folder, 'cache') };
  const { status, stdout, stderr } = spawnSync(file, args, { cwd, encoding: 'utf8', env });
  return { code: status, out: stdout, err: stderr };
}

function mustRun(cwd: string, file: string, ...args: readonly string[]): string {
  const { code, out, err } = run(cwd, file, ...args);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')}\n${out}${err}`);
  return out;
}

/** Packages as files; their paths. */
function packed(...from: readonly string[]): readonly string[] {
  const archives = JSON.parse(
    mustRun(folder, 'npm', 'pack', ...from, '--ignore-scripts', '--json', '--offline'),
  ) as readonly { filename: string }[];
  return archives.map(({ filename }) => join(folder, filename));
}

const rnnc = (...args: readonly string[]) => mustRun(home, join(home, 'node_modules/.bin/rnnc'), ...args);
const tsc = (...args: readonly string[]) =>
  run(home, process.execPath, join(root, 'node_modules/typescript/bin/tsc'), ...args);

beforeAll(() => {
  mkdirSync(tree);
  mkdirSync(home);
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly files: readonly string[];
  };
  const copied = files.filter((name) => !name.startsWith('dist'));
  for (const name of ['package.json', 'README.md', 'LICENSE', ...copied])
    cpSync(join(root, name), join(tree, name), { recursive: true });
  mustRun(root, process.execPath, 'scripts/build.mjs', join(tree, 'dist'));
  // What it depends on comes as files, too: no registry is asked.
  const archives = packed(tree, join(root, 'node_modules/ohm-js'), join(root, 'node_modules/picocolors'));
  writeFileSync(join(home, 'package.json'), '{ "private": true, "type": "module" }\n');
  mustRun(home, 'npm', 'install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', ...archives);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('the installed package', () => {
  it('holds what is needed and nothing else', () => {
    const installed = join(home, 'node_modules/rnnc');
    expect(readdirSync(installed).sort()).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docs', 'dsl-examples', 'package.json'].sort(),
    );
    expect(readdirSync(join(installed, 'dist')).sort()).toEqual(['cli', 'compiler', 'runtime']);
    const all = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    expect(all.filter((name) => /\.test\.|(?<!\.d)\.ts$/.test(name))).toEqual([]);
  });

  it('has types that need neither a browser nor Node', () => {
    const everything = ['rnnc', 'rnnc/compiler', 'rnnc/realtime'].map(
      (name, i) => `export * as m${i} from '${name}';`,
    );
    writeFileSync(join(home, 'everything.ts'), everything.join('\n'));
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022', '--module', 'nodenext'];
    expect(tsc(...options, 'everything.ts')).toEqual({ code: 0, out: '', err: '' });
  });

  it('trains a compiled module ten steps, strictly typed, without the compiler or ohm-js', () => {
    rnnc('new', 'Tide', '--template', 'forecaster');
    rnnc('compile', 'Tide.rnn', '-s', 'H=4', '--batch', '2', '--window', '8', '-o', 'tide.js');
    cpSync(fileURLToPath(new URL('installed/train.ts', import.meta.url)), join(home, 'train.ts'));
    const options = [
      '--strict',
      '--exactOptionalPropertyTypes',
      '--noUncheckedIndexedAccess',
      '--noEmitOnError',
    ];
    const place = ['--target', 'es2022', '--lib', 'es2022', '--module', 'nodenext'];
    expect(tsc(...options, ...place, 'train.ts')).toEqual({ code: 0, out: '', err: '' });

    rmSync(join(home, 'node_modules/ohm-js'), { recursive: true });
    const compiler = run(
      home,
      process.execPath,
      '--input-type=module',
      '-e',
      "await import('rnnc/compiler')",
    );
    expect(compiler.err).toContain('ohm-js');
    rmSync(join(home, 'node_modules/rnnc/dist/cli'), { recursive: true });
    rmSync(join(home, 'node_modules/rnnc/dist/compiler'), { recursive: true });

    const found = JSON.parse(mustRun(home, process.execPath, 'train.js'));
    expect(found).toMatchObject({ updates: 10, sizes: [4, 16, 4], epoch: { updates: 9, count: 144 } });
    expect(found.losses).toHaveLength(10);
    expect(found.losses.every((loss: number) => loss > 0 && loss < 10)).toBe(true);
    expect(found.losses.at(-1)).toBeLessThan(found.losses[0]);
    expect(found.reports.at(-1)).toEqual({ done: 72, total: 72 });
  });
});
