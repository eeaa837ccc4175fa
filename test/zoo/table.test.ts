import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { evaluateDim } from '../../compiler/cell/dim.ts';
import { graphStages } from '../../compiler/compile.ts';
import { factsOf } from '../../compiler/graph/facts.ts';
import { evaluateSequence } from '../../compiler/index.ts';
import { randomGiven } from '../support/randomValues.ts';
import { stagesOf } from '../support/stages.ts';
import { files, folder, headerOf, load } from './files.ts';
import { tables } from './table.ts';

const page = join(folder, 'README.md');
const between = /(?<=<!-- tables -->\n)[\s\S]*(?=<!-- end -->)/;

test('the tables of README.md are up to date; UPDATE=1 rewrites them', () => {
  const text = readFileSync(page, 'utf8');
  expect(text).toMatch(between);
  const anew = text.replace(between, () => `\n${tables()}\n`);
  if (process.env.UPDATE) writeFileSync(page, anew);
  expect(readFileSync(page, 'utf8')).toBe(anew);
  for (const file of files) expect(anew).toContain(`](${file})`);
});

test.each(files)('%s: what the table says holds in numbers', (file) => {
  const { sizes, values } = headerOf(file);
  const { cell, graph } = graphStages(load(file), { load, sizes, training: false });
  const facts = factsOf(cell, graph);
  const { bound } = stagesOf(load(file), { load, sizes });
  const options = { steps: 3, batch: 1, values, starts: true };
  const { parameters } = randomGiven(cell, bound, { ...options, seed: 1 });
  const learned = cell.parameters.filter(({ frozen }) => !frozen);
  const entries = learned.reduce((sum, { name }) => sum + parameters.get(name)!.length, 0);
  expect(evaluateDim(facts.parameters, bound.binding.sizes)).toBe(entries);

  if (facts.linear === undefined) return;
  // f is affine along a line where f(a - d) - 2 f(a) + f(a + d) is zero; far enough for units to go on and off.
  const bendTo = (seed: number) => {
    const from = randomGiven(cell, bound, { ...options, seed });
    const to = randomGiven(cell, bound, { ...options, seed: seed + 100 }).starts!;
    const finals = (k: number) => {
      const starts = new Map(
        [...from.starts!].map(([name, start]) => [
          name,
          Float64Array.from(start, (x, i) => x + (k * (to.get(name)![i]! - x)) / 2),
        ]),
      );
      const result = evaluateSequence(bound, { ...from, starts }).finals;
      return [...result.values()].flatMap((array) => [...array]);
    };
    const [first, middle, last] = [finals(-5), finals(1), finals(7)];
    return Math.max(
      ...first.map((x, i) => Math.abs(x - 2 * middle[i]! + last[i]!) / Math.max(1, Math.abs(x))),
    );
  };
  const bend = Math.max(...[1, 2, 3, 4, 5, 6].map(bendTo));
  if (facts.linear) expect(bend).toBeLessThan(1e-9);
  else expect(bend < 1e-9).toBe(false);
});
