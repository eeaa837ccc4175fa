import type { Case } from '../cases.ts';
import type { BenchResult, CaseResult, PeerResult } from '../result.ts';
import { shapeOf, time, titleOf } from './words.ts';

/*
 * Bars on a logarithmic axis, one panel per case, drawn by Vega-Lite without a browser: the same result, the same bytes.
 */

interface VegaLite {
  compile(spec: object): { readonly spec: object };
}
interface Vega {
  parse(spec: object): object;
  readonly View: new (flow: object, options: object) => { toSVG(): Promise<string> };
}

/** Rows of the chart: rnnc's main lines and the peers; its lines for other engines stand in tables. */
const shown = new Set(['rnnc', 'rnnc-wide', 'rnnc-js']);
const colours = { rnnc: '#c2410c', variant: '#f0a37c', npm: '#7d8ea3', native: '#40566f' };
const font = 'Helvetica, Arial, sans-serif';

/** SVG of these cases, two panels to a row. */
export async function chart(
  results: readonly CaseResult[],
  { peers }: Pick<BenchResult, 'peers'>,
  withCell: boolean,
): Promise<string> {
  const vegaLite = (await import(nameOf('vega-lite'))) as VegaLite;
  const vega = (await import(nameOf('vega'))) as Vega;
  const byName = new Map(peers.map((peer) => [peer.name, peer]));
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    background: 'white',
    padding: 12,
    columns: 2,
    spacing: { row: 28, column: 40 },
    concat: results.map((result) => panel(result, byName, withCell)),
    config: {
      font,
      view: { stroke: null },
      axis: { labelFontSize: 11, titleFontSize: 11, titleFontWeight: 'normal' },
      title: { fontSize: 13, anchor: 'start', offset: 8 },
    },
  };
  const view = new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: 'none' });
  return `${await view.toSVG()}\n`;
}

/** A name the bundler and the type checker do not look into: the package is installed in this folder alone. */
function nameOf(name: string): string {
  return name;
}

function panel(result: CaseResult, peers: ReadonlyMap<string, PeerResult>, withCell: boolean): object {
  const values = result.timings
    .filter(({ peer, spread }) => {
      const isOurs = peers.get(peer)?.family === 'rnnc';
      return spread !== undefined && (!isOurs || shown.has(peer));
    })
    .map(({ peer, spread }) => ({
      title: peers.get(peer)!.title,
      colour: colourOf(peers.get(peer)!),
      time: spread!.median,
      label: time(spread!.median),
    }))
    .sort((a, b) => a.time - b.time);
  const times = values.map((value) => value.time);
  const domain = [10 ** Math.floor(Math.log10(Math.min(...times) * 0.6)), Math.max(...times) * 5] as const;
  const y = { field: 'title', type: 'nominal', sort: null, title: null, axis: axisOfNames };
  const x = {
    field: 'time',
    type: 'quantitative',
    title: null,
    scale: { type: 'log', domain, nice: false },
    axis: {
      values: decadesIn(domain),
      labelExpr: unitExpression,
      labelOverlap: false,
      grid: true,
      gridColor: '#e5e7eb',
      domain: false,
    },
  };
  return {
    title: withCell ? `${titleOf(result.case)}: ${shapeOf(result.case)}` : shapeOf(result.case),
    width: 250,
    height: { step: 19 },
    data: { values },
    layer: [
      {
        mark: { type: 'bar', height: 13 },
        encoding: {
          y,
          x,
          x2: { datum: domain[0] },
          color: { field: 'colour', type: 'nominal', scale: null },
        },
      },
      {
        mark: { type: 'text', align: 'left', dx: 4, fontSize: 10.5, color: '#374151' },
        encoding: { y, x, text: { field: 'label' } },
      },
    ],
  };
}

const axisOfNames = { labelLimit: 220, ticks: false, domain: false, labelPadding: 6 };
/** From microseconds to seconds. */
const unitExpression =
  "datum.value < 1000 ? format(datum.value, '~r') + ' µs' : datum.value < 1e6 ? " +
  "format(datum.value/1000, '~r') + ' ms' : format(datum.value/1e6, '~r') + ' s'";

function decadesIn([low, high]: readonly [number, number]): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high));
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
}

function colourOf({ name, family }: PeerResult): string {
  if (name === 'rnnc') return colours.rnnc;
  return family === 'rnnc' ? colours.variant : colours[family];
}

/** What the picture shows, for those who do not see it. */
export function describeChart(results: readonly CaseResult[]): string {
  const [first] = results;
  const one = first!.case;
  const verb = verbs[one.operation];
  return `${verb} by rnnc and others, bars on a logarithmic axis; the numbers are in the tables`;
}

const verbs: Readonly<Record<Case['operation'], string>> = {
  train: 'Time of a training step',
  infer: 'Time of inference over a sequence',
  step: 'Time of one streaming step',
};
