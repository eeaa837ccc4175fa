import { axes, frame, line, type Point, scale, type Tick, text } from './svg.ts';

export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly Point[];
  /** Of the stroke, in pixels; 1.8 by default. */
  readonly width?: number;
}

export interface Chart {
  readonly title: string;
  /** What the horizontal axis counts. */
  readonly across: string;
  /** What the vertical axis measures. */
  readonly up: string;
  /** Points that are not finite, or not above 0 on a logarithmic axis, are left out. */
  readonly lines: readonly Line[];
  readonly logarithmic?: boolean;
}

/** Blue, vermilion and green of Okabe & Ito: told apart with any common colour blindness. */
export const colours = {
  blue: '#0072b2',
  vermilion: '#d55e00',
  green: '#009e73',
  ink: '#1a1a1a',
  grey: '#8a929e',
};

const [width, height] = [860, 420];
const panel = frame(70, 64, 760, 296);
const mostPoints = 4000;

/** A line chart as an SVG. */
export function chart({ title, across, up, lines, logarithmic = false }: Chart): string {
  const place = (value: number) => (logarithmic ? Math.log10(value) : value);
  const placed = lines.map((one) => ({
    ...one,
    points: thinned(
      one.points
        .map(([x, y]): Point => [x, place(y)])
        .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)),
    ),
  }));
  const xs = extent(placed.flatMap(({ points }) => points.map(([x]) => x)));
  const ys = extent(placed.flatMap(({ points }) => points.map(([, y]) => y)));
  const left = logarithmic ? powerTicks(ys) : roundTicks(ys, 5);
  const below = roundTicks(xs, 8);
  const x = scale(xs[0], xs[1], panel.left, panel.right);
  const y = scale(Math.min(ys[0], ...left), Math.max(ys[1], ...left), panel.bottom, panel.top);
  const ticks = (
    values: readonly number[],
    at: (value: number) => number,
    label: (value: number) => string,
  ): Tick[] => values.map((value) => ({ at: at(value), label: label(value) }));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(title)}</title>
<style>
text { font: 13px system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: #1a1a1a }
text.title { font-size: 16px; font-weight: 600 }
text.small { font-size: 12px; fill: #59616d }
text.end { text-anchor: end }
text.mid { text-anchor: middle }
path { fill: none; stroke-linejoin: round; stroke-linecap: round }
path.grid { stroke: #e6e9ed }
path.axis { stroke: #aab0b9 }
</style>
<rect width="${width}" height="${height}" fill="#ffffff"/>
${[
  text(24, 28, title, 'title'),
  axes(
    panel,
    ticks(below, x, String),
    ticks(left, y, (value) => (logarithmic ? powerLabel(value) : String(value))),
    up,
  ),
  text((panel.left + panel.right) / 2, height - 12, across, 'small mid'),
  ...placed.flatMap(({ points, colour, width: stroke = 1.8 }) =>
    points.length === 0
      ? []
      : [
          line(
            // A line from a point to itself is a dot.
            (points.length === 1 ? [points[0]!, points[0]!] : points).map(([a, b]) => [x(a), y(b)] as const),
            colour,
            stroke,
          ),
        ],
  ),
  ...placed.map(({ name, colour }, i) => {
    const at = panel.right - 170 * (placed.length - i);
    return `${line(
      [
        [at, 44],
        [at + 22, 44],
      ],
      colour,
      2.4,
    )}\n${text(at + 28, 48, name, 'small')}`;
  }),
].join('\n')}
</svg>
`;
}

/** Never of width 0. */
function extent(values: readonly number[]): readonly [least: number, most: number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (least > most) return [0, 1];
  if (least < most) return [least, most];
  const room = Math.abs(least) / 10 || 1;
  return [least - room, most + room];
}

/** Multiples of 1, 2 or 5 times a power of ten, about `count` of them. */
function roundTicks([least, most]: readonly [number, number], count: number): readonly number[] {
  const rough = (most - least) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((one) => one * power >= rough) ?? 10);
  const ticks: number[] = [];
  for (let i = Math.ceil(least / step); i * step <= most; i++) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** Powers of ten around all values, as exponents; within one decade 1, 2 and 5 times these as well. */
function powerTicks([least, most]: readonly [number, number]): readonly number[] {
  const [low, high] = [Math.floor(least), Math.ceil(most)];
  const every = Math.max(1, Math.ceil((high - low) / 8));
  const factors = high - low <= 2 ? [1, 2, 5] : [1];
  const all: number[] = [];
  for (let exponent = low; exponent <= high; exponent += every) {
    for (const factor of factors) {
      const value = exponent + Math.log10(factor);
      if (value > least - 0.35 && value < most + 0.35) all.push(value);
    }
  }
  return all;
}

const powerLabel = (exponent: number): string => String(Number((10 ** exponent).toPrecision(3)));

/** At most `mostPoints`, evenly chosen, the last among them. */
function thinned(points: readonly Point[]): readonly Point[] {
  const every = Math.ceil(points.length / mostPoints);
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}

const escaped = (content: string): string => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
