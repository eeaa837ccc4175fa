import fc from 'fast-check';

const signed = (value: number) => [value, -value];

/** f32 values where operations differ from what one expects: zeros, halves, borders of subnormals, of whole numbers, of f32. */
export const specialValues: readonly number[] = [
  ...signed(0),
  ...signed(2 ** -149),
  ...signed(2 ** -126 - 2 ** -149),
  ...signed(2 ** -126),
  ...signed(0.1),
  ...signed(0.5),
  ...signed(1),
  ...signed(1 + 2 ** -23),
  ...signed(1.5),
  ...signed(2.5),
  ...signed(127),
  ...signed(200),
  ...signed(2 ** 22 + 0.5),
  ...signed(2 ** 23 - 0.5),
  ...signed(2 ** 24 + 2),
  ...signed(2 ** 31),
  ...signed(1e30),
  ...signed((2 - 2 ** -23) * 2 ** 127),
  ...signed(Number.POSITIVE_INFINITY),
  Number.NaN,
].map(Math.fround);

/** Any f32 by its bits, or a special one. */
export const anyFloat: fc.Arbitrary<number> = fc.oneof(
  fc.float(),
  fc.constantFrom(...specialValues),
  fc.float({ min: -4, max: 4 }),
);
