import { webAssembly } from './webassembly.ts';

/**
 * A module of one function: (a, b, c) → lane 0 of `f32x4.relaxed_madd`, each argument in all lanes. Sections are type,
 * function, export and code.
 */
const probe = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x08, 0x01, 0x60, 0x03, 0x7d, 0x7d, 0x7d, 0x01, 0x7d],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00],
  ...[0x0a, 0x16, 0x01, 0x14, 0x00],
  ...[0x20, 0x00, 0xfd, 0x13, 0x20, 0x01, 0xfd, 0x13, 0x20, 0x02, 0xfd, 0x13],
  ...[0xfd, 0x85, 0x02, 0xfd, 0x1f, 0x00, 0x0b],
);

const x = 1 + 2 ** -12;

/**
 * x*x is 1 + 2^-11 + 2^-24, half way between two f32. Rounding the product first gives 1 + 2^-11 and then loses what is
 * added; rounding a double sum first loses it, too, in the first two. Only one rounding gives these.
 */
const once: readonly (readonly [a: number, b: number, c: number, result: number])[] = [
  [x, x, 2 ** -80, 1 + 2 ** -11 + 2 ** -23],
  [-x, x, -(2 ** -80), -1 - 2 ** -11 - 2 ** -23],
  [x, x, -(1 + 2 ** -11), 2 ** -24],
];

/**
 * Whether this host has relaxed SIMD and rounds its multiply-add once, as the profile `fused` says. The specification
 * leaves both to the host. Node 20 has it from the flag `--experimental-wasm-relaxed-simd` on.
 */
export function fusesMultiplyAdd(): boolean {
  if (webAssembly === undefined || !webAssembly.validate(probe)) return false;
  const { f } = new webAssembly.Instance(new webAssembly.Module(probe), {}).exports;
  return once.every(([a, b, c, result]) => f?.(a, b, c) === result);
}
