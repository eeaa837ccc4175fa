import { chart, colours, type Line } from '../../plot/chart.ts';
import type { HeldOut } from './held.ts';
import type { Score, Scored } from './scores.ts';

const height = 420;

/** A chart for every column, one above the other: what was measured, the network's forecasts, and the best baseline. */
export function picture(held: HeldOut, scores: readonly Score[], title: string): string {
  const columns = [...new Set(scores.map(({ predicted }) => predicted.column))];
  const charts = columns.map((column) =>
    columnChart(
      held,
      scores.filter(({ predicted }) => predicted.column === column),
      title,
    ),
  );
  if (charts.length === 1) return charts[0]!;
  const placed = charts.map((one, i) =>
    one.replace('<svg ', `<svg y="${height * i}" height="${height}" `).trimEnd(),
  );
  const box = `viewBox="0 0 860 ${height * charts.length}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box}>\n${placed.join('\n')}\n</svg>\n`;
}

function columnChart({ kind, table, series }: HeldOut, scores: readonly Score[], title: string): string {
  const { column } = scores[0]!.predicted;
  const heldOut = series.filter(({ rows, training }) => training < rows);
  const shown = heldOut.reduce((a, b) => (b.rows - b.training > a.rows - a.training ? b : a));
  const { first, rows, training, key } = shown;
  const points = (values: Float64Array) =>
    Array.from(
      { length: rows - training },
      (_, i) => [training + i + 1, values[first + training + i]!] as const,
    );
  const best = bestBaseline(scores[0]!);
  const lines: Line[] = [
    { name: 'measured', colour: colours.ink, width: 1.2, points: points(table.columns.get(column)!) },
    { name: best.name, colour: colours.grey, width: 1.2, points: points(best.forecasts) },
    ...scores.map(({ when, network }, i) => ({
      name: `network, ${when}`,
      colour: i === 0 ? colours.blue : colours.vermilion,
      points: points(network.forecasts),
    })),
  ];
  const where = heldOut.length === 1 && key === '' ? `${kind} rows` : `${kind} rows of ${key}`;
  return chart({ title: `${title}: ${column}, ${where}`, across: 'row', up: column, lines });
}

/** One row ahead, by its first measure. */
function bestBaseline({ baselines }: Score): Scored {
  const of = ({ errors }: Scored) => ('rmse' in errors ? errors.rmse : errors.wrong);
  return baselines.reduce((a, b) => (of(b) < of(a) ? b : a));
}
