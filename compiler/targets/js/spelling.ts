import type { MachineOp } from '../../ops/machine.ts';

/** The text of an operation's i-th argument: as a value, or as a condition that holds where it is not zero. */
export interface Operands {
  value(i: number): string;
  truth(i: number): string;
}

export interface Spelling {
  /** `truth`: a condition, to be turned into 1 or 0 where a number is wanted. */
  readonly gives: 'value' | 'truth';
  /** A function of helpers.ts that the text calls. */
  readonly helper?: string;
  readonly text: (operands: Operands) => string;
}

const unary = (text: (a: string) => string): Spelling => ({
  gives: 'value',
  text: ({ value }) => text(value(0)),
});
const binary = (text: (a: string, b: string) => string): Spelling => ({
  gives: 'value',
  text: ({ value }) => text(value(0), value(1)),
});
const comparison = (operator: string): Spelling => ({
  gives: 'truth',
  text: ({ value }) => `(${value(0)} ${operator} ${value(1)})`,
});
const helped = (helper: string, count: 1 | 2 = 1): Spelling => ({
  gives: 'value',
  helper,
  text: ({ value }) => `${helper}(${[0, 1].slice(0, count).map(value).join(', ')})`,
});

/** Every result is rounded to f32 (a sum, product, quotient or root of f32s in doubles, then rounded, is exact). */
export const spellings: Record<MachineOp, Spelling> = {
  add: binary((a, b) => `fround(${a} + ${b})`),
  sub: binary((a, b) => `fround(${a} - ${b})`),
  mul: binary((a, b) => `fround(${a} * ${b})`),
  mulAdd: {
    gives: 'value',
    text: ({ value }) => `fround(fround(${value(0)} * ${value(1)}) + ${value(2)})`,
  },
  div: binary((a, b) => `fround(${a} / ${b})`),
  neg: unary((a) => `(-${a})`),
  abs: unary((a) => `Math.abs(${a})`),
  copySign: helped('copySign', 2),
  negateIfOdd: helped('negateIfOdd', 2),
  min: binary((a, b) => `Math.min(${a}, ${b})`),
  max: binary((a, b) => `Math.max(${a}, ${b})`),
  pseudoMin: helped('pseudoMin', 2),
  pseudoMax: helped('pseudoMax', 2),
  sqrt: unary((a) => `fround(Math.sqrt(${a}))`),
  floor: unary((a) => `Math.floor(${a})`),
  nearest: helped('nearest'),
  less: comparison('<'),
  lessEqual: comparison('<='),
  equal: comparison('==='),
  and: { gives: 'truth', text: ({ truth }) => `(${truth(0)} && ${truth(1)})` },
  or: { gives: 'truth', text: ({ truth }) => `(${truth(0)} || ${truth(1)})` },
  not: { gives: 'truth', text: ({ truth }) => `(!${truth(0)})` },
  select: {
    gives: 'value',
    text: ({ value, truth }) => `(${truth(0)} ? ${value(1)} : ${value(2)})`,
  },
  pow2: helped('pow2'),
  exponent: helped('exponent'),
  significand: helped('significand'),
  addI32: binary((a, b) => `(${a} + ${b} | 0)`),
  subI32: binary((a, b) => `(${a} - ${b} | 0)`),
  xorI32: binary((a, b) => `(${a} ^ ${b})`),
  shiftLeftI32: binary((a, b) => `(${a} << ${b})`),
  shiftRightI32: binary((a, b) => `(${a} >>> ${b} | 0)`),
  convertI32: unary((a) => `fround(${a})`),
};

/** `mulAdd` under the profile `fused`. */
export const fusedSpelling: Spelling = {
  gives: 'value',
  helper: 'fusedMultiplyAdd',
  text: ({ value }) => `fusedMultiplyAdd(${value(0)}, ${value(1)}, ${value(2)})`,
};
