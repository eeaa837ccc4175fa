import { commentText } from '../support/commentText.ts';
import type {
  Address,
  Affine,
  Buffer,
  Procedure,
  Program,
  ProgramExpression,
  ProgramStatement,
} from './program.ts';

/**
 * A program as text that a person can read: its buffers, then each procedure. Addresses are in lanes from the start of
 * a buffer; `row(i) < n` is a row chosen by a value, of n.
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
        `${indent}for ${statement.index} ${statement.direction} ${statement.extent}:`,
        ...statement.body.flatMap((inner) => printStatement(inner, `${indent}  `)),
      ];
    case 'let':
      return [`${indent}let ${statement.name}: ${statement.lanes} = ${printExpression(statement.value)}`];
    case 'set':
      return [`${indent}${statement.name} = ${printExpression(statement.value)}`];
    case 'store':
      return [`${indent}${printAddress(statement.address)} = ${printExpression(statement.value)}`];
    case 'comment':
      return [`${indent}; ${commentText(statement.text)}`];
  }
}

function printExpression(expression: ProgramExpression): string {
  switch (expression.kind) {
    case 'load':
      return printAddress(expression.address);
    case 'constant':
      return Object.is(expression.value, -0) ? '-0' : String(expression.value);
    case 'index':
      return `index(${printAffine(expression.value)})`;
    case 'local':
      return expression.name;
    case 'apply':
      return `${expression.op}(${expression.args.map(printExpression).join(', ')})`;
  }
}

function printAddress({ buffer, at, row }: Address): string {
  const place = printAffine(at);
  if (row === undefined) return `${commentText(buffer)}[${place}]`;
  const chosen = `${row.stride}*(row ${printExpression(row.index)} < ${row.count})`;
  return `${commentText(buffer)}[${chosen}${place === '0' ? '' : ` + ${place}`}]`;
}

function printAffine({ constant, terms }: Affine): string {
  const parts = terms.map(({ index, stride }) => (stride === 1 ? index : `${stride}*${index}`));
  if (constant !== 0 || parts.length === 0) parts.push(String(constant));
  return parts.join(' + ').replaceAll('+ -', '- ');
}
