import { commentText } from '../support/commentText.ts';
import type {
  Address,
  Affine,
  Buffer,
  Extent,
  Procedure,
  Program,
  ProgramExpression,
  ProgramStatement,
} from './program.ts';

/**
 * A program as text that a person can read: its buffers, then each procedure. Addresses are in lanes from the start of
 * a buffer; `row(i) < n` is a row chosen by a value, of n. `:4` marks what has four lanes: a number, a load, an operation,
 * a store (`:3` stores the first three).
 */
export function printProgram(program: Program): string {
  return [
    `program ${commentText(program.name)}, ${program.memoryBytes} bytes, ${program.profile} rounding`,
    '',
    ...program.buffers.map(printBuffer),
    ...program.procedures.flatMap((procedure) => ['', ...printProcedure(procedure)]),
    '',
  ].join('\n');
}

const printBuffer = ({ name, lanes, offset, length }: Buffer): string =>
  `${lanes} ${commentText(name)}[${length}] at ${offset}`;

const printProcedure = ({ name, takesSteps, body }: Procedure): string[] => [
  `${name}(${takesSteps ? 'steps' : ''}):`,
  ...body.flatMap((statement) => printStatement(statement, '  ')),
];

function printStatement(statement: ProgramStatement, indent: string): string[] {
  switch (statement.kind) {
    case 'for':
      return [
        `${indent}for ${statement.index} ${statement.direction} ${printExtent(statement.extent)}:`,
        ...statement.body.flatMap((inner) => printStatement(inner, `${indent}  `)),
      ];
    case 'let':
      return [`${indent}let ${statement.name}: ${statement.lanes} = ${printExpression(statement.value)}`];
    case 'set':
      return [`${indent}${statement.name} = ${printExpression(statement.value)}`];
    case 'store':
      return [
        `${indent}${printAddress(statement.address, statement.count)} = ${printExpression(statement.value)}`,
      ];
    case 'comment':
      return [`${indent}; ${commentText(statement.text)}`];
  }
}

const printExtent = (extent: Extent): string =>
  typeof extent === 'object' ? `${extent.of} of ${extent.size}` : String(extent);

function printExpression(expression: ProgramExpression): string {
  switch (expression.kind) {
    case 'load':
      return printAddress(expression.address, expression.width);
    case 'constant':
      return printNumber(expression.value) + (expression.lanes === 'f32x4' ? ':4' : '');
    case 'index':
      return `index(${printAffine(expression.value)})`;
    case 'local':
      return expression.name;
    case 'splat':
      return `splat(${printExpression(expression.value)})`;
    case 'lane':
      return `lane ${expression.lane}(${printExpression(expression.value)})`;
    case 'shuffle': {
      const { lanes, left, right } = expression;
      return `shuffle ${lanes.join(' ')}(${printExpression(left)}, ${printExpression(right)})`;
    }
    case 'apply': {
      const name = expression.width === undefined ? expression.op : `${expression.op}:4`;
      return `${name}(${expression.args.map(printExpression).join(', ')})`;
    }
  }
}

function printAddress({ buffer, at, row }: Address, lanes?: number): string {
  const place = printAffine(at);
  const width = lanes === undefined ? '' : `:${lanes}`;
  if (row === undefined) return `${commentText(buffer)}[${place}]${width}`;
  const chosen = `${row.stride}*(row ${printExpression(row.index)} < ${row.count})`;
  return `${commentText(buffer)}[${chosen}${place === '0' ? '' : ` + ${place}`}]${width}`;
}

const printNumber = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

function printAffine({ constant, terms }: Affine): string {
  const parts = terms.map(({ index, stride }) => (stride === 1 ? index : `${stride}*${index}`));
  if (constant !== 0 || parts.length === 0) parts.push(String(constant));
  return parts.join(' + ').replaceAll('+ -', '- ');
}
