import type { Expression } from './tree.ts';

/** The expressions right below one, in the order of the text. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'number':
    case 'identifier':
      return [];
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'if':
      return [expression.condition, expression.then, expression.otherwise];
    case 'call':
      return [
        ...(expression.entry === undefined ? [] : [expression.entry]),
        ...expression.args,
        ...expression.named.map(({ value }) => value),
      ];
    case 'member':
      return [expression.object];
    case 'indexing':
      return [expression.object, expression.index];
    case 'slice':
      return [expression.object, expression.start, expression.end];
    case 'stack':
      return expression.parts;
    case 'list':
      return expression.elements;
  }
}

/** Visits an expression and all below it, outermost first, without recursion. `depth` counts from 1. */
export function visit(root: Expression, visitor: (expression: Expression, depth: number) => void): void {
  const open: { readonly expression: Expression; readonly depth: number }[] = [
    { expression: root, depth: 1 },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { expression, depth } = next;
    visitor(expression, depth);
    for (const child of childrenOf(expression).toReversed())
      open.push({ expression: child, depth: depth + 1 });
  }
}
