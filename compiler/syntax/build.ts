import type { ActionDict, Grammar, IterationNode, Node } from 'ohm-js';
import type { Source, Span } from '../source/source.ts';
import { placeAt, sourceRange, type Unit } from './fold.ts';
import type {
  Binary,
  BinaryOperator,
  Comment,
  DeclarationGroup,
  Expression,
  HeaderEntry,
  Identifier,
  Initialiser,
  NamedArgument,
  NoiseGroup,
  OutputEntry,
  Per,
  TypeExpression,
  UnaryOperator,
} from './tree.ts';

/** What the actions need besides the match itself. */
export interface BuildContext {
  readonly source: Source;
  readonly unit: Unit;
  /** Expressions of the units folded into this one. */
  readonly folded: ReadonlyMap<Unit, Expression>;
  readonly comments: {
    readonly leading: readonly Comment[];
    readonly trailing?: Comment;
    readonly blankBefore?: true;
  };
}

/** Adds the operation `tree(context)`, from a match to nodes of tree.ts. Actions are named after the grammar's rules. */
export function treeSemantics(grammar: Grammar) {
  return grammar.createSemantics().addOperation<unknown>('tree(context)', actions);
}

const contextOf = (node: Node): BuildContext =>
  (node as unknown as { args: { context: BuildContext } }).args.context;

const listOf = (node: Node): readonly Node[] =>
  (node as unknown as { asIteration(): IterationNode }).asIteration().children;

/** The range of the source from one node to another, both ends included. */
function spanOf(first: Node, last: Node, context: BuildContext): Span {
  const { source, unit } = context;
  return { source, ...sourceRange(unit, first.source.startIdx, last.source.endIdx) };
}

