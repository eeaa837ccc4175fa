import type { Cell, TypedExpression } from '../cell/cell.ts';
import { perStep } from '../cell/type.ts';
import { visitExpressions } from '../cell/typed.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { Ranges } from './ranges.ts';

/** A cell, and what rules ask about it. */
export class Scene {
  readonly cell: Cell;
  readonly ranges: Ranges;
  readonly startRanges: Ranges;

  constructor(cell: Cell) {
    this.cell = cell;
    this.ranges = new Ranges(cell);
    this.startRanges = new Ranges(cell, { atStart: true });
  }

  /** Every expression of equations, outputs and loss, shared ones once. */
  expressions(): readonly TypedExpression[] {
    const { equations, outputs, loss } = this.cell;
    const found: TypedExpression[] = [];
    const roots = [...equations, ...outputs].map(({ value }) => value);
    visitExpressions(loss === undefined ? roots : [...roots, loss], (e) => found.push(e));
    return found;
  }

  /** What is added up to a state's new value, names replaced by their equations, signs left out. */
  addends(state: string): readonly TypedExpression[] {
    const root = this.cell.equations.find(({ name }) => name === state)!.value;
    const parts = (e: TypedExpression): readonly TypedExpression[] => {
      const inner = this.ranges.resolve(e);
      if (inner.kind === 'map' && ['add', 'sub', 'neg'].includes(inner.op)) return inner.args.flatMap(parts);
      if (inner.kind === 'map' && inner.op === 'select') return inner.args.slice(1).flatMap(parts);
      return [inner];
    };
    return parts(root);
  }

  /** Factors of an elementwise product, names replaced by their equations where that is a product. */
  factors(e: TypedExpression): readonly TypedExpression[] {
    const inner = this.ranges.resolve(e);
    if (inner.kind === 'stretch') return this.factors(inner.value);
    return inner.kind === 'map' && inner.op === 'mul' ? inner.args.flatMap((arg) => this.factors(arg)) : [e];
  }

  /** Whether it differs from step to step. */
  variesPerStep(e: TypedExpression): boolean {
    return e.type.outer.length === perStep.length;
  }
}

/** One kind of warning. */
export interface LintRule {
  readonly code: string;
  /** A cell beside the example of the catalogue that is not warned about. */
  readonly close: string;
  readonly find: (scene: Scene) => readonly Diagnostic[];
}
