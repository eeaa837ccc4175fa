import type { MachineOp } from '../ops/machine.ts';
import { invariant } from '../support/invariant.ts';
import type { Address, Affine, AffineTerm, Extent, ProgramExpression, ProgramStatement } from './program.ts';

/* Small makers of program pieces, so that lowering reads like the loops it writes. */

export const affine = (constant: number, ...terms: readonly AffineTerm[]): Affine => ({
  constant,
  terms: terms.filter(({ stride }) => stride !== 0),
});

export function addAffine(a: Affine, b: Affine): Affine {
  const strides = new Map<string, number>();
  for (const { index, stride } of [...a.terms, ...b.terms])
    strides.set(index, (strides.get(index) ?? 0) + stride);
  const terms = [...strides].map(([index, stride]) => ({ index, stride }));
  return affine(a.constant + b.constant, ...terms);
}

/** Moves an address by so many lanes. */
export const shift = (address: Address, by: Affine): Address => ({
  ...address,
  at: addAffine(address.at, by),
});

export const load = (address: Address): ProgramExpression => ({ kind: 'load', address });
export const store = (address: Address, value: ProgramExpression): ProgramStatement => ({
  kind: 'store',
  address,
  value,
});
export const real = (value: number): ProgramExpression => ({
  kind: 'constant',
  lanes: 'f32',
  value: Math.fround(value),
});
export const local = (name: string): ProgramExpression => ({ kind: 'local', name });
export const letReal = (name: string, value: ProgramExpression): ProgramStatement => ({
  kind: 'let',
  name,
  lanes: 'f32',
  value,
});
export const set = (name: string, value: ProgramExpression): ProgramStatement => ({
  kind: 'set',
  name,
  value,
});

export const op = (name: MachineOp, ...args: readonly ProgramExpression[]): ProgramExpression => ({
  kind: 'apply',
  op: name,
  args,
});

/** A loop; nothing where it would never run. */
export function loop(
  index: string,
  extent: Extent,
  body: readonly ProgramStatement[],
  direction: 'up' | 'down' = 'up',
): readonly ProgramStatement[] {
  if (extent === 0 || body.length === 0) return [];
  return [{ kind: 'for', index, extent, direction, body }];
}

/** Loops over every place of an array, first axis outermost; `indices` names one loop per axis. */
export function loops(
  indices: readonly string[],
  extents: readonly number[],
  body: readonly ProgramStatement[],
): readonly ProgramStatement[] {
  invariant(indices.length === extents.length, 'one index per axis');
  return indices.reduceRight((inner, index, axis) => loop(index, extents[axis]!, inner), body);
}

/** Row-major strides of an array of this shape. */
export function stridesOf(shape: readonly number[]): readonly number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
}
