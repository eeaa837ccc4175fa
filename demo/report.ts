import type { Errors } from './evaluate.ts';

export interface Row {
  readonly name: string;
  readonly oneStep: Errors;
  readonly closedLoop: Errors;
}

/** The errors of all forecasts as a table of plain text, in ppm; the lowest of each column is marked. */
export function errorTable(rows: readonly Row[], horizon: number): string {
  const columns = [
    { head: 'MAE', of: ({ oneStep }: Row) => oneStep.mae },
    { head: 'RMSE', of: ({ oneStep }: Row) => oneStep.rmse },
    { head: 'MAE', of: ({ closedLoop }: Row) => closedLoop.mae },
    { head: 'RMSE', of: ({ closedLoop }: Row) => closedLoop.rmse },
  ];
  const lowest = columns.map(({ of }) => Math.min(...rows.map(of)));
  const corner = 'error in ppm';
  const width = Math.max(...[corner, ...rows.map(({ name }) => name)].map(({ length }) => length));
  const over = ['1 month ahead', `${horizon} months ahead`]
    .map((when) => when.padStart(17).padEnd(18))
    .join('');
  const heads = columns.map(({ head }) => `${head} `.padStart(9)).join('');
  const cells = (row: Row) =>
    columns
      .map(({ of }, i) => `${of(row).toFixed(3)}${of(row) === lowest[i] ? '*' : ' '}`.padStart(9))
      .join('');
  const rule = '-'.repeat(width + 36);
  const body = rows.map((row) => `${row.name.padEnd(width)}${cells(row)}`);
  const head = [`${' '.repeat(width)}${over}`, `${corner.padEnd(width)}${heads}`];
  return [...head, rule, ...body, rule, '* lowest of its column'].map((text) => text.trimEnd()).join('\n');
}

/** One sentence each on one step and on the horizon: against whom the network won and lost, by RMSE. */
export function verdict(network: Row, baselines: readonly Row[], horizon: number): readonly string[] {
  return [
    sentence('1 month ahead', network, baselines, ({ oneStep }) => oneStep.rmse),
    sentence(`${horizon} months ahead`, network, baselines, ({ closedLoop }) => closedLoop.rmse),
  ];
}

function sentence(when: string, network: Row, baselines: readonly Row[], of: (row: Row) => number): string {
  const better = baselines.filter((row) => of(row) <= of(network));
  const best = baselines.reduce((a, b) => (of(b) < of(a) ? b : a));
  if (better.length === 0) {
    const percent = (100 * (1 - of(network) / of(best))).toFixed(0);
    return `${capital(when)} the network beats every baseline (RMSE ${percent} % below ${best.name}).`;
  }
  const names = better.map(({ name }) => name).join('; ');
  return `${capital(when)} the network does not beat: ${names}.`;
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
