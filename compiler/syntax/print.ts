import { printExpression } from './printExpression.ts';
import type {
  CellDefinition,
  Comment,
  DeclarationGroup,
  HeaderEntry,
  Identifier,
  Initialiser,
  Item,
  NamedArgument,
  NoiseGroup,
  OutputEntry,
  Statement,
  SyntaxTree,
  TypeExpression,
} from './tree.ts';

/**
 * A tree as canonical text: two spaces of indent, one statement a line, comments and single blank lines kept, no bracket
 * that is not needed. What it prints parses to the same tree, spans apart.
 */
export function print(tree: SyntaxTree): string {
  const lines = [
    ...tree.items.flatMap((item) => printCommented(item, '')),
    ...tree.dangling.flatMap((c) => printComment(c, '')),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** One statement without its comments; a cell with its braces and all between. */
export function printStatement(statement: Statement | Item): string {
  return printLines(statement, '').join('\n');
}

function printCommented(statement: Statement | Item, indent: string): readonly string[] {
  const before = statement.leading.flatMap((comment) => printComment(comment, indent));
  const blank = statement.blankBefore ? [''] : [];
  const [first, ...rest] = printLines(statement, indent);
  const trailing = statement.trailing === undefined ? '' : `  #${statement.trailing.text}`;
  return [...before, ...blank, first + trailing, ...rest];
}

const printComment = ({ text, blankBefore }: Comment, indent: string): readonly string[] => [
  ...(blankBefore ? [''] : []),
  `${indent}#${text}`,
];

function printLines(statement: Statement | Item, indent: string): readonly string[] {
  return statement.kind === 'cell'
    ? printCell(statement, indent)
    : [indent + printers[statement.kind](statement as never)];
}

function printCell(
  { name, sizes, numbers, statements, dangling }: CellDefinition,
  indent: string,
): readonly string[] {
  const inner = `${indent}  `;
  const settings = numbers.length > 0 ? `; ${joined(numbers, printEntry)}` : '';
  return [
    `${indent}cell ${name.name}(${joined(sizes, printEntry)}${settings}) {`,
    ...statements.flatMap((statement) => printCommented(statement, inner)),
    ...dangling.flatMap((comment) => printComment(comment, inner)),
    `${indent}}`,
  ];
}

type Line = Exclude<Statement | Item, CellDefinition>;
type Printers = { readonly [K in Line['kind']]: (statement: Extract<Line, { kind: K }>) => string };

const names = (list: readonly Identifier[]): string => joined(list, ({ name }) => name);
const declaration = ({ kind, groups }: { kind: string; groups: readonly DeclarationGroup[] }): string =>
  `${kind} ${joined(groups, printGroup)}`;

const printers: Printers = {
  import: (statement) => `import { ${names(statement.names)} } from "${statement.path}"`,
  function: ({ name, parameters, body, derivatives = [] }) => {
    const derivative =
      derivatives.length === 0 ? '' : ` with derivative ${joined(derivatives, printExpression)}`;
    return `fn ${name.name}(${names(parameters)}) = ${printExpression(body)}${derivative}`;
  },
  input: declaration,
  target: declaration,
  state: declaration,
  param: (statement) => (statement.frozen ? 'frozen ' : '') + declaration(statement),
  const: declaration,
  noise: ({ groups }) => `noise ${joined(groups, printNoise)}`,
  innerCell: ({ name, cell, sizes, numbers }) => {
    const settings = numbers.length > 0 ? `; ${joined(numbers, printNamed)}` : '';
    return `cell ${name.name}: ${cell.name}(${joined(sizes, printExpression)}${settings})`;
  },
  equation: (statement) => {
    const left = names(statement.names);
    return `${statement.list ? `[${left}]` : left} = ${printExpression(statement.value)}`;
  },
  output: ({ entries }) => `output ${joined(entries, printEntry)}`,
  loss: ({ value }) => `loss ${printExpression(value)}`,
};

const printEntry = ({ name, value }: HeaderEntry | OutputEntry): string =>
  value === undefined ? name.name : `${name.name} = ${printExpression(value)}`;

const printNamed = ({ name, value }: NamedArgument): string => `${name.name} = ${printExpression(value)}`;

function printGroup({ names: list, type, initialiser }: DeclarationGroup): string {
  const start = initialiser === undefined ? '' : ` ${printInitialiser(initialiser)}`;
  return `${names(list)}: ${printType(type)}${start}`;
}

const printNoise = ({ names: list, type, draw, scope }: NoiseGroup): string =>
  `${names(list)}: ${printType(type)} ~ ${printExpression(draw)} per ${scope}`;

const printType = (type: TypeExpression): string =>
  type.kind === 'index'
    ? `index(${printExpression(type.classes)})`
    : `[${joined(type.dims, printExpression)}]`;

function printInitialiser(initialiser: Initialiser): string {
  switch (initialiser.kind) {
    case 'value':
      return `= ${printExpression(initialiser.value)}`;
    case 'draw':
      return `~ ${printExpression(initialiser.value)}`;
    case 'indexFunction':
      return `= (${names(initialiser.indices)}) -> ${printExpression(initialiser.body)}`;
  }
}

function joined<T>(list: readonly T[], printOne: (part: T) => string): string {
  return list.map(printOne).join(', ');
}
