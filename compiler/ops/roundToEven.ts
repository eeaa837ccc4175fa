/** Nearest whole number, halves to the even one; a result of zero has the sign of x. */
export function roundToEven(x: number): number {
  const below = Math.floor(x);
  const fraction = x - below;
  const up = fraction > 0.5 || (fraction === 0.5 && below % 2 !== 0);
  const rounded = up ? below + 1 : below;
  return rounded === 0 ? 0 * Math.sign(x) : rounded;
}
