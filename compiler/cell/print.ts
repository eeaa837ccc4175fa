import { formatPosition, type Span } from '../source/source.ts';
import type { Cell, Constant, Initialiser, Input, NumberParameter } from './cell.ts';
import { type Dim, formatDim } from './dim.ts';
import { printExpression } from './printExpression.ts';
import { formatShape, oversOf, ownTime, type TensorType } from './type.ts';

/** A checked cell, one line for everything it has: types, and equations in the order they are computed. */
export function printCell(cell: Cell): string {
  const lines = [
    ...cell.inputs.map((input) => inputLine('input', input)),
    ...cell.targets.map((target) => inputLine('target', target)),
    ...cell.states.map((state) =>
      line(`state ${state.name}`, state.shape, ` starts at ${printExpression(state.start)}`, state.span),
    ),
    ...cell.parameters.map((parameter) =>
      line(
        `${parameter.frozen ? 'frozen param' : 'param'} ${parameter.name}`,
        parameter.shape,
        initialiserText(parameter.initialiser),
        parameter.span,
      ),
    ),
    ...cell.constants.map((constant) =>
      line(`const ${constant.name}`, constant.shape, ` = ${formulaText(constant)}`, constant.span),
    ),
    ...cell.noises.map(({ name, shape, distribution, args, scope, span }) => {
      const text = ` ~ ${distribution}(${args.map(printExpression).join(', ')}) per ${scope}`;
      return line(`noise ${name}`, shape, text, span);
    }),
    ...cell.equations.map(({ name, value, span }) =>
      line(name, value.type.shape, ` = ${printExpression(value)}${variesText(value.type)}`, span),
    ),
    ...cell.outputs.map(({ name, value, span }) =>
      line(`output ${name}`, value.type.shape, ` = ${printExpression(value)}`, span),
    ),
    ...(cell.loss ? [line('loss', [], ` = ${printExpression(cell.loss)}`, cell.loss.span)] : []),
    ...cell.constraints.map(
      ({ value, least, reason }) => `needs ${formatDim(value)} >= ${least}  ; ${reason}`,
    ),
  ];
  return [
    `${headerText(cell)}  ; ${formatPosition(cell.span)}`,
    ...lines.map((text) => `  ${text}`),
    '',
  ].join('\n');
}

function headerText({ name, sizes, numbers }: Cell): string {
  const entries = (parameters: readonly NumberParameter[]) =>
    parameters.map((p) => (p.default === undefined ? p.name : `${p.name} = ${p.default}`)).join(', ');
  const behind = numbers.length === 0 ? '' : `; ${entries(numbers)}`;
  return `cell ${name}(${entries(sizes)}${behind})`;
}

function inputLine(word: string, { name, type, classes, start, lagged, span }: Input): string {
  const previous = lagged ? `, ${name}_prev starts at ${start}` : '';
  if (classes !== undefined)
    return `${word} ${name} : index(${formatDim(classes)})${previous}  ; ${formatPosition(span)}`;
  return line(`${word} ${name}`, type.shape, variesText(type) + previous, span);
}

function line(head: string, shape: readonly Dim[], rest: string, span: Span): string {
  return `${head} : ${formatShape(shape)}${rest}  ; ${formatPosition(span)}`;
}

const initialiserText = (initialiser: Initialiser): string =>
  ` ${initialiser.kind === 'draw' ? '~' : '='} ${formulaText(initialiser)}`;

function formulaText({ indices, value }: Pick<Constant, 'indices' | 'value'>): string {
  const text = printExpression(value);
  return indices.length === 0 ? text : `(${indices.join(', ')}) -> ${text}`;
}

/** Values that are the same at every step are worth a word. */
function variesText({ outer }: TensorType): string {
  const over = oversOf(outer).map((size) => ` over ${size}`);
  const moment =
    outer.length === 0 ? '  (once per update)' : outer.includes(ownTime) ? '' : '  (once per sequence)';
  return [...over, moment].join('');
}
