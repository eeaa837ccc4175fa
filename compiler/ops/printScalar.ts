import type { ScalarExpression } from './expression.ts';

/** How tightly each way of writing binds; operands that bind less are put in brackets. */
const loose = 0;
const infix: ReadonlyMap<string, { readonly symbol: string; readonly binds: number }> = new Map([
  ['or', { symbol: ' or ', binds: 1 }],
  ['and', { symbol: ' and ', binds: 2 }],
  ['less', { symbol: ' < ', binds: 4 }],
  ['lessEqual', { symbol: ' <= ', binds: 4 }],
  ['equal', { symbol: ' == ', binds: 4 }],
  ['add', { symbol: ' + ', binds: 5 }],
  ['sub', { symbol: ' - ', binds: 5 }],
  ['mul', { symbol: '*', binds: 6 }],
  ['div', { symbol: '/', binds: 6 }],
  ['pow', { symbol: '^', binds: 9 }],
]);
const prefix: ReadonlyMap<string, { readonly symbol: string; readonly binds: number }> = new Map([
  ['not', { symbol: 'not ', binds: 3 }],
  ['neg', { symbol: '-', binds: 7 }],
]);
/** Binds so tightly that it never needs brackets. */
export const tight = 10;

/** Text with how tightly it binds: 5 as a sum does, 6 as a product. */
export interface Written {
  readonly text: string;
  readonly binds: number;
}

/** A scalar expression in the notation of the language; `names` are the arguments', `y` is the result. */
export function printScalar(expression: ScalarExpression, names: readonly string[]): string {
  return writeScalar(
    expression,
    names.map((text) => ({ text, binds: tight })),
  ).text;
}

/** As `printScalar`, of arguments that are formulas themselves. */
export function writeScalar(expression: ScalarExpression, names: readonly Written[]): Written {
  if (expression.kind === 'argument') return names[expression.index] ?? { text: 'y', binds: tight };
  if (expression.kind === 'constant') {
    return { text: `${Number(expression.value.toPrecision(9))}`, binds: expression.value < 0 ? 7 : tight };
  }
  const { op, args } = expression;
  const operand = (index: number, atLeast: number) => {
    const { text, binds } = writeScalar(args[index]!, names);
    return binds < atLeast ? `(${text})` : text;
  };
  const between = infix.get(op);
  if (between) {
    const { symbol, binds } = between;
    return { text: `${operand(0, binds)}${symbol}${operand(1, binds + 1)}`, binds };
  }
  const before = prefix.get(op);
  if (before) return { text: `${before.symbol}${operand(0, before.binds)}`, binds: before.binds };
  if (op === 'select') {
    return { text: `if ${operand(0, 1)} then ${operand(1, 1)} else ${operand(2, loose)}`, binds: loose };
  }
  return { text: `${op}(${args.map((_, index) => operand(index, loose)).join(', ')})`, binds: tight };
}
