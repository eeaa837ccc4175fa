import type { CatalogEntry } from '../diagnostic.ts';
import { cellCatalog } from './cell.ts';
import { compileCatalog } from './compile.ts';
import { sizeCatalog } from './sizes.ts';
import { syntaxCatalog } from './syntax.ts';

/** Every diagnostic there is, by code. */
export const catalog: readonly CatalogEntry<never>[] = [
  ...Object.values(syntaxCatalog),
  ...Object.values(cellCatalog),
  ...Object.values(sizeCatalog),
  ...Object.values(compileCatalog),
].sort((a, b) => (a.code < b.code ? -1 : 1));
