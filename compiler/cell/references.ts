import type { Expression, FunctionDefinition } from '../syntax/tree.ts';
import type { Scope } from './scope.ts';

/*
 * Which names an expression reads at this very step, functions written out; previous values are not among them.
 */

/** Names read, in order of first reading. */
export function namesRead(roots: readonly Expression[], scope: Scope): ReadonlySet<string> {
  return collect(roots, new Set(), scope, new Set());
}

function collect(
  roots: readonly Expression[],
  parameters: ReadonlySet<string>,
  scope: Scope,
  entered: Set<FunctionDefinition>,
): Set<string> {
  const names = new Set<string>();
  const pending = [...roots];
  while (pending.length > 0) {
    const e = pending.pop()!;
    if (e.kind === 'identifier') {
      if (!parameters.has(e.name)) names.add(e.name);
      continue;
    }
    if (e.kind === 'call') {
      const called = scope.functions.get(e.callee.name);
      if (called !== undefined && !entered.has(called)) {
        entered.add(called);
        const own = new Set(called.parameters.map((parameter) => parameter.name));
        for (const name of collect([called.body, ...(called.derivatives ?? [])], own, scope, entered))
          names.add(name);
      }
    }
    pending.push(...readNow(e));
  }
  return names;
}

/** The parts of an expression that are read at this step. */
function readNow(e: Exclude<Expression, { kind: 'identifier' }>): readonly Expression[] {
  switch (e.kind) {
    case 'number':
      return [];
    case 'unary':
      return [e.operand];
    case 'binary':
      return [e.left, e.right];
    case 'if':
      return [e.condition, e.then, e.otherwise];
    case 'call': {
      const args = e.callee.name === 'prev' ? e.args.slice(1) : e.args;
      return [...(e.entry ? [e.entry] : []), ...args, ...e.named.map((argument) => argument.value)];
    }
    case 'member':
      return e.object.kind === 'identifier' && e.name.name.endsWith('_prev') ? [] : [e.object];
    case 'indexing':
      return [e.object, e.index];
    case 'slice':
      return [e.object, e.start, e.end];
    case 'stack':
      return e.parts;
    case 'list':
      return e.elements;
  }
}
