import type { Errors, Score } from './scores.ts';

/** Errors as a table of plain text; the least of each column has a star. */
export function errorTable({ kind, predicted, when, rows, unscored, network, baselines }: Score): string {
  const all = [network, ...baselines];
  const measures = Object.keys(network.errors) as readonly Measure[];
  const columns = measures.map((measure) => all.map(({ errors }) => errorOf(errors, measure)));
  const least = columns.map((values) => Math.min(...values));
  const texts = columns.map((values, i) =>
    values.map((value) => `${shown(value, measures[i]!)}${value === least[i] ? '*' : ' '}`),
  );
  const width = Math.max(...all.map(({ name }) => name.length));
  const widths = texts.map((column, i) =>
    Math.max(titles[measures[i]!].length + 1, ...column.map((text) => text.length)),
  );
  const line = (name: string, cells: readonly string[]) =>
    `  ${name.padEnd(width)}${cells.map((cell, i) => `  ${cell.padStart(widths[i]!)}`).join('')}`.trimEnd();
  const left = unscored === 0 ? '' : `, ${unscored} not scored`;
  return [
    `${predicted.column} (output ${predicted.output}), ${when}: ${rows.length} ${kind} ${rows.length === 1 ? 'row' : 'rows'}${left}`,
    line(
      '',
      measures.map((measure) => `${titles[measure]} `),
    ),
    ...all.map(({ name }, row) =>
      line(
        name,
        texts.map((column) => column[row]!),
      ),
    ),
  ].join('\n');
}

type Measure = 'rmse' | 'mae' | 'wrong';

const titles: Readonly<Record<Measure, string>> = { rmse: 'RMSE', mae: 'MAE', wrong: 'wrong' };

const errorOf = (errors: Errors, measure: Measure): number =>
  (errors as Readonly<Partial<Record<Measure, number>>>)[measure]!;

const shown = (value: number, measure: Measure): string =>
  measure === 'wrong' ? `${(100 * value).toFixed(1)} %` : String(Number(value.toPrecision(4)));

/** Against whom the network wins and loses, in plain words: a sentence per baseline that it does not beat. */
export function verdict({ predicted, when, network, baselines }: Score): readonly string[] {
  const measures = Object.keys(network.errors) as readonly Measure[];
  const about = `${predicted.column}, ${when}`;
  const lost = baselines.flatMap(({ name, errors }) => {
    const better = measures.filter((measure) => errorOf(errors, measure) <= errorOf(network.errors, measure));
    if (better.length === 0) return [];
    const equal = better.every((measure) => errorOf(errors, measure) === errorOf(network.errors, measure));
    const numbers = better.map(
      (measure) =>
        `${titles[measure]} ${shown(errorOf(errors, measure), measure)} against ${shown(errorOf(network.errors, measure), measure)}`,
    );
    return [`${about}: ${name} ${equal ? 'equals' : 'beats'} the network: ${numbers.join(', ')}.`];
  });
  if (lost.length > 0) return lost;
  const measure = measures[0]!;
  const best = baselines.reduce((a, b) => (errorOf(b.errors, measure) < errorOf(a.errors, measure) ? b : a));
  const share = 100 * (1 - errorOf(network.errors, measure) / errorOf(best.errors, measure));
  const name = measure === 'wrong' ? 'share of wrong ones' : titles[measure];
  return [
    `${about}: the network beats every baseline, its ${name} is ${share.toFixed(0)} % below that of ${best.name}.`,
  ];
}
