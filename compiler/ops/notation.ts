import { apply, type ScalarApply, type ScalarOperand } from './expression.ts';

/* Short names for building scalar expressions, so that partials and expansions read as formulas. */

type Operand = ScalarOperand;

export const add = (a: Operand, b: Operand): ScalarApply => apply('add', a, b);
export const sub = (a: Operand, b: Operand): ScalarApply => apply('sub', a, b);
export const mul = (a: Operand, b: Operand): ScalarApply => apply('mul', a, b);
export const div = (a: Operand, b: Operand): ScalarApply => apply('div', a, b);
export const neg = (x: Operand): ScalarApply => apply('neg', x);
export const abs = (x: Operand): ScalarApply => apply('abs', x);
export const min = (a: Operand, b: Operand): ScalarApply => apply('min', a, b);
export const max = (a: Operand, b: Operand): ScalarApply => apply('max', a, b);
/** x, or the bound where x is beyond it; a NaN x stays. */
export const atLeast = (x: Operand, low: Operand): ScalarApply => apply('pseudoMax', x, low);
export const atMost = (x: Operand, high: Operand): ScalarApply => apply('pseudoMin', x, high);
export const bounded = (x: Operand, low: Operand, high: Operand): ScalarApply =>
  atLeast(atMost(x, high), low);
export const floor = (x: Operand): ScalarApply => apply('floor', x);
export const sign = (x: Operand): ScalarApply => apply('sign', x);
export const less = (a: Operand, b: Operand): ScalarApply => apply('less', a, b);
export const lessEqual = (a: Operand, b: Operand): ScalarApply => apply('lessEqual', a, b);
export const and = (a: Operand, b: Operand): ScalarApply => apply('and', a, b);
export const select = (condition: Operand, a: Operand, b: Operand): ScalarApply =>
  apply('select', condition, a, b);
export const exp = (x: Operand): ScalarApply => apply('exp', x);
export const log = (x: Operand): ScalarApply => apply('log', x);
export const pow = (x: Operand, exponent: Operand): ScalarApply => apply('pow', x, exponent);
export const sigmoid = (x: Operand): ScalarApply => apply('sigmoid', x);
export const sin = (x: Operand): ScalarApply => apply('sin', x);
export const cos = (x: Operand): ScalarApply => apply('cos', x);
export const erf = (x: Operand): ScalarApply => apply('erf', x);
export const softplus = (x: Operand): ScalarApply => apply('softplus', x);
