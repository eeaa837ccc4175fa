import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { csv, wave, workshop } from '../train/support.ts';
import { numbers, trained } from './support.ts';

/*
 * The stream as a shell sees it: processes, pipes, signals.
 */

const { path, put } = workshop();
const run = path('run');
const program = path('rnnc.mjs');
const memory = path('memory.mjs');
const input = (rows: number) => csv({ v: wave(rows) });

beforeAll(async () => {
  await trained(
    run,
    path('next.rnn'),
    '--data',
    put('v.csv', input(40)),
    '--forecast',
    'v',
    '--profile',
    'separate',
  );
  const bundle = async (entry: string, outfile: string) =>
    build({
      entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'silent',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
  await bundle('../../cli/main.ts', program);
  await bundle('streamMemory.ts', memory);
}, 60_000);

const observe = () => spawn(process.execPath, [program, 'predict', run, '--observed']);

/** The next whole lines of a child's output, up to `count`. */
async function linesOf({ stdout }: ChildProcess, count: number): Promise<string[]> {
  let text = '';
  while (text.split('\n').length <= count) text += (await once(stdout!, 'data'))[0];
  return text.trimEnd().split('\n');
}

it('a run that rounded as this host cannot is used nevertheless', () => {
  const fused = path('fused');
  cpSync(run, fused, { recursive: true });
  const configuration = readFileSync(join(run, 'config.json'), 'utf8');
  expect(configuration).toContain('"profile": "separate"');
  writeFileSync(
    join(fused, 'config.json'),
    configuration.replace('"profile": "separate"', '"profile": "fused"'),
  );
  const [expected, found] = [run, fused].map((folder) =>
    spawnSync(process.execPath, [program, 'predict', folder, '--steps', '3'], { encoding: 'utf8' }),
  );
  expect(expected!.stderr).toBe('');
  expect(found!.stderr).toMatch(/^(This host has no fused multiply-add: .*\n)?$/);
  expect(numbers(found!.stdout).flat()).toEqual(
    numbers(expected!.stdout)
      .flat()
      .map((value) => expect.closeTo(value, 4)),
  );
});

describe('a stream on standard input', () => {
  it('is answered row by row, each as soon as its line has ended', async () => {
    for (const lineEnd of ['\n', '\r\n']) {
      const child = observe();
      child.stdin.write(`time,v${lineEnd}`);
      expect(await linesOf(child, 1)).toEqual(['v']);
      for (let row = 0; row < 4; row++) {
        child.stdin.write(`${row},3.${row}`);
        child.stdin.write(lineEnd);
        expect(await linesOf(child, 1)).toEqual([expect.stringMatching(/^\d+\.\d+$/)]);
      }
      child.stdin.end();
      expect(await once(child, 'exit')).toEqual([0, null]);
    }
  });

  it('does not grow', () => {
    const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', memory, run], {
      input: input(300_000),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const { code, lines, used } = JSON.parse(stdout);
    expect({ code, lines }).toEqual({ code: 0, lines: 300_001 });
    // A number kept for each of the 200,000 rows in between would be 1.6 MB.
    expect(used[1] - used[0]).toBeLessThan(1_000_000);
  });

  it('may end when its reader has seen enough', () => {
    const command = `(echo v; yes 3.5) | "${process.execPath}" "${program}" predict "${run}" --observed | head -n 3; echo "\${PIPESTATUS[1]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
    expect(stderr.replace(/^yes: .*\n/, '')).toBe('');
    expect(stdout.trimEnd().split('\n')).toEqual(['v', expect.anything(), expect.anything(), '0']);
  });

  it('ends quietly by Ctrl-C', async () => {
    const child = observe();
    let err = '';
    child.stderr.on('data', (text) => {
      err += text;
    });
    child.stdin.write('v\n3.25\n');
    expect(await linesOf(child, 2)).toHaveLength(2);
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([null, 'SIGINT']);
    expect(err).toBe('');
  });

  it('ends at what is no number, with the rows before it answered', () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [program, 'predict', run, '--observed'], {
      input: 'v\n3.25\n3.5\nx\n3.5\n',
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stdout.split('\n')).toHaveLength(4);
    expect(stderr).toBe(
      'standard input: line 4, column "v": "x" is no number: it must be a number like 12.5 or -3e4.\n',
    );
  });

  it('must have a first line', () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [program, 'predict', run, '--observed'], {
      input: '',
      encoding: 'utf8',
    });
    expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
    expect(stderr).toBe(
      'standard input: the file is empty. It must have a line of column names, then rows.\n',
    );
  });

  it('can be the history', () => {
    const answer = (args: readonly string[], text?: string) =>
      spawnSync(process.execPath, [program, 'predict', run, '--steps', '5', ...args], {
        input: text ?? '',
        encoding: 'utf8',
      }).stdout;
    const expected = answer([]);
    expect(expected.split('\n')).toHaveLength(7);
    expect(answer(['--data', '-'], input(40))).toBe(expected);
  });
});
