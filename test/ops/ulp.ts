const INFINITE = 2 ** 128;

/** Distance of an f32 result from the exact value in units of the f32's last place; overflow counts as 2^128. */
export function unitsInLastPlace(got: number, exact: number): number {
  if (Number.isNaN(got) || Number.isNaN(exact))
    return Number.isNaN(got) === Number.isNaN(exact) ? 0 : Infinity;
  if (got === exact) return 0;
  const bounded = (x: number) => Math.max(-INFINITE, Math.min(x, INFINITE));
  return Math.abs(bounded(got) - bounded(exact)) / lastPlace(bounded(exact));
}

/** Spacing of f32 just above |x|, for |x| up to the end of the range. */
function lastPlace(x: number): number {
  const size = Math.max(2 ** -126, Math.abs(x));
  let exponent = Math.min(127, Math.floor(Math.log2(size)));
  if (2 ** exponent > size) exponent -= 1;
  return 2 ** (exponent - 23);
}
