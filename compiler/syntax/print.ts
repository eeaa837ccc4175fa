import { bracketed, group, inLines, type Layout, nest, separated, space } from './layout.ts';
import { layOut, layOutNamed } from './printExpression.ts';
import type {
  CellDefinition,
  Comment,
  DeclarationGroup,
  Equation,
  Expression,
  HeaderEntry,
  Identifier,
  Initialiser,
  Item,
  Loop,
  NoiseGroup,
  OutputEntry,
  Statement,
  SyntaxTree,
  TypeExpression,
} from './tree.ts';

/** Lines are broken where the grammar allows it to stay within so many characters. */
const lineWidth = 120;

/**
 * A tree as canonical text: two spaces of indent, one statement a line, what is declared and what is to be seen aligned
 * behind the word that says so, comments and single blank lines kept, comments behind statements that follow one another
 * aligned, no bracket that is not needed. What it prints parses to the same tree, spans apart.
 */
export function print(tree: SyntaxTree): string {
  return printBlock(tree, '')
    .map((line) => `${line}\n`)
    .join('');
}

/** Text of one or several lines, and the comment behind the first (of a cell) or last of them. */
interface Printed {
  readonly lines: readonly string[];
  readonly comment?: { readonly line: number; readonly text: string };
}

/** Statements with their comments, and the comments after the last. */
function printBlock(
  { dangling, ...rest }: SyntaxTree | CellDefinition | Loop,
  indent: string,
): readonly string[] {
  const statements: readonly (Statement | Item)[] = 'items' in rest ? rest.items : rest.statements;
  const parts: Printed[] = statements.flatMap((statement) => [
    ...statement.leading.flatMap((comment) => printComment(comment, indent)),
    ...(statement.blankBefore ? [{ lines: [''] }] : []),
    printCommented(statement, indent),
  ]);
  return withComments([...parts, ...dangling.flatMap((comment) => printComment(comment, indent))]);
}

const printComment = ({ text, blankBefore }: Comment, indent: string): readonly Printed[] => [
  ...(blankBefore ? [{ lines: [''] }] : []),
  { lines: [`${indent}#${text}`] },
];

function printCommented(statement: Statement | Item, indent: string): Printed {
  const hasBlock = statement.kind === 'cell' || statement.kind === 'for';
  const lines = hasBlock
    ? printBraced(statement, indent)
    : inLines(printers[statement.kind](statement as never), lineWidth, indent.length);
  if (statement.trailing === undefined) return { lines };
  const line = hasBlock ? headerLines(statement, indent).length - 1 : lines.length - 1;
  return { lines, comment: { line, text: `#${statement.trailing.text}` } };
}

/**
 * Comments behind statements, two spaces or more from the text. Those of a run (nothing between them that is not a
 * statement of one line) begin in one column, where all of them fit.
 */
function withComments(parts: readonly Printed[]): readonly string[] {
  const runs: Printed[][] = [];
  let open = false;
  for (const part of parts) {
    const goesOn = part.lines.length === 1 && part.lines[0] !== '' && !/^ *#/.test(part.lines[0]!);
    if (open && goesOn) runs.at(-1)!.push(part);
    else runs.push([part]);
    open = goesOn;
  }
  return runs.flatMap(printRun);
}

function printRun(run: readonly Printed[]): readonly string[] {
  const commented = run.flatMap(({ lines, comment }) => (comment === undefined ? [] : [{ lines, comment }]));
  const column = Math.max(0, ...commented.map(({ lines, comment }) => lines[comment.line]!.length));
  const fit = commented.every(({ comment }) => column + 2 + comment.text.length <= lineWidth);
  return run.flatMap(({ lines, comment }) =>
    lines.map((line, i) =>
      i === comment?.line ? `${fit ? line.padEnd(column) : line}  ${comment.text}` : line,
    ),
  );
}

function printBraced(whole: CellDefinition | Loop, indent: string): readonly string[] {
  return [...headerLines(whole, indent), ...printBlock(whole, `${indent}  `), `${indent}}`];
}

function headerLines(whole: CellDefinition | Loop, indent: string): readonly string[] {
  if (whole.kind === 'for') {
    const { index, start, end } = whole;
    return inLines(
      [`for ${index.name} in `, layOut(start), '..', layOut(end), ' {'],
      lineWidth,
      indent.length,
    );
  }
  const { name, sizes, numbers } = whole;
  const settings: Layout = numbers.length > 0 ? ['; ', separated(numbers.map(printEntry), ',')] : '';
  const parts: Layout = [separated(sizes.map(printEntry), ','), settings];
  return inLines([bracketed(`cell ${name.name}(`, parts, ')'), ' {'], lineWidth, indent.length);
}

