import {
  axes,
  dot,
  type Frame,
  frame,
  line,
  type Point,
  type Scale,
  scale,
  type Tick,
  text,
  ticks,
} from '../plot/svg.ts';
import { monthName, type Series, type Split } from './series.ts';

/** What the picture shows, in ppm. */
export interface Picture {
  readonly series: Series;
  readonly split: Split;
  /** Of the held-out months, in order: made one month before, and `horizon` months before. */
  readonly oneStep: Float64Array;
  readonly closedLoop: Float64Array;
  readonly horizon: number;
  /** RMSE */
  readonly oneStepError: number;
  readonly closedLoopError: number;
}

const [width, height] = [960, 816];
const [left, panelWidth] = [72, 856];
/** Blue and vermilion of Okabe & Ito: told apart with any common colour blindness, and in grey. */
const blue = '#0072b2';
const vermilion = '#d55e00';
const ink = '#1a1a1a';
const grey = '#59616d';
const lightGrey = '#aab0b9';
/** Months before the held-out ones that the two large panels show as well. */
const before = 24;

/** An SVG: forecasts of the held-out months against the truth, their errors, and the whole series in its three parts. */
export function plot(picture: Picture): string {
  const { series, split, horizon } = picture;
  const month = (i: number) => monthName(series.firstMonth + i);
  const heldOut = `${month(split.heldOutFrom)} to ${month(split.end - 1)}`;
  const title = 'CO₂ at Mauna Loa: an LSTM forecasts months it has never seen';
  const learned = `Monthly means. Learned from ${month(0)} to ${month(split.validationFrom - 1)}, chosen on the years to ${month(split.heldOutFrom - 1)}, tried once on ${heldOut}.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title about">
<title id="title">${title}</title>
<desc id="about">Measured and forecast CO2 in ppm, ${heldOut}, one month and ${horizon} months ahead; below, the errors of both, and the whole series with its training, validation and held-out parts.</desc>
<style>
text { font: 13px system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: ${ink} }
text.title { font-size: 20px; font-weight: 600 }
text.panel { font-weight: 600 }
text.soft { fill: ${grey} }
text.small { font-size: 12px; fill: ${grey} }
text.end { text-anchor: end }
text.mid { text-anchor: middle }
path { fill: none; stroke-linejoin: round; stroke-linecap: round }
path.grid { stroke: #e6e9ed }
path.axis { stroke: ${lightGrey} }
path.border { stroke: ${grey}; stroke-dasharray: 2 4 }
</style>
<rect width="${width}" height="${height}" fill="#ffffff"/>
${[
  text(left - 34, 36, title, 'title'),
  text(left - 34, 58, learned, 'soft'),
  legend(picture, left - 34, 86),
  forecasts(picture, frame(left, 128, panelWidth, 320)),
  errors(picture, frame(left, 514, panelWidth, 100)),
  overview(picture, frame(left, 680, panelWidth, 74)),
  text(
    left - 34,
    height - 12,
    'Data: Scripps CO₂ Program, CC BY 4.0, from the package vega-datasets.',
    'small',
  ),
].join('\n')}
</svg>
`;
}

function legend({ horizon, oneStepError, closedLoopError }: Picture, x: number, y: number): string {
  const stroke = (at: number): readonly Point[] => [
    [at, y],
    [at + 26, y],
  ];
  const ppm = (error: number) => `RMSE ${error.toFixed(2)} ppm`;
  return [
    line(stroke(x), ink, 1.2),
    dot([x + 13, y], 2, ink),
    text(x + 34, y + 4, 'measured'),
    dot([x + 133, y], 3.4, blue, 1.4),
    text(x + 148, y + 4, `forecast 1 month before (${ppm(oneStepError)})`),
    line(stroke(x + 440), vermilion, 2.4),
    text(x + 474, y + 4, `forecast ${horizon} months before, closed loop (${ppm(closedLoopError)})`),
  ].join('\n');
}

