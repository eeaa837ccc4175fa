import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ErrorList } from '../../compiler/syntax/errorList.ts';
import { format } from '../../compiler/syntax/format.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import { print } from '../../compiler/syntax/print.ts';
import { scan } from '../../compiler/syntax/scan.ts';
import { tree } from './randomTree.ts';

const named = (text: string) => ({ name: 'random.rnn', text });

/** The tree without spans and comments. */
const bare = (text: string): string =>
  JSON.stringify(parse(named(text)).tree, (key, value) =>
    /^(span|.*Span|leading|trailing|dangling|blankBefore)$/.test(key) ? undefined : value,
  );

const commentsOf = (text: string): readonly string[] =>
  scan(named(text), new ErrorList()).flatMap(({ kind, text: comment }) =>
    kind === 'comment' ? [comment.trimEnd()] : [],
  );

/** A text with comments and line ends wherever the grammar still reads the same, numbered in order. */
const scattered = fc
  .tuple(tree, fc.infiniteStream(fc.nat(9)))
  .map(([random, choices]) => {
    let text = print(random);
    const wanted = bare(text);
    const places = scan(named(text), new ErrorList())
      .filter(({ kind }) => kind !== 'comment')
      .map(({ end }) => end)
      .reverse();
    let count = 0;
    for (const place of places) {
      const choice = choices.next().value as number;
      if (choice > 2 || count === 12) continue;
      const inserted = [`  #~\n`, ` #~\n\n   #~\n `, '\n'][choice]!;
      const next = text.slice(0, place) + inserted + text.slice(place);
      if (parse(named(next)).diagnostics.length > 0 || bare(next) !== wanted) continue;
      text = next;
      count++;
    }
    let number = 0;
    return text.replace(/#~/g, () => `# ${++number}`);
  })
  .filter((text) => parse(named(text)).diagnostics.length === 0);

describe('format', () => {
  it('keeps the meaning and every comment, in order, and changes nothing the second time', () => {
    let comments = 0;
    fc.assert(
      fc.property(scattered, (text) => {
        const canonical = format(named(text));
        expect(bare(canonical)).toBe(bare(text));
        expect(commentsOf(canonical)).toEqual(commentsOf(text));
        expect(format(named(canonical))).toBe(canonical);
        comments += commentsOf(text).length;
      }),
      { numRuns: 120, seed: 31, endOnFailure: true },
    );
    expect(comments).toBeGreaterThan(200);
  });

  it('takes other line ends, tabs and byte-order marks', () => {
    const text = '\uFEFFcell A(H) {\r\n\tinput x: [H] # é\r\n\r\n\r\n\th = x\r\n}';
    expect(format(named(text))).toBe('cell A(H) {\n  input  x: [H]  # é\n\n  h = x\n}\n');
    expect(format(named(''))).toBe('');
    expect(format(named('# only a comment'))).toBe('# only a comment\n');
  });

  it('throws every mistake of syntax', () => {
    expect(() => format(named('cell A() {\n  h = 1 +\n  b = )\n}'))).toThrow(
      /random\.rnn:2[\s\S]*random\.rnn:3/,
    );
  });
});

const root = fileURLToPath(new URL('../../', import.meta.url));
const shipped = ['bench', 'cli', 'compiler', 'docs', 'dsl-examples'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.rnn'))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`),
);

it.each(shipped)('%s is in canonical form (rnnc format)', (path) => {
  const text = readFileSync(join(root, path), 'utf8');
  expect(format({ name: path, text })).toBe(text);
});
