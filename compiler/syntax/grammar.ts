import * as ohm from 'ohm-js';
import type { Source } from '../source/source.ts';
import { type BuildContext, treeSemantics } from './build.ts';
import type { Unit } from './fold.ts';
import { grammarRecipe } from './grammar.generated.ts';
import type { Expression } from './tree.ts';

/** Rules of rnn.ohm that a whole statement can be. */
export type StatementRule =
  | 'Import'
  | 'Function'
  | 'CellHeader'
  | 'Input'
  | 'State'
  | 'Parameter'
  | 'Constant'
  | 'Noise'
  | 'InnerCell'
  | 'Output'
  | 'Loss'
  | 'Equation'
  | 'ForHeader';

/** Left out of the package's types. */
const { makeRecipe } = ohm as unknown as { makeRecipe(recipe: unknown): ohm.Grammar };
const grammar = makeRecipe(JSON.parse(grammarRecipe));
const semantics = treeSemantics(grammar);

/** What came of one unit: nodes, or the offset in its text where it could not go on. */
export type Outcome = { readonly node: unknown } | { readonly failedAt: number };

/** Reads one unit by a rule; `tooDeep` where the parser's stack ended, which the limits should prevent. */
export function read(
  source: Source,
  unit: Unit,
  rule: StatementRule | 'Expression',
  folded: ReadonlyMap<Unit, Expression>,
  comments: BuildContext['comments'],
): Outcome | 'tooDeep' {
  try {
    const match = grammar.match(unit.text, rule);
    if (match.failed()) return { failedAt: match.getRightmostFailurePosition() };
    return { node: semantics(match).tree({ source, unit, folded, comments }) };
  } catch (error) {
    if (error instanceof RangeError) return 'tooDeep';
    throw error;
  }
}
