import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import { beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../cli/rnnc.ts';
import { call, examples, rnnc, scratch, stackLine } from './support.ts';

const { file } = scratch();
const root = fileURLToPath(new URL('../../', import.meta.url));
const built = join(root, 'dist/cli/main.js');
const lstm = join(examples, 'lstm.rnn');
const colourCode = '\u001b[';

beforeAll(() => {
  if (!existsSync(built))
    spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
}, 120_000);

/** The built command line as a process of its own. */
function spawn(args: readonly string[], more: { readonly input?: string; readonly env?: object } = {}) {
  const env = { ...process.env, FORCE_COLOR: undefined, ...more.env };
  const { status, stdout, stderr } = spawnSync(process.execPath, [built, ...args], {
    encoding: 'utf8',
    input: more.input ?? '',
    env,
  });
  expect(`${stdout}${stderr}`).not.toMatch(stackLine);
  expect(`${stdout}${stderr}`).not.toContain(colourCode);
  return { code: status, out: stdout, err: stderr };
}

describe('the built command line', () => {
  it('has the version of the package', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(spawn(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  it('answers with exit codes, results to standard output and errors to standard error', () => {
    const fine = spawn(['check', lstm]);
    expect({ ...fine, out: fine.out.includes('LSTM(I, H)') }).toEqual({ code: 0, out: true, err: '' });
    const wrong = spawn(['check', file('wrong.rnn', 'cell A(H) {\n  state h: [H]\n  h = g\n}\n')]);
    expect({ code: wrong.code, out: wrong.out }).toEqual({ code: 1, out: '' });
    expect(wrong.err).toContain('wrong.rnn:3:7');
    expect(spawn(['chekc', lstm]).code).toBe(2);
    expect(spawn(['check', join(root, 'nowhere.rnn')]).code).toBe(3);
  });

  it('reads standard input, with imports from the working folder', () => {
    expect(spawn(['check', '-'], { input: readFileSync(lstm, 'utf8') }).code).toBe(0);
    const wrong = spawn(['check', '-'], { input: 'cell A( {' });
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain('standard input:1:');
    const data = join(root, 'docs/examples/case.json');
    const elman = join(examples, 'elman.rnn');
    const { code, out } = spawn(['run', elman, '--data', '-'], { input: readFileSync(data, 'utf8') });
    expect(code).toBe(0);
    expect(JSON.parse(out).outputs.h.shape).toEqual([3, 2, 2]);
  });

  it('does not mind a reader that stops reading', () => {
    const command = `"${process.execPath}" "${built}" print "${lstm}" --stage wat -s I=3,H=4 | head -n 1`;
    const { stdout, stderr, status } = spawnSync('bash', ['-o', 'pipefail', '-c', command], {
      encoding: 'utf8',
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toMatch(/^\(module/);
  });

  it('trains to the end whoever reads', () => {
    const cell = file(
      'mean.rnn',
      'cell Mean() {\n input x: []\n target y: []\n param w: [] = 0\n state s: []\n s = s_prev + w*x\n output s\n loss (s - y)^2\n}\n',
    );
    const data = file('ramp.csv', `v\n${[...Array(400).keys()].map((i) => i % 7).join('\n')}\n`);
    const run = join(data, '../mean-run');
    const train = `"${built}" train "${cell}" --data "${data}" --forecast v --epochs 300 --out "${run}"`;
    for (const [redirected, said] of [
      ['', /^Nobody reads standard output any more; training goes on\.\n$/],
      ['2>&1', /^$/],
    ] as const) {
      rmSync(run, { recursive: true, force: true });
      const command = `"${process.execPath}" ${train} ${redirected} | head -n 3`;
      const { stdout, stderr, status } = spawnSync('bash', ['-o', 'pipefail', '-c', command], {
        encoding: 'utf8',
      });
      expect({ stderr: stderr.match(said) === null ? stderr : 'fine', status }).toEqual({
        stderr: 'fine',
        status: 0,
      });
      expect(stdout).toContain('epoch   1/300');
      expect(readFileSync(join(run, 'log.jsonl'), 'utf8').trimEnd().split('\n').length).toBe(300);
    }
  });

  it.each(['--no-color', '--help'])('knows %s before and after a command', (option) => {
    expect(spawn([option, 'check', lstm]).code).toBe(0);
    expect(spawn(['check', option, lstm]).code).toBe(0);
  });
});

describe('colours', () => {
  it('mark errors on a terminal, and change no word', async () => {
    const path = file('wrong.rnn', 'cell A(H) {\n  state h: [H]\n  h = g\n}\n');
    for (const args of [
      ['check', path],
      ['print', path, '--stage', 'cell'],
    ]) {
      const plain = await rnnc(...args);
      const loud = await call(args, true);
      expect(loud.code).toBe(1);
      expect(loud.err).toContain(colourCode);
      expect(stripVTControlCharacters(loud.err)).toBe(plain.err);
    }
  });
});

describe('a mistake of our own', () => {
  const broken = {
    out: () => {
      throw new TypeError('this is not a function');
    },
    terminal: false,
    colours: { out: picocolors.createColors(false), err: picocolors.createColors(false) },
  };

  it('is 70, asks for a report, and shows the stack only where asked to', async () => {
    for (const debug of ['', '1']) {
      let err = '';
      process.env.RNNC_DEBUG = debug;
      const code = await main(['check', lstm], {
        ...broken,
        err: (text) => {
          err += text;
        },
      });
      process.env.RNNC_DEBUG = '';
      expect(code).toBe(70);
      expect(err).toContain('Internal error in rnnc: this is not a function. Please report this.');
      expect(stackLine.test(err)).toBe(debug === '1');
    }
  });
});
