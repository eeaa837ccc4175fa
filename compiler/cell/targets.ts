import type { Cell } from './cell.ts';
import { visitExpressions } from './typed.ts';

/** Equations, states and outputs of a cell that depend on a target, each with the target's name. */
export function dependentOnTargets(cell: Cell): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const targets = new Set(cell.targets.map((target) => target.name));
  for (const { name, value } of [...cell.equations, ...cell.outputs]) {
    visitExpressions([value], (e) => {
      if (e.kind !== 'read') return;
      const target =
        e.from === 'input' && targets.has(e.name) ? e.name : e.from === 'value' && found.get(e.name);
      if (target) found.set(name, target);
    });
  }
  return found;
}
