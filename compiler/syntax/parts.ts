import type {
  CellDefinition,
  DeclarationGroup,
  Expression,
  Identifier,
  Item,
  Statement,
  TypeExpression,
} from './tree.ts';

/** The statements of a cell, each loop followed by those in it. */
export function withLoops(statements: readonly Statement[]): readonly Statement[] {
  return statements.flatMap((statement) =>
    statement.kind === 'for' ? [statement, ...withLoops(statement.statements)] : [statement],
  );
}

/** Every expression that stands directly in a statement, in the order of the text. */
export function expressionsOf(statement: Statement | Item): readonly Expression[] {
  switch (statement.kind) {
    case 'import':
      return [];
    case 'function':
      return [statement.body, ...(statement.derivatives ?? [])];
    case 'cell':
      return [...statement.sizes, ...statement.numbers].flatMap(({ value }) => value ?? []);
    case 'input':
    case 'target':
    case 'state':
    case 'param':
    case 'const':
      return statement.groups.flatMap(groupExpressions);
    case 'noise':
      return statement.groups.flatMap(({ type, draw }) => [...typeExpressions(type), draw]);
    case 'innerCell':
      return [
        ...(statement.count === undefined ? [] : [statement.count]),
        ...statement.sizes,
        ...statement.numbers.map(({ value }) => value),
      ];
    case 'equation':
      return statement.entry === undefined ? [statement.value] : [statement.entry, statement.value];
    case 'loss':
      return [statement.value];
    case 'for':
      return [statement.start, statement.end];
    case 'output':
      return statement.entries.flatMap(({ value }) => value ?? []);
  }
}

function groupExpressions({ type, initialiser }: DeclarationGroup): readonly Expression[] {
  const shape = typeExpressions(type);
  if (initialiser === undefined) return shape;
  return [...shape, initialiser.kind === 'indexFunction' ? initialiser.body : initialiser.value];
}

const typeExpressions = (type: TypeExpression): readonly Expression[] =>
  type.kind === 'shape' ? type.dims : [type.classes];

/** Every name that a statement declares or defines. */
export function namesOf(statement: Statement | Item): readonly Identifier[] {
  switch (statement.kind) {
    case 'import':
    case 'equation':
      return statement.names;
    case 'function':
      return [statement.name, ...statement.parameters];
    case 'cell':
      return cellNames(statement);
    case 'input':
    case 'target':
    case 'state':
    case 'param':
    case 'const':
      return statement.groups.flatMap(groupNames);
    case 'noise':
      return statement.groups.flatMap(({ names }) => names);
    case 'innerCell':
      return [statement.name];
    case 'for':
      return [statement.index];
    case 'output':
      return statement.entries.map(({ name }) => name);
    case 'loss':
      return [];
  }
}

const cellNames = ({ name, sizes, numbers }: CellDefinition): readonly Identifier[] => [
  name,
  ...[...sizes, ...numbers].map((entry) => entry.name),
];

const groupNames = ({ names, initialiser }: DeclarationGroup): readonly Identifier[] =>
  initialiser?.kind === 'indexFunction' ? [...names, ...initialiser.indices] : names;