const actions: ActionDict<unknown> = {
  // ---- statements ----
  Import(_import, _open, names, _close, _from, path) {
    const context = contextOf(this);
    return {
      kind: 'import',
      ...common(this),
      names: listOf(names).map((name) => identifier(name, context)),
      path: path.sourceString.slice(1, -1),
      pathSpan: spanOf(path, path, context),
    };
  },
  Function(_fn, name, _open, parameters, _close, _equals, body, derivative) {
    const context = contextOf(this);
    const derivatives = optional(derivative).flatMap((node) => expressions(listOf(node.child(2)), context));
    return {
      kind: 'function',
      ...common(this),
      name: identifier(name, context),
      parameters: listOf(parameters).map((parameter) => identifier(parameter, context)),
      body: expression(body, context),
      ...(derivatives.length === 0 ? {} : { derivatives }),
    };
  },
  CellHeader(_cell, name, _open, sizes, numbers, _close) {
    const context = contextOf(this);
    const entries = (list: readonly Node[]) => list.map((entry) => entry.tree(context) as HeaderEntry);
    return {
      ...common(this),
      name: identifier(name, context),
      sizes: entries(listOf(sizes)),
      numbers: entries(optional(numbers).flatMap((node) => listOf(node.child(1)))),
    };
  },
  HeaderEntry(name, value) {
    return named(this, 'headerEntry', name, value);
  },
  Input(word, groups) {
    return { kind: word.sourceString, ...common(this), groups: groupsOf(groups, contextOf(this)) };
  },
  State(_state, groups) {
    return { kind: 'state', ...common(this), groups: groupsOf(groups, contextOf(this)) };
  },
  Parameter(frozen, _param, groups) {
    const isFrozen = frozen.numChildren > 0;
    return { kind: 'param', ...common(this), frozen: isFrozen, groups: groupsOf(groups, contextOf(this)) };
  },
  Constant(_const, groups) {
    return { kind: 'const', ...common(this), groups: groupsOf(groups, contextOf(this)) };
  },
  Noise(_noise, groups) {
    const context = contextOf(this);
    return {
      kind: 'noise',
      ...common(this),
      groups: listOf(groups).map((group) => group.tree(context) as NoiseGroup),
    };
  },
  NoiseGroup(names, _colon, type, _tilde, draw, _per, scope) {
    const context = contextOf(this);
    return {
      kind: 'noiseGroup',
      span: spanOf(this, this, context),
      names: listOf(names).map((name) => identifier(name, context)),
      type: type.tree(context),
      draw: expression(draw, context),
      scope: scope.sourceString,
    };
  },
  Group(names, _colon, type, initialiser) {
    return groupOf(this, names, type, initialiser);
  },
  GivenGroup(names, _colon, type, over, initialiser, per) {
    const context = contextOf(this);
    const moment = optional(per).map((node) => node.tree(context) as Per);
    return {
      ...groupOf(this, names, type, initialiser),
      ...axisOver(over, context),
      ...(moment[0] === undefined ? {} : { per: moment[0] }),
    };
  },
  Per(_per, moment) {
    const span = spanOf(this, this, contextOf(this));
    return { kind: 'per', span, moment: moment.sourceString };
  },
  Type_shape(_open, dims, _close) {
    const context = contextOf(this);
    return { kind: 'shape', span: spanOf(this, this, context), dims: expressions(listOf(dims), context) };
  },
  Type_index(_index, _open, classes, _close) {
    const context = contextOf(this);
    return { kind: 'index', span: spanOf(this, this, context), classes: expression(classes, context) };
  },
  Initialiser_byIndex(_equals, formula) {
    const context = contextOf(this);
    return { ...(formula.tree(context) as object), span: spanOf(this, this, context) };
  },
  Initialiser_value(_equals, value) {
    const context = contextOf(this);
    return { kind: 'value', span: spanOf(this, this, context), value: expression(value, context) };
  },
  Initialiser_draw(_tilde, value) {
    const context = contextOf(this);
    return { kind: 'draw', span: spanOf(this, this, context), value: expression(value, context) };
  },
  IndexFunction(_open, indices, _close, _arrow, body) {
    const context = contextOf(this);
    return {
      kind: 'indexFunction',
      indices: listOf(indices).map((index) => identifier(index, context)),
      body: expression(body, context),
    };
  },
  InnerCell(_cell, name, count, _colon, cell, _open, sizes, numbers, _close) {
    const context = contextOf(this);
    return {
      kind: 'innerCell',
      ...common(this),
      name: identifier(name, context),
      ...bracketed('count', count, context),
      cell: identifier(cell, context),
      sizes: expressions(listOf(sizes), context),
      numbers: optional(numbers).flatMap((node) => namedArguments(listOf(node.child(1)), context)),
    };
  },
  Output(_output, entries) {
    const context = contextOf(this);
    return {
      kind: 'output',
      ...common(this),
      entries: listOf(entries).map((entry) => entry.tree(context) as OutputEntry),
    };
  },
  OutputEntry(name, value) {
    return named(this, 'outputEntry', name, value);
  },
  Loss(_loss, value) {
    return { kind: 'loss', ...common(this), value: expression(value, contextOf(this)) };
  },
  Equation_one(name, entry, _equals, value) {
    const context = contextOf(this);
    return {
      kind: 'equation',
      ...common(this),
      names: [identifier(name, context)],
      list: false,
      ...bracketed('entry', entry, context),
      value: expression(value, context),
    };
  },
  Equation_list(_open, left, _close, _equals, value) {
    const context = contextOf(this);
    const names = listOf(left).map((name) => identifier(name, context));
    return { kind: 'equation', ...common(this), names, list: true, value: expression(value, context) };
  },
  ForHeader(_for, index, _in, start, _dots, end) {
    const context = contextOf(this);
    return {
      kind: 'for',
      ...common(this),
      index: identifier(index, context),
      start: expression(start, context),
      end: expression(end, context),
    };
  },
  Bracketed(_open, inner, _close) {
    return inner.tree(contextOf(this));
  },

  // ---- expressions ----
  Expression(arms, last) {
    const context = contextOf(this);
    return arms.children.reduceRight<Expression>(
      (otherwise, arm) => ({
        kind: 'if',
        span: spanOf(arm, last, context),
        condition: expression(arm.child(1), context),
        // biome-ignore lint/suspicious/noThenProperty: no promise, the word of the language
        then: expression(arm.child(3), context),
        otherwise,
      }),
      expression(last, context),
    );
  },
  Or: chain,
  And: chain,
  Sum: chain,
  Term: chain,
  Product: chain,
  Comparison: chain,
  Not: prefixed,
  Unary: prefixed,
  Operand: prefixed,
  Exponent: prefixed,
  Power(base, carets, exponents) {
    const context = contextOf(this);
    const count = exponents.numChildren;
    if (count === 0) return base.tree(context);
    const last = exponents.child(count - 1);
    // To the right: the power that ends the chain stands innermost, under the minus signs before its base.
    let right = expression(last, context);
    for (let i = count - 2; i >= 0; i--) {
      const signed = exponents.child(i);
      const postfix = signed.child(1);
      const power = binary(
        '^',
        expression(postfix, context),
        right,
        carets.child(i + 1),
        postfix,
        last,
        context,
      );
      right = signs(signed.child(0).children, power, last, context);
    }
    return binary('^', expression(base, context), right, carets.child(0), base, last, context);
  },
  Postfix(primary, suffixes) {
    const context = contextOf(this);
    return suffixes.children.reduce<Expression>(
      (object, suffix) => {
        const part = suffix.child(0);
        const span = spanOf(primary, suffix, context);
        if (part.ctorName === 'Suffix_member')
          return { kind: 'member', span, object, name: identifier(part.child(1), context) };
        const first = expression(part.child(1), context);
        if (part.ctorName === 'Suffix_index') return { kind: 'indexing', span, object, index: first };
        return { kind: 'slice', span, object, start: first, end: expression(part.child(3), context) };
      },
      expression(primary, context),
    );
  },
  Primary_name(name) {
    return identifier(name, contextOf(this));
  },
  Primary_number(number) {
    const context = contextOf(this);
    const text = number.sourceString;
    return { kind: 'number', span: spanOf(number, number, context), value: Number(text), text };
  },
  Primary_brackets(_open, inner, _close) {
    return inner.tree(contextOf(this));
  },
  Primary_stack(_open, parts, _close) {
    const context = contextOf(this);
    return { kind: 'stack', span: spanOf(this, this, context), parts: expressions(listOf(parts), context) };
  },
  Primary_list(_open, first, _comma, rest, _close) {
    const context = contextOf(this);
    const elements = expressions([first, ...listOf(rest)], context);
    return { kind: 'list', span: spanOf(this, this, context), elements };
  },
  Primary_folded(character) {
    const { unit, folded } = contextOf(this);
    return folded.get(placeAt(unit, character.source.startIdx)!.unit!);
  },
  Call(name, entry, _open, args, over, _close) {
    const context = contextOf(this);
    const given = args.child(0);
    const mixed = given.ctorName === 'Arguments_mixed';
    const called = {
      kind: 'call',
      span: spanOf(this, this, context),
      callee: identifier(name, context),
      ...bracketed('entry', entry, context),
      ...axisOver(over, context),
    };
    if (!mixed) return { ...called, args: [], named: namedArguments(listOf(given.child(0)), context) };
    const positional = listOf(given.child(0)).map((node) => expression(node.child(0), context));
    return {
      ...called,
      args: positional,
      named: namedArguments(given.child(2).children, context),
    };
  },
  NamedArgument(name, _equals, value) {
    const context = contextOf(this);
    return {
      kind: 'namedArgument',
      span: spanOf(this, this, context),
      name: identifier(name, context),
      value: expression(value, context),
    };
  },
};

