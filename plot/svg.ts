/** A panel's rectangle, in pixels. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function frame(left: number, top: number, width: number, height: number): Frame {
  return { left, right: left + width, top, bottom: top + height };
}

/** Values from `first` to `last` to pixels, in proportion. */
export interface Scale {
  (value: number): number;
  readonly first: number;
  readonly last: number;
}

export function scale(first: number, last: number, from: number, to: number): Scale {
  return Object.assign((value: number) => from + ((value - first) / (last - first)) * (to - from), {
    first,
    last,
  });
}

export interface Tick {
  /** In pixels. */
  readonly at: number;
  readonly label: string;
}

/** A tick at every multiple of `step` on a scale. */
export function ticks(of: Scale, step: number): readonly Tick[] {
  const least = Math.ceil(of.first / step);
  const most = Math.floor(of.last / step);
  return Array.from({ length: most - least + 1 }, (_, i) => {
    const value = (least + i) * step;
    return { at: of(value), label: value < 0 ? `−${-value}` : `${value}` };
  });
}

export type Point = readonly [x: number, y: number];

export function line(points: readonly Point[], colour: string, width: number): string {
  const path = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${pixels(x)} ${pixels(y)}`).join('');
  return `<path d="${path}" stroke="${colour}" stroke-width="${width}"/>`;
}

/** A dot, or a ring where `ring` is given: the width of its stroke. */
export function dot([x, y]: Point, radius: number, colour: string, ring?: number): string {
  const paint =
    ring === undefined ? `fill="${colour}"` : `fill="none" stroke="${colour}" stroke-width="${ring}"`;
  return `<circle cx="${pixels(x)}" cy="${pixels(y)}" r="${radius}" ${paint}/>`;
}

/** @param classes  of the style sheet */
export function text(x: number, y: number, content: string, classes = ''): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${pixels(x)}" y="${pixels(y)}"${classes === '' ? '' : ` class="${classes}"`}>${escaped}</text>`;
}

/** Horizontal grid lines with their values at the left, ticks below, and what the vertical axis measures above. */
export function axes(panel: Frame, below: readonly Tick[], left: readonly Tick[], label: string): string {
  return [
    ...left.map(({ at }) => `<path class="grid" d="M${panel.left} ${pixels(at)}H${panel.right}"/>`),
    ...left.map((tick) => text(panel.left - 8, tick.at + 4, tick.label, 'small end')),
    `<path class="axis" d="M${panel.left} ${panel.bottom}H${panel.right}"/>`,
    ...below.map(({ at }) => `<path class="axis" d="M${pixels(at)} ${panel.bottom}v5"/>`),
    ...below.map((tick) => text(tick.at, panel.bottom + 18, tick.label, 'small mid')),
    text(panel.left - 34, panel.top - 10, label, 'small'),
  ].join('\n');
}

function pixels(value: number): string {
  return String(Math.round(value * 10) / 10);
}
