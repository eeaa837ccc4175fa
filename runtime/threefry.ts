const parity = 0x1bd11bda;

const rotated = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

/**
 * Threefry-2x32 of 20 rounds (Salmon, Moraes, Dror & Shaw 2011): two random words of 32 bits from a key and a counter of
 * two words each. Additions, rotations and exclusive ors alone, so the same bits everywhere. Written out, round by round,
 * since engines do not unroll loops.
 *
 * @param into  takes the two words
 */
export function threefry(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  into: Uint32Array,
): void {
  const key2 = parity ^ key0 ^ key1;
  let a = (counter0 + key0) | 0;
  let b = (counter1 + key1) | 0;
  a = (a + b) | 0;
  b = rotated(b, 13) ^ a;
  a = (a + b) | 0;
  b = rotated(b, 15) ^ a;
  a = (a + b) | 0;
  b = rotated(b, 26) ^ a;
  a = (a + b) | 0;
  b = rotated(b, 6) ^ a;
  a = (a + key1) | 0;
  b = (b + key2 + 1) | 0;
  a = (a + b) | 0;
  b = rotated(b, 17) ^ a;
  a = (a + b) | 0;
  b = rotated(b, 29) ^ a;
  a = (a + b) | 0;
  b = rotated(b, 16) ^ a;
  a = (a + b) | 0;
  b = rotated(b, 24) ^ a;
  a = (a + key2) | 0;
  b = (b + key0 + 2) | 0;
  a = (a + b) | 0;
  b = rotated(b, 13) ^ a;
  a = (a + b) | 0;
  b = rotated(b, 15) ^ a;
  a = (a + b) | 0;
  b = rotated(b, 26) ^ a;
  a = (a + b) | 0;
  b = rotated(b, 6) ^ a;
  a = (a + key0) | 0;
  b = (b + key1 + 3) | 0;
  a = (a + b) | 0;
  b = rotated(b, 17) ^ a;
  a = (a + b) | 0;
  b = rotated(b, 29) ^ a;
  a = (a + b) | 0;
  b = rotated(b, 16) ^ a;
  a = (a + b) | 0;
  b = rotated(b, 24) ^ a;
  a = (a + key1) | 0;
  b = (b + key2 + 4) | 0;
  a = (a + b) | 0;
  b = rotated(b, 13) ^ a;
  a = (a + b) | 0;
  b = rotated(b, 15) ^ a;
  a = (a + b) | 0;
  b = rotated(b, 26) ^ a;
  a = (a + b) | 0;
  b = rotated(b, 6) ^ a;
  a = (a + key2) | 0;
  b = (b + key0 + 5) | 0;
  into[0] = a;
  into[1] = b;
}
