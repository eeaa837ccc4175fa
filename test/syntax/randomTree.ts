import fc from 'fast-check';
import type {
  Binary,
  Comment,
  DeclarationGroup,
  Expression,
  Identifier,
  Initialiser,
  Item,
  NoiseGroup,
  Statement,
  SyntaxTree,
  TypeExpression,
} from '../../compiler/syntax/tree.ts';

/*
 * Random trees, every form of them, with one and the same empty span everywhere. Names are such that no statement is a
 * word of the language.
 */

const source = { name: 'random.rnn', text: '' };
const span = { source, start: 0, end: 0 };

const name = fc.constantFrom(
  'x',
  'h_prev',
  'W_f',
  'b',
  'σ',
  '__proto__',
  'constructor',
  'iffy',
  'T2',
  '_',
  'é',
  'over',
);
const identifier: fc.Arbitrary<Identifier> = name.map((text) => ({ kind: 'identifier', span, name: text }));
const number: fc.Arbitrary<Expression> = fc
  .constantFrom('0', '1', '0.5', '1e-5', '2.5E3', '128')
  .map((text) => ({ kind: 'number', span, value: Number(text), text }));

const binaryOperators = [
  'or',
  'and',
  '<',
  '<=',
  '>',
  '>=',
  '==',
  '!=',
  '+',
  '-',
  '*',
  '/',
  '@',
  '^',
] as const;

export const expression: fc.Arbitrary<Expression> = fc.letrec<{ any: Expression }>((tie) => {
  const any = tie('any');
  const named = fc.record({
    kind: fc.constant('namedArgument' as const),
    span: fc.constant(span),
    name: identifier,
    value: any,
  });
  const several = (minLength: number) => fc.array(any, { minLength, maxLength: 3 });
  const base = { span: fc.constant(span) };
  const binary: fc.Arbitrary<Binary> = fc.record({
    ...base,
    kind: fc.constant('binary' as const),
    operator: fc.constantFrom(...binaryOperators),
    operatorSpan: fc.constant(span),
    left: any,
    right: any,
  });
  return {
    any: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      identifier,
      number,
      { arbitrary: binary, weight: 5 },
      fc.record({
        ...base,
        kind: fc.constant('unary' as const),
        operator: fc.constantFrom('-' as const, 'not' as const),
        operand: any,
      }),
      // biome-ignore lint/suspicious/noThenProperty: no promise, the word of the language
      fc.record({ ...base, kind: fc.constant('if' as const), condition: any, then: any, otherwise: any }),
      fc.record({
        ...base,
        kind: fc.constant('call' as const),
        callee: identifier,
        entry: any,
        args: several(0),
        named: fc.array(named, { maxLength: 2 }),
      }),
      fc.record({
        ...base,
        kind: fc.constant('call' as const),
        callee: identifier,
        args: several(0),
        named: fc.array(named, { maxLength: 2 }),
      }),
      fc.record({ ...base, kind: fc.constant('member' as const), object: any, name: identifier }),
      fc.record({ ...base, kind: fc.constant('indexing' as const), object: any, index: any }),
      fc.record({ ...base, kind: fc.constant('slice' as const), object: any, start: any, end: any }),
      fc.record({ ...base, kind: fc.constant('stack' as const), parts: several(1) }),
      fc.record({ ...base, kind: fc.constant('list' as const), elements: several(2) }),
    ),
  };
}).any;

const optional = <T>(arbitrary: fc.Arbitrary<T>, key: string) =>
  fc.option(arbitrary, { nil: undefined }).map((value) => (value === undefined ? {} : { [key]: value }));

const comment: fc.Arbitrary<Comment> = fc
  .constantFrom('', ' a note', '# two', ' W @ x { [ (', '\ttab', ' "text', ' // no')
  .map((text) => ({ text, span }));

const names = fc.array(identifier, { minLength: 1, maxLength: 3 });
const blank = fc.boolean().map((is) => (is ? { blankBefore: true as const } : {}));
const common = fc
  .tuple(fc.array(fc.tuple(comment, blank), { maxLength: 2 }), optional(comment, 'trailing'), blank)
  .map(([leading, trailing, before]) => ({
    span,
    leading: leading.map(([text, gap]) => ({ ...text, ...gap })),
    ...trailing,
    ...before,
  }));

const type: fc.Arbitrary<TypeExpression> = fc.oneof(
  fc.array(expression, { maxLength: 2 }).map((dims): TypeExpression => ({ kind: 'shape', span, dims })),
  expression.map((classes): TypeExpression => ({ kind: 'index', span, classes })),
);

const initialiser: fc.Arbitrary<Initialiser> = fc.oneof(
  expression.map((value): Initialiser => ({ kind: 'value', span, value })),
  expression.map((value): Initialiser => ({ kind: 'draw', span, value })),
  fc
    .tuple(names, expression)
    .map(([indices, body]): Initialiser => ({ kind: 'indexFunction', span, indices, body })),
);

const group: fc.Arbitrary<DeclarationGroup> = fc
  .tuple(names, type, optional(initialiser, 'initialiser'))
  .map(([list, shape, start]) => ({ kind: 'group', span, names: list, type: shape, ...start }));