function common(node: Node): object {
  const context = contextOf(node);
  return { span: spanOf(node, node, context), ...context.comments };
}

function identifier(node: Node, context: BuildContext): Identifier {
  return { kind: 'identifier', span: spanOf(node, node, context), name: node.sourceString.normalize('NFC') };
}

const expression = (node: Node, context: BuildContext): Expression => node.tree(context) as Expression;

const expressions = (nodes: readonly Node[], context: BuildContext): readonly Expression[] =>
  nodes.map((node) => expression(node, context));

const namedArguments = (nodes: readonly Node[], context: BuildContext): readonly NamedArgument[] =>
  nodes.map((node) => node.tree(context) as NamedArgument);

/** What stands in brackets behind a name, under this key; nothing where there are none. */
function bracketed(key: string, node: Node, context: BuildContext): object {
  const [given] = optional(node);
  return given === undefined ? {} : { [key]: expression(given, context) };
}

const optional = (node: Node): readonly Node[] => node.children;

/** `x: [I]`, `a, b: [H] = 0` */
function groupOf(node: Node, names: Node, type: Node, initialiser: Node): object {
  const context = contextOf(node);
  const given = optional(initialiser).map((part) => part.tree(context) as Initialiser);
  return {
    kind: 'group',
    span: spanOf(node, node, context),
    names: listOf(names).map((name) => identifier(name, context)),
    type: type.tree(context) as TypeExpression,
    ...(given[0] === undefined ? {} : { initialiser: given[0] }),
  };
}

/** `over S`, where it stands. */
function axisOver(over: Node, context: BuildContext): { readonly over?: Identifier } {
  const [given] = optional(over);
  return given === undefined ? {} : { over: identifier(given.child(1), context) };
}

const groupsOf = (node: Node, context: BuildContext): readonly DeclarationGroup[] =>
  listOf(node.child(0)).map((group) => group.tree(context) as DeclarationGroup);

/** `x` or `x = value` */
function named(node: Node, kind: string, name: Node, given: Node): object {
  const context = contextOf(node);
  const value = optional(given).map((part) => expression(part.child(1), context));
  return {
    kind,
    span: spanOf(node, node, context),
    name: identifier(name, context),
    ...(value[0] === undefined ? {} : { value: value[0] }),
  };
}

function binary(
  operator: BinaryOperator,
  left: Expression,
  right: Expression,
  sign: Node,
  first: Node,
  last: Node,
  context: BuildContext,
): Binary {
  const operatorSpan = spanOf(sign, sign, context);
  return { kind: 'binary', span: spanOf(first, last, context), operator, operatorSpan, left, right };
}

/** `a + b - c`, from the left. */
function chain(this: Node, first: Node, operators: Node, rest: Node): Expression {
  const context = contextOf(this);
  return rest.children.reduce<Expression>(
    (left, operand, index) => {
      const sign = operators.child(index);
      const operator = sign.sourceString as BinaryOperator;
      return binary(operator, left, expression(operand, context), sign, first, operand, context);
    },
    expression(first, context),
  );
}

/** `--x`, `not not x` */
function prefixed(this: Node, operators: Node, operand: Node): Expression {
  const context = contextOf(this);
  return signs(operators.children, expression(operand, context), operand, context);
}

function signs(
  operators: readonly Node[],
  operand: Expression,
  last: Node,
  context: BuildContext,
): Expression {
  return operators.reduceRight<Expression>(
    (inner, sign) => ({
      kind: 'unary',
      span: spanOf(sign, last, context),
      operator: sign.sourceString as UnaryOperator,
      operand: inner,
    }),
    operand,
  );
}