function forecasts(picture: Picture, panel: Frame): string {
  const { series, split, oneStep, closedLoop } = picture;
  const { heldOutFrom, end } = split;
  const x = scale(heldOutFrom - before, end, panel.left, panel.right);
  const shown = [...series.values.subarray(heldOutFrom - before, end), ...oneStep, ...closedLoop];
  const y = scale(
    roundDown(Math.min(...shown), 5),
    -roundDown(-Math.max(...shown), 5),
    panel.bottom,
    panel.top,
  );
  const measured = points(series.values.subarray(heldOutFrom, end), heldOutFrom, x, y);
  return [
    axes(panel, januaries(series, x, 1), ticks(y, 5), 'CO₂ (ppm)'),
    border(x(heldOutFrom - 0.5), panel),
    text(x(heldOutFrom - 0.5) - 8, panel.top + 14, 'validation', 'small end'),
    text(x(heldOutFrom - 0.5) + 8, panel.top + 14, 'held out', 'small'),
    line(
      points(series.values.subarray(heldOutFrom - before, heldOutFrom + 1), heldOutFrom - before, x, y),
      lightGrey,
      1.4,
    ),
    line(points(closedLoop, heldOutFrom, x, y), vermilion, 2.4),
    line(measured, ink, 1),
    ...measured.map((point) => dot(point, 1.6, ink)),
    ...points(oneStep, heldOutFrom, x, y).map((point) => dot(point, 3.4, blue, 1.2)),
  ].join('\n');
}

function errors(picture: Picture, panel: Frame): string {
  const { series, split, oneStep, closedLoop } = picture;
  const { heldOutFrom, end } = split;
  const off = (forecast: Float64Array) => forecast.map((value, i) => value - series.values[heldOutFrom + i]!);
  const largest = -roundDown(-Math.max(...[...off(oneStep), ...off(closedLoop)].map(Math.abs)), 1);
  const x = scale(heldOutFrom - before, end, panel.left, panel.right);
  const y = scale(-largest, largest, panel.bottom, panel.top);
  return [
    text(panel.left + 56, panel.top - 10, 'Forecast minus measured', 'panel'),
    axes(panel, januaries(series, x, 1), ticks(y, largest > 2 ? 2 : 1), 'error (ppm)'),
    border(x(heldOutFrom - 0.5), panel),
    `<path class="axis" d="M${panel.left} ${y(0)}H${panel.right}"/>`,
    line(points(off(closedLoop), heldOutFrom, x, y), vermilion, 1.8),
    line(points(off(oneStep), heldOutFrom, x, y), blue, 1.6),
  ].join('\n');
}

function overview({ series, split }: Picture, panel: Frame): string {
  const { validationFrom, heldOutFrom, end } = split;
  const x = scale(0, end, panel.left, panel.right);
  const y = scale(280, 420, panel.bottom, panel.top);
  const parts = [
    { name: 'training', from: 0, to: validationFrom, colour: lightGrey },
    { name: 'validation', from: validationFrom, to: heldOutFrom, colour: grey },
    { name: 'held out', from: heldOutFrom, to: end, colour: ink },
  ];
  return [
    text(panel.left + 56, panel.top - 10, 'The whole series', 'panel'),
    axes(panel, januaries(series, x, 10), ticks(y, 50), 'CO₂ (ppm)'),
    ...parts.map(({ from, to, colour }) =>
      line(points(series.values.subarray(from, to + 1), from, x, y), colour, 1.3),
    ),
    border(x(validationFrom), panel),
    border(x(heldOutFrom), panel),
    ...parts.map(({ name, from, to }) => text(x((from + to) / 2), panel.bottom - 6, name, 'small mid')),
  ].join('\n');
}

function points(values: Float64Array, first: number, x: Scale, y: Scale): readonly Point[] {
  return Array.from(values, (value, i) => [x(first + i), y(value)] as const);
}

/** A tick at January of every `years`-th year. */
function januaries({ firstMonth }: Series, x: Scale, years: number): readonly Tick[] {
  const found: Tick[] = [];
  for (let i = Math.ceil(x.first); i <= x.last; i++) {
    const month = firstMonth + i;
    if (month % (12 * years) === 0) found.push({ at: x(i), label: `${month / 12}` });
  }
  return found;
}

function border(x: number, panel: Frame): string {
  return `<path class="border" d="M${x.toFixed(1)} ${panel.top}V${panel.bottom}"/>`;
}

function roundDown(value: number, step: number): number {
  return Math.floor(value / step) * step;
}
