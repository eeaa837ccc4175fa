/** 20 rounds in five groups of four; the first four rotations and the last four by turns. */
const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;
const parity = 0x1bd11bda;

/**
 * Threefry-2x32 of 20 rounds (Salmon, Moraes, Dror & Shaw 2011): two random words of 32 bits from a key and a counter of
 * two words each. Additions, rotations and exclusive ors alone, so the same bits everywhere.
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
  for (let group = 0; group < 5; group++) {
    const first = (group & 1) << 2;
    for (let round = 0; round < 4; round++) {
      const by = rotations[first + round]!;
      a = (a + b) | 0;
      b = ((b << by) | (b >>> (32 - by))) ^ a;
    }
    const turn = (group + 1) % 3;
    a = (a + (turn === 0 ? key0 : turn === 1 ? key1 : key2)) | 0;
    b = (b + (turn === 0 ? key1 : turn === 1 ? key2 : key0) + group + 1) | 0;
  }
  into[0] = a;
  into[1] = b;
}
