import type { TypedExpression } from './cell.ts';
import { addDims, type Dim, formatDim } from './dim.ts';

/*
 * Typed expressions as the language writes them, functions and inner cells written out.
 */

/** How tightly a form binds, loosest first; an operand looser than its place gets parentheses. */
const binding = {
  select: 0,
  or: 1,
  and: 2,
  not: 3,
  less: 4,
  lessEqual: 4,
  equal: 4,
  add: 5,
  sub: 5,
  mul: 6,
  div: 6,
  neg: 7,
  matmul: 8,
  power: 9,
  atom: 10,
} as const;

const infix: ReadonlyMap<string, { readonly sign: string; readonly level: number }> = new Map([
  ['or', { sign: ' or ', level: binding.or }],
  ['and', { sign: ' and ', level: binding.and }],
  ['less', { sign: ' < ', level: binding.less }],
  ['lessEqual', { sign: ' <= ', level: binding.lessEqual }],
  ['equal', { sign: ' == ', level: binding.equal }],
  ['add', { sign: ' + ', level: binding.add }],
  ['sub', { sign: ' - ', level: binding.sub }],
  ['mul', { sign: '*', level: binding.mul }],
  ['div', { sign: '/', level: binding.div }],
]);

export function printExpression(e: TypedExpression): string {
  return print(e, 0);
}

function print(e: TypedExpression, place: number): string {
  const { text, level } = written(e);
  return level < place ? `(${text})` : text;
}

interface Written {
  readonly text: string;
  readonly level: number;
}

const atom = (text: string): Written => ({ text, level: binding.atom });
const call = (name: string, args: readonly (TypedExpression | string)[]): Written =>
  atom(`${name}(${args.map((arg) => (typeof arg === 'string' ? arg : print(arg, 0))).join(', ')})`);

function written(e: TypedExpression): Written {
  switch (e.kind) {
    case 'number':
      return e.value < 0 ? { text: String(e.value), level: binding.neg } : atom(String(e.value));
    case 'size':
      return e.dim.terms.length > 1 ? atom(`(${formatDim(e.dim)})`) : writtenSize(e.dim);
    case 'read':
      if (e.lag !== undefined) return call('prev', [e.name, formatDim(e.lag)]);
      return atom(e.from === 'previous' ? `${e.name}_prev` : e.name);
    case 'step':
      return atom('step');
    case 'indexVariable':
      return atom(e.name);
    case 'draw':
      return e.args.length === 0 ? atom(e.distribution) : call(e.distribution, e.args);
    case 'map':
      return writtenMap(e.op, e.args);
    case 'power':
      return {
        text: `${print(e.base, binding.atom)}^${e.exponent < 0 ? `(${e.exponent})` : e.exponent}`,
        level: binding.power,
      };
    case 'matmul': {
      const text = `${print(e.left, binding.matmul)} @ ${print(e.right, binding.matmul + 1)}`;
      return { text, level: binding.matmul };
    }
    case 'outer':
    case 'dot':
      return call(e.kind, [e.left, e.right]);
    case 'blocks': {
      const text = `block_diagonal(${print(e.left, 0)}) @ ${print(e.right, binding.matmul + 1)}`;
      return { text, level: binding.matmul };
    }
    case 'transpose':
      return atom(`${print(e.value, binding.atom)}.T`);
    case 'stack':
      return atom(`[${e.parts.map((part) => print(part, 0)).join('; ')}]`);
    case 'slice':
      return atom(
        `${print(e.value, binding.atom)}[${formatDim(e.start)}:${formatDim(addDims(e.start, e.length))}]`,
      );
    case 'reshape':
      return call('reshape', [e.value]);
    case 'stretch':
      return call(e.along === 0 ? 'col' : 'row', [e.value]);
    case 'array':
      return call(e.fn, [...e.args, ...(e.axis === undefined ? [] : [`axis = ${e.axis}`])]);
    case 'oneHot':
      return call('one_hot', [e.index]);
  }
}

function writtenSize(dim: Dim): Written {
  const text = formatDim(dim);
  return /[*/]/.test(text) ? { text, level: binding.mul } : atom(text);
}

function writtenMap(op: string, args: readonly TypedExpression[]): Written {
  const [a, b, c] = args;
  const sign = infix.get(op);
  if (sign !== undefined) {
    // Left to right; comparisons do not chain.
    const left = print(a!, sign.level === binding.less ? sign.level + 1 : sign.level);
    return { text: `${left}${sign.sign}${print(b!, sign.level + 1)}`, level: sign.level };
  }
  if (op === 'neg') return { text: `-${print(a!, binding.neg + 1)}`, level: binding.neg };
  if (op === 'not') return { text: `not ${print(a!, binding.not)}`, level: binding.not };
  if (op === 'pow') {
    return { text: `${print(a!, binding.atom)}^${print(b!, binding.power)}`, level: binding.power };
  }
  if (op === 'select') {
    return { text: `if ${print(a!, 1)} then ${print(b!, 1)} else ${print(c!, 0)}`, level: binding.select };
  }
  return call(op, args);
}