const noiseGroup: fc.Arbitrary<NoiseGroup> = fc
  .tuple(names, type, expression, fc.constantFrom('step' as const, 'sequence' as const, 'update' as const))
  .map(([list, shape, draw, scope]) => ({ kind: 'noiseGroup', span, names: list, type: shape, draw, scope }));

const groups = fc.array(group, { minLength: 1, maxLength: 3 });
const entry = (kind: string) =>
  fc
    .tuple(identifier, optional(expression, 'value'))
    .map(([own, value]) => ({ kind, span, name: own, ...value }));
const named = fc
  .tuple(identifier, expression)
  .map(([own, value]) => ({ kind: 'namedArgument', span, name: own, value }));

const equation: fc.Arbitrary<object> = fc.oneof(
  fc
    .tuple(identifier, optional(expression, 'entry'), expression)
    .map(([own, entry, value]) => ({ kind: 'equation', names: [own], list: false, ...entry, value })),
  fc.tuple(names, expression).map(([list, value]) => ({ kind: 'equation', names: list, list: true, value })),
);

const bare: fc.Arbitrary<object> = fc.oneof(
  fc
    .tuple(fc.constantFrom('input', 'target', 'state', 'const'), groups)
    .map(([kind, list]) => ({ kind, groups: list })),
  fc.array(noiseGroup, { minLength: 1, maxLength: 2 }).map((list) => ({ kind: 'noise', groups: list })),
  fc.tuple(fc.boolean(), groups).map(([frozen, list]) => ({ kind: 'param', frozen, groups: list })),
  fc
    .tuple(
      identifier,
      optional(expression, 'count'),
      identifier,
      fc.array(expression, { maxLength: 2 }),
      fc.array(named, { maxLength: 2 }),
    )
    .map(([own, count, cell, sizes, numbers]) => ({
      kind: 'innerCell',
      name: own,
      ...count,
      cell,
      sizes,
      numbers,
    })),
  equation,
  fc
    .array(entry('outputEntry'), { minLength: 1, maxLength: 2 })
    .map((entries) => ({ kind: 'output', entries })),
  expression.map((value) => ({ kind: 'loss', value })),
);

const definition: fc.Arbitrary<object> = fc
  .tuple(identifier, names, expression, fc.array(expression, { maxLength: 2 }))
  .map(([own, parameters, body, derivatives]) => ({
    kind: 'function',
    name: own,
    parameters,
    body,
    ...(derivatives.length === 0 ? {} : { derivatives }),
  }));

const comments = fc.array(comment, { maxLength: 2 });

const loop = fc.letrec<{ any: object }>((tie) => ({
  any: fc
    .tuple(
      identifier,
      expression,
      expression,
      fc.array(fc.tuple(common, fc.oneof({ maxDepth: 1 }, equation, tie('any'))), { maxLength: 2 }),
      comments,
    )
    .map(([index, start, end, inner, dangling]) => {
      const statements = inner.map(([shared, own]) => ({ ...shared, ...own }) as unknown as Statement);
      return { kind: 'for', index, start, end, statements: withoutFirstBlank(statements), dangling };
    }),
})).any;

const statement = fc
  .tuple(common, fc.oneof({ arbitrary: bare, weight: 8 }, definition, loop))
  .map(([shared, own]) => ({ ...shared, ...own }) as unknown as Statement);

const cell = fc
  .tuple(
    identifier,
    fc.array(entry('headerEntry'), { maxLength: 2 }),
    fc.array(entry('headerEntry'), { maxLength: 2 }),
    fc.array(statement, { maxLength: 5 }),
    comments,
  )
  .map(([own, sizes, numbers, statements, dangling]) => ({
    kind: 'cell',
    name: own,
    sizes,
    numbers,
    statements: withoutFirstBlank(statements),
    dangling,
  }));

const imported = fc
  .tuple(names, fc.constantFrom('./lstm.rnn', '', 'a # b', 'x(y'))
  .map(([list, path]) => ({ kind: 'import', names: list, path, pathSpan: span }));

const item = fc
  .tuple(common, fc.oneof<fc.Arbitrary<object>[]>(imported, definition, cell))
  .map(([shared, own]) => ({ ...shared, ...own }) as unknown as Item);

export const tree: fc.Arbitrary<SyntaxTree> = fc
  .tuple(fc.array(item, { maxLength: 3 }), comments)
  .map(([items, dangling]) => ({ kind: 'file', span, items: withoutFirstBlank(items), dangling }));

/** Nothing stands before the first line, so no blank line is counted there. */
function withoutFirstBlank<T extends Statement | Item>(list: readonly T[]): readonly T[] {
  const [first, ...rest] = list;
  if (first === undefined) return list;
  const [comment1, ...others] = first.leading;
  if (comment1 === undefined) {
    const { blankBefore: _, ...plain } = first;
    return [plain as T, ...rest];
  }
  const { blankBefore: _, ...plain } = comment1;
  return [{ ...first, leading: [plain, ...others] }, ...rest];
}
