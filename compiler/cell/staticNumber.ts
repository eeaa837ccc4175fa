import { visit } from '../syntax/children.ts';
import type { Expression } from '../syntax/tree.ts';

/*
 * Numbers that are known while a cell is checked: of literals, indices of loops, and sizes that have a value.
 */

/** What the names in such an expression stand for. */
export interface StaticNames {
  readonly valueOf: (name: string) => number | undefined;
  /** Whether a function of this name is the user's own, and so no number here. */
  readonly isOwn: (name: string) => boolean;
}

const operators: ReadonlyMap<string, (a: number, b: number) => number> = new Map([
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['*', (a, b) => a * b],
  ['/', (a, b) => a / b],
  ['^', (a, b) => a ** b],
  ['<', (a, b) => Number(a < b)],
  ['<=', (a, b) => Number(a <= b)],
  ['>', (a, b) => Number(a > b)],
  ['>=', (a, b) => Number(a >= b)],
  ['==', (a, b) => Number(a === b)],
  ['!=', (a, b) => Number(a !== b)],
  ['and', (a, b) => Number(a !== 0 && b !== 0)],
  ['or', (a, b) => Number(a !== 0 || b !== 0)],
]);

const functions: ReadonlyMap<string, (...args: number[]) => number> = new Map([
  ['floor', (a) => Math.floor(a!)],
  ['abs', (a) => Math.abs(a!)],
  ['mod', (a, b) => a! - b! * Math.floor(a! / b!)],
  ['min', (a, b) => Math.min(a!, b!)],
  ['max', (a, b) => Math.max(a!, b!)],
]);
const arities: ReadonlyMap<string, number> = new Map([
  ['floor', 1],
  ['abs', 1],
  ['mod', 2],
  ['min', 2],
  ['max', 2],
]);

/** The value; undefined where it rests on anything else. */
export function staticNumber(e: Expression, names: StaticNames): number | undefined {
  switch (e.kind) {
    case 'number':
      return e.value;
    case 'identifier':
      return names.valueOf(e.name);
    case 'unary': {
      const value = staticNumber(e.operand, names);
      if (value === undefined) return undefined;
      return e.operator === '-' ? -value : Number(value === 0);
    }
    case 'binary': {
      const left = staticNumber(e.left, names);
      const right = left === undefined ? undefined : staticNumber(e.right, names);
      return left === undefined || right === undefined ? undefined : operators.get(e.operator)?.(left, right);
    }
    case 'if': {
      const condition = staticNumber(e.condition, names);
      if (condition === undefined) return undefined;
      return staticNumber(condition === 0 ? e.otherwise : e.then, names);
    }
    case 'call': {
      const { name } = e.callee;
      if (names.isOwn(name) || e.named.length > 0 || arities.get(name) !== e.args.length) return undefined;
      const args = e.args.map((arg) => staticNumber(arg, names));
      return args.every((arg) => arg !== undefined) ? functions.get(name)!(...args) : undefined;
    }
    default:
      return undefined;
  }
}

/** Every name that is read in it. */
export function namesIn(root: Expression): readonly string[] {
  const found: string[] = [];
  visit(root, (e) => {
    if (e.kind === 'identifier') found.push(e.name);
  });
  return found;
}
