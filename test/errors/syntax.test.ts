import { describe, expect, it } from 'vitest';
import { catalog } from '../../compiler/diagnostics/catalog/index.ts';
import { syntaxCatalog } from '../../compiler/diagnostics/catalog/syntax.ts';
import { renderDiagnostics } from '../../compiler/diagnostics/render.ts';
import { parse } from '../../compiler/syntax/parse.ts';

const read = (text: string) => parse({ name: 'example.rnn', text }).diagnostics;

describe('the catalogue of syntax', () => {
  it('gives every code once', () => {
    const codes = catalog.map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)].sort());
  });

  const { more, ...others } = syntaxCatalog;

  for (const [name, entry] of Object.entries(others)) {
    it(`${entry.code} ${name}: its example provokes it, and nothing else`, () => {
      const found = read(entry.example);
      expect(found.map(({ code }) => code)).toEqual([entry.code]);
      for (const { message, label, hint } of found) {
        expect([message, label, hint].join()).not.toMatch(/undefined|``|\[object/);
      }
      expect(renderDiagnostics(found).split('\n').length).toBeLessThan(8);
    });
  }

  it('RNN199 more: counts what is left out', () => {
    const found = read(more.example);
    expect(found).toHaveLength(51);
    expect(found.at(-1)).toMatchObject({ code: 'RNN199', message: 'There are 10 more errors' });
  });
});
