import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { apiPage, documented } from '../../scripts/apiPage.mjs';

const page = new URL('../../docs/api.md', import.meta.url);

it('docs/api.md is up to date; UPDATE=1 rewrites it', () => {
  const text = apiPage();
  if (process.env.UPDATE) writeFileSync(page, text);
  expect(readFileSync(page, 'utf8')).toBe(text);
});

it('all that is exported has a docstring, and so has every member of a class', () => {
  expect(documented().flatMap(({ name, doc }) => (doc === '' ? [name] : []))).toEqual([]);
});
