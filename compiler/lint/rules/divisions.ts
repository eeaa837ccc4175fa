import type { TypedExpression } from '../../cell/cell.ts';
import { quote } from '../../cell/describe.ts';
import { inCell } from '../../diagnostics/catalog/entry.ts';
import { lintCatalog } from '../../diagnostics/catalog/lint.ts';
import { diagnose } from '../../diagnostics/diagnostic.ts';
import { isAwayFromZero } from '../range.ts';
import type { LintRule, Scene } from '../scene.ts';
import { knownOf } from '../words.ts';

/** Larger than that, an addend is no epsilon. */
const LARGEST_EPSILON = 0.01;

export const epsilonOutside: LintRule = {
  code: 'RNN701',
  close: inCell('input x: [H]', 'v = x*x', 'output y = x/sqrt(v + 0.00001)'),
  find: (scene) =>
    scene.expressions().flatMap((e) => {
      if (e.kind !== 'map' || e.op !== 'div') return [];
      const below = scene.ranges.resolve(e.args[1]!);
      if (below.kind !== 'map' || below.op !== 'add') return [];
      const parts = below.args.map((arg) => scene.ranges.resolve(arg));
      const root = parts.find((part) => part.kind === 'map' && part.op === 'sqrt');
      const epsilon = parts.find((part) => {
        const { low, high } = scene.ranges.of(part);
        return part !== root && low > 0 && high <= LARGEST_EPSILON;
      });
      if (root?.kind !== 'map' || epsilon === undefined) return [];
      if (isAwayFromZero(scene.ranges.of(root.args[0]!))) return [];
      const write = `sqrt(${quote(root.args[0]!.span)} + ${quote(epsilon.span)})`;
      return [diagnose(lintCatalog.epsilonOutside, root.span, { text: quote(root.span), write })];
    }),
};

export const nearZeroDivisor: LintRule = {
  code: 'RNN702',
  close: inCell('input x: [H]', 'output y = x/(sum(x*x) + 1)'),
  find: (scene) =>
    scene.expressions().flatMap((e) => {
      const below = divisorOf(e);
      if (below === undefined) return [];
      const range = scene.ranges.of(below);
      if (isAwayFromZero(range) || isKnownLater(scene, below) || isSoftmax(scene, e, below)) return [];
      const words = { text: quote(below.span, 'a value'), range: knownOf(range) };
      return [diagnose(lintCatalog.nearZeroDivisor, below.span, words)];
    }),
};

/** b of a/b and of b^-2. */
function divisorOf(e: TypedExpression): TypedExpression | undefined {
  if (e.kind === 'power') return e.exponent < 0 ? e.base : undefined;
  return e.kind === 'map' && e.op === 'div' ? e.args[1] : undefined;
}

/** A number of the header, or a size: known before anything runs. */
function isKnownLater(scene: Scene, e: TypedExpression): boolean {
  const inner = scene.ranges.resolve(e);
  if (inner.kind === 'read') return inner.from === 'number';
  if (inner.kind === 'number' || inner.kind === 'size') return true;
  return inner.kind === 'map' && inner.args.every((arg) => isKnownLater(scene, arg));
}

/** exp(a)/(exp(a) + exp(b)), exp(v)/sum(exp(v)): computed as a softmax, whatever the exponents. */
function isSoftmax({ ranges }: Scene, quotient: TypedExpression, below: TypedExpression): boolean {
  if (quotient.kind !== 'map') return false;
  const above = quotient.args[0]!;
  const own = ranges.resolve(above);
  return own.kind === 'map' && own.op === 'exp' && ranges.isShare(above, below);
}
