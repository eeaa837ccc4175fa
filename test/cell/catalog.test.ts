import { describe, expect, test } from 'vitest';
import { bindSizes } from '../../compiler/cell/sizes.ts';
import { cellCatalog } from '../../compiler/diagnostics/catalog/cell.ts';
import { sizeCatalog } from '../../compiler/diagnostics/catalog/sizes.ts';
import { checkText, soundCell } from './support.ts';

describe('the example of each entry provokes its code, and nothing else', () => {
  test.each(Object.values(cellCatalog).map((entry) => [entry.code, entry] as const))('%s', (code, entry) => {
    const { diagnostics } = checkText(entry.example, entry.files);
    expect([...new Set(diagnostics.map((d) => d.code))]).toEqual([code]);
  });

  test.each(Object.values(sizeCatalog).map((entry) => [entry.code, entry] as const))('%s', (code, entry) => {
    const result = bindSizes(soundCell(entry.example), entry.given ?? {});
    expect('diagnostics' in result && result.diagnostics.map((d) => d.code)).toEqual([code]);
  });

  test('codes are unique', () => {
    const codes = [...Object.values(cellCatalog), ...Object.values(sizeCatalog)].map((entry) => entry.code);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