type Line = Exclude<Statement | Item, CellDefinition | Loop>;
type Printers = { readonly [K in Line['kind']]: (statement: Extract<Line, { kind: K }>) => Layout };

/** What a word declares begins in the same column after all of them, broken lines included. */
const worded = (word: string, parts: readonly Layout[]): Layout => [
  `${word.padEnd('output'.length)} `,
  nest('here', group(separated(parts, ','))),
];
const names = (list: readonly Identifier[]): Layout =>
  group(
    separated(
      list.map(({ name }) => name),
      ',',
    ),
  );
const declaration = ({ kind, groups }: { kind: string; groups: readonly DeclarationGroup[] }): Layout =>
  worded(kind, groups.map(printGroup));

const printers: Printers = {
  import: (statement) => ['import { ', nest('here', names(statement.names)), ` } from "${statement.path}"`],
  function: ({ name, parameters, body, derivatives = [] }) => {
    const head: Layout = [bracketed(`fn ${name.name}(`, names(parameters), ') = '), rightSide(body, 2)];
    if (derivatives.length === 0) return head;
    const derivative: Layout = ['with derivative ', separated(derivatives.map(layOut), ',')];
    return group([head, nest(2, [space, group(derivative)])]);
  },
  input: declaration,
  target: declaration,
  state: declaration,
  param: (statement) => declaration({ ...statement, kind: statement.frozen ? 'frozen param' : 'param' }),
  const: declaration,
  noise: ({ groups }) => worded('noise', groups.map(printNoise)),
  innerCell: ({ name, count, cell, sizes, numbers }) => {
    const settings: Layout = numbers.length > 0 ? ['; ', separated(numbers.map(layOutNamed), ',')] : '';
    const parts: Layout = [separated(sizes.map(layOut), ','), settings];
    const which: Layout = count === undefined ? '' : ['[', layOut(count), ']'];
    return worded('cell', [[name.name, which, bracketed(`: ${cell.name}(`, parts, ')')]]);
  },
  equation: printEquation,
  output: ({ entries }) => worded('output', entries.map(printEntry)),
  loss: ({ value }) => worded('loss', [layOut(value)]),
};

/** Operators that begin a line stand below the equals sign, unless that is far to the right. */
function printEquation({ names: defined, list, entry, value }: Equation): Layout {
  const left = defined.map(({ name }) => name).join(', ');
  if (entry !== undefined) return [`${left}[`, layOut(entry), '] = ', rightSide(value, 4)];
  const start = list ? `[${left}] ` : `${left} `;
  return [`${start}= `, rightSide(value, start.length <= farRight ? start.length : 4)];
}

const farRight = 24;

/** Lines go `by` to the right; a call or a stack that is too long closes where its statement began. */
function rightSide(value: Expression, by: number): Layout {
  const closes = value.kind === 'call' || value.kind === 'stack' || value.kind === 'list';
  return closes ? layOut(value) : nest(by, layOut(value));
}

const printEntry = ({ name, value }: HeaderEntry | OutputEntry): Layout =>
  value === undefined ? name.name : [`${name.name} = `, nest(2, layOut(value))];

function printGroup({ names: list, type, over, initialiser, per }: DeclarationGroup): Layout {
  const along = over === undefined ? '' : ` over ${over.name}`;
  const start: Layout = initialiser === undefined ? '' : [' ', printInitialiser(initialiser)];
  const moment = per === undefined ? '' : ` per ${per.moment}`;
  return [names(list), ': ', printType(type), along, start, moment];
}

const printNoise = ({ names: list, type, draw, scope }: NoiseGroup): Layout => [
  names(list),
  ': ',
  printType(type),
  ' ~ ',
  nest(2, layOut(draw)),
  ` per ${scope}`,
];

const printType = (type: TypeExpression): Layout =>
  type.kind === 'index'
    ? ['index(', layOut(type.classes), ')']
    : bracketed('[', separated(type.dims.map(layOut), ','), ']');

function printInitialiser(initialiser: Initialiser): Layout {
  switch (initialiser.kind) {
    case 'value':
      return ['= ', nest(2, layOut(initialiser.value))];
    case 'draw':
      return ['~ ', nest(2, layOut(initialiser.value))];
    case 'indexFunction':
      return ['= (', names(initialiser.indices), ') -> ', nest(2, layOut(initialiser.body))];
  }
}
