import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { catalog } from '../../compiler/diagnostics/catalog/index.ts';
import { errorsPage } from '../../compiler/diagnostics/docs.ts';

const page = new URL('../../docs/errors.md', import.meta.url);

it('docs/errors.md is up to date (UPDATE=1 rewrites it)', () => {
  if (process.env.UPDATE === '1') writeFileSync(page, errorsPage());
  expect(readFileSync(page, 'utf8')).toBe(errorsPage());
});

it('every code stands for one thing', () => {
  const codes = catalog.map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});
