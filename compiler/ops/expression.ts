/*
 * Scalar expressions over the arguments of one operation: what partial derivatives and f32 expansions are written in.
 */

export type ScalarExpression = ScalarArgument | ScalarConstant | ScalarApply;

/** The i-th argument of the operation; index -1 is its own result, so that tanh' can be 1 - y*y. */
export interface ScalarArgument {
  readonly kind: 'argument';
  readonly index: number;
}

export interface ScalarConstant {
  readonly kind: 'constant';
  readonly value: number;
}

/** `op` is a name of the table in math.ts; in expansions also of a machine operation. */
export interface ScalarApply {
  readonly kind: 'apply';
  readonly op: string;
  readonly args: readonly ScalarExpression[];
}

export type ScalarOperand = ScalarExpression | number;

export const argument = (index: number): ScalarArgument => ({ kind: 'argument', index });
export const constant = (value: number): ScalarConstant => ({ kind: 'constant', value });

export function apply(op: string, ...args: readonly ScalarOperand[]): ScalarApply {
  return { kind: 'apply', op, args: args.map((a) => (typeof a === 'number' ? constant(a) : a)) };
}
