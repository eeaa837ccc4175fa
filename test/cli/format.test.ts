import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rnnc, scratch } from './support.ts';

const { folder, file } = scratch();

const loose = 'cell A(H){\n input x:[H] #given\n h=x*( 2 )\n}\n';
const canonical = 'cell A(H) {\n  input  x: [H]  #given\n  h = x*2\n}\n';
const wrong = 'cell A(H) {\n  h = x*\n}\n';

it('writes files in place, names those it changed, and keeps modes and links', async () => {
  const path = file('loose.rnn', loose);
  chmodSync(path, 0o640);
  const link = join(folder, 'link.rnn');
  symlinkSync(path, link);
  const other = file('canonical.rnn', canonical);
  expect(await rnnc('format', link, other)).toEqual({ code: 0, out: `${link}\n`, err: '' });
  expect(readFileSync(path, 'utf8')).toBe(canonical);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect(await rnnc('format', path, link)).toEqual({ code: 0, out: '', err: '' });
});

it('--check names the files and changes nothing', async () => {
  const [path, other] = [file('loose.rnn', loose), file('canonical.rnn', canonical)];
  expect(await rnnc('format', '--check', path, other)).toEqual({ code: 1, out: `${path}\n`, err: '' });
  expect(readFileSync(path, 'utf8')).toBe(loose);
  expect(await rnnc('format', other, '--check')).toEqual({ code: 0, out: '', err: '' });
});

it('--stdout prints the text of one file', async () => {
  const path = file('loose.rnn', loose);
  expect(await rnnc('format', '--stdout', path)).toEqual({ code: 0, out: canonical, err: '' });
  expect(readFileSync(path, 'utf8')).toBe(loose);
  expect((await rnnc('format', '--stdout', path, path)).code).toBe(2);
  expect((await rnnc('format', '--stdout', '--check', path)).code).toBe(2);
});

it('leaves a file with a mistake as it is, and does the others', async () => {
  const [path, bad] = [file('loose.rnn', loose), file('bad.rnn', wrong)];
  const { code, out, err } = await rnnc('format', bad, path);
  expect({ code, out }).toEqual({ code: 1, out: `${path}\n` });
  expect(err).toContain('bad.rnn:2:');
  expect(readFileSync(bad, 'utf8')).toBe(wrong);
  expect(readFileSync(path, 'utf8')).toBe(canonical);
});

it('does not mind names and shapes that are wrong', async () => {
  const path = file('shapes.rnn', 'cell A(H) {\n  h = y + nobody\n}\n');
  expect(await rnnc('format', path)).toEqual({ code: 0, out: '', err: '' });
});

it('says that a file is empty', async () => {
  for (const text of ['', '\n \n']) {
    const path = file('empty.rnn', text);
    const { code, err } = await rnnc('format', path);
    expect({ code, err }).toEqual({ code: 0, err: `${path}: there is nothing in it\n` });
  }
});

it('says why a file cannot be read, and exits with 3', async () => {
  mkdirSync(join(folder, 'folder.rnn'));
  const path = file('loose.rnn', loose);
  const { code, out, err } = await rnnc('format', join(folder, 'folder.rnn'), join(folder, 'no.rnn'), path);
  expect({ code, out }).toEqual({ code: 3, out: `${path}\n` });
  expect(err).toContain('it is a folder');
  expect(err).toContain('no such file');
});
