import { dirname } from 'node:path/posix';
import { type Dim, formatDim } from '../../compiler/cell/dim.ts';
import { graphStages } from '../../compiler/compile.ts';
import { type Facts, factsOf } from '../../compiler/graph/facts.ts';
import { files, headerOf, load } from './files.ts';
import type { Paper } from './header.ts';

/** In the order of the page, with what stands above the table. */
const groups: Readonly<Record<string, string>> = {
  '.': 'Where to begin',
  classic: 'Before gates, and the first gated ones',
  gated: 'Gates on a vector state',
  structured: 'Structured weights, differential equations, deep transitions',
  parallel: 'Linear in the state',
  memory: 'Matrices as state',
  attention: 'Attention over what is given with the sequence',
  time: 'Elapsed time, clocks, lags, skipped steps',
  regularised: 'Normalisation and noise inside the cell',
  spiking: 'Threshold units',
};

/** The tables of dsl-examples/README.md, as Markdown. */
export function tables(): string {
  return Object.entries(groups)
    .filter(([folder]) => files.some((file) => dirname(file) === folder))
    .map(([folder, title]) => {
      const rows = files.filter((file) => dirname(file) === folder).map(row);
      return [
        `### ${title}`,
        '',
        '| cell | paper | states | parameters | multiply-adds per step | gates | linear in its state |',
        '|---|---|---|---|---|---|---|',
        ...rows,
        '',
      ].join('\n');
    })
    .join('\n');
}

function row(file: string): string {
  const { title, papers, sizes } = headerOf(file);
  const { cell, graph } = graphStages(load(file), { load, sizes, training: false });
  const facts = factsOf(cell, graph);
  const states = cell.states.map(({ name, shape }) => `\`${name}: [${shape.map(formatDim).join(', ')}]\``);
  const cells = [
    `[${title}](${file})`,
    papers.map(shortly).join('; '),
    states.join(', '),
    parametersOf(facts),
    formula(facts.multiplyAdds),
    String(facts.gates),
    linearities.get(facts.linear)!,
  ];
  return `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
}

const linearities = new Map([
  [true, 'yes'],
  [false, 'no'],
  [undefined, ''],
]);

const parametersOf = ({ parameters, frozen }: Facts): string =>
  frozen.terms.length === 0 ? formula(parameters) : `${formula(parameters)}, frozen ${formula(frozen)}`;

/** The highest powers first. */
function formula(dim: Dim): string {
  const power = ({ factors }: Dim['terms'][number]) => factors.reduce((sum, [, each]) => sum + each, 0);
  const terms = [...dim.terms].sort((a, b) => power(b) - power(a));
  return `\`${formatDim({ terms })}\``;
}

/** `Cho et al. 2014`, `Le, Jaitly & Hinton 2015`. */
function shortly({ authors, year }: Paper): string {
  const [first, ...others] = authors.split(/, | & /);
  return `${others.length > 2 ? `${first} et al.` : authors} ${year}`;
}
