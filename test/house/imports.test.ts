import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Folders of compiler/ in the order data visits them; a folder imports only from those before it. */
const order = [
  'support',
  'source',
  'diagnostics',
  'syntax',
  'ops',
  'cell',
  'lint',
  'graph',
  'autodiff',
  'gradcheck',
  'derive',
  'optimise',
  'plan',
  'program',
  'targets',
  'module',
];

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path));
}

function importsOf(file: string): { path: string; typeOnly: boolean }[] {
  const text = readFileSync(join(root, file), 'utf8');
  const pattern = /^(import|export)\s+(type\s+)?(?:[^'"]*?from\s+)?['"]([^'"]+)['"]/gms;
  return [...text.matchAll(pattern)].flatMap(([, , type, path]) =>
    path!.startsWith('.')
      ? [{ path: relative(root, resolve(root, dirname(file), path!)), typeOnly: type !== undefined }]
      : [{ path: path!, typeOnly: type !== undefined }],
  );
}

it('data flows one way through the folders of the compiler', () => {
  const wrong = filesBelow('compiler').flatMap((file) => {
    const from = order.indexOf(file.split('/')[1]!);
    const isStage = file.split('/').length > 2;
    if (isStage && from < 0) return [`${file} stands in a folder that has no place in the order`];
    if (!isStage) return [];
    return importsOf(file).flatMap(({ path, typeOnly }) => {
      if (!path.startsWith('compiler/'))
        return path.startsWith('runtime/') ? [`${file} imports ${path}`] : [];
      const to = order.indexOf(path.split('/')[1]!);
      // The manifest's types are the contract with the runtime; targets write what it describes.
      const contract = path === 'compiler/module/manifest.ts' && typeOnly;
      return to > from && !contract ? [`${file} imports ${path}`] : [];
    });
  });
  expect(wrong).toEqual([]);
});

it('the runtime imports nothing but types of the module contract', () => {
  const wrong = filesBelow('runtime').flatMap((file) =>
    importsOf(file).flatMap(({ path, typeOnly }) => {
      if (path.startsWith('runtime/')) return [];
      return path === 'compiler/module/manifest.ts' && typeOnly ? [] : [`${file} imports ${path}`];
    }),
  );
  expect(wrong).toEqual([]);
});
