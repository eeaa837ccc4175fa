/** Number of entries of an array of this shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Axes that come before an array's own, slowest first: steps, batch. */
export type OuterAxes = readonly (readonly [name: string, length: number])[];

/** An array's shape, and its axes in the user's words where the compiler has told them. */
export interface Shaped {
  readonly shape: readonly number[];
  readonly axes?: readonly string[];
}

/** `[steps, batch, 4*H] with steps = 5, batch = 2, 4*H = 12`, for messages. */
export function showShape(outer: OuterAxes, { shape, axes }: Shaped): string {
  const inner = shape.map((length, i) => [axes?.[i] ?? String(length), length] as const);
  const all = [...outer, ...inner];
  const lengths = all.filter(([name, length]) => name !== String(length));
  const told = new Map(lengths.map(([name, length]) => [name, `${name} = ${length}`]));
  const text = `[${all.map(([name]) => name).join(', ')}]`;
  return told.size === 0 ? text : `${text} with ${[...told.values()].join(', ')}`;
}
