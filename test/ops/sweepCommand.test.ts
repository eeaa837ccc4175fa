import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/sweep.mjs', import.meta.url));

const sweep = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, stderr };
};

it.each(['--help', '-h'])('npm run sweep -- %s says how it is called', (flag) => {
  const { status, stdout, stderr } = sweep(flag);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('Usage: npm run sweep -- [OP...]');
  expect(stdout).toContain('tanh');
});

it.each([
  ['--fast', 'There is no option --fast.'],
  ['add', 'There is no op of one argument add.'],
])('npm run sweep -- %s is refused with the usage', (word, says) => {
  const { status, stdout, stderr } = sweep(word);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(says);
  expect(stderr).toContain('Usage: ');
});
