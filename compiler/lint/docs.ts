import { lintCatalog } from '../diagnostics/catalog/lint.ts';
import { lintRules } from './rules.ts';

/** docs/lint.md, from the rules and their catalogue. */
export function lintPage(): string {
  const fenced = (text: string) => `\`\`\`rnn\n${text.trimEnd()}\n\`\`\``;
  const sections = Object.values(lintCatalog).flatMap(({ code, doc, example }) => {
    const { close } = lintRules.find((rule) => rule.code === code)!;
    return [`## ${code}`, doc, fenced(example), 'Not warned about:', fenced(close)];
  });
  return [
    '# Lint',
    'Made from `compiler/lint` and `compiler/diagnostics/catalog/lint.ts`; to change it, change these and run `UPDATE=1 npx vitest run test/lint`.',
    '`rnnc lint cell.rnn` warns of cells that are sound and may not do what was meant: they overflow, explode, never learn, or have parts of no use. It ends with 0; with `--strict` it ends with 1 where there is a warning. `rnnc check` says what is wrong.',
    'What it knows of values are ranges: sigmoid lies between 0 and 1, a square is at least 0, a state lies where its equation leads from where it starts; an input and a learned parameter lie anywhere, a number of the header where its default is. `x - max(x, y)` is known to be at most 0. All else that two values have to do with one another is not seen, so a warning may be wrong. Then say why on a line before the statement, or behind it; before a cell it holds for all of the cell:',
    fenced('  # lint: allow RNN702 dt is a time that has passed, and above 0\n  v = (x - x_prev)/dt'),
    ...sections,
    '',
  ].join('\n\n');
}
