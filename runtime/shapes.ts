/** Number of entries of an array of this shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** `[steps, batch, 3] with steps = 5, batch = 2`, for messages. */
export function showShape(
  outer: readonly (readonly [name: string, length: number])[],
  shape: readonly number[],
): string {
  const axes = [...outer.map(([name]) => name), ...shape.map(String)].join(', ');
  const lengths = outer.map(([name, length]) => `${name} = ${length}`).join(', ');
  return lengths === '' ? `[${axes}]` : `[${axes}] with ${lengths}`;
}
