import type { TypedExpression } from '../../cell/cell.ts';
import { quote } from '../../cell/describe.ts';
import { inCell } from '../../diagnostics/catalog/entry.ts';
import { lintCatalog } from '../../diagnostics/catalog/lint.ts';
import { diagnose } from '../../diagnostics/diagnostic.ts';
import { isExactly } from '../range.ts';
import type { LintRule, Scene } from '../scene.ts';
import { rangeInWords } from '../words.ts';

/** A bias from here down is rarely made up for by products of drawn weights. */
const VERY_NEGATIVE = -3;

export const deadStart: LintRule = {
  code: 'RNN706',
  close: inCell('input x: [H]', 'param W: [H, H] ~ he', 'param b: [H] = -1', 'output y = relu(W @ x + b)'),
  find: (scene) =>
    scene.expressions().flatMap((e) => {
      const argument = rectified(scene, e);
      if (argument === undefined) return [];
      const range = scene.startRanges.of(argument);
      const bias = biasOf(scene, argument);
      if (range.high > 0 && bias === undefined) return [];
      const why =
        range.high > 0
          ? `${quote(bias!.span)} in it starts at ${scene.startRanges.of(bias!).high}`
          : `its argument starts at ${rangeInWords(range)}`;
      return [diagnose(lintCatalog.deadStart, e.span, { text: quote(e.span, 'relu'), why })];
    }),
};

/** x of relu(x), max(0, x) and max(x, 0). */
function rectified(scene: Scene, e: TypedExpression): TypedExpression | undefined {
  if (e.kind !== 'map') return undefined;
  if (e.op === 'relu') return e.args[0];
  if (e.op !== 'max') return undefined;
  const zero = e.args.findIndex((arg) => isExactly(scene.ranges.of(arg), 0));
  return zero < 0 ? undefined : e.args[1 - zero];
}

/** A learned addend that starts very negative. */
function biasOf(scene: Scene, argument: TypedExpression): TypedExpression | undefined {
  const parts = (e: TypedExpression): readonly TypedExpression[] => {
    const inner = scene.ranges.resolve(e);
    return inner.kind === 'map' && inner.op === 'add' ? inner.args.flatMap(parts) : [inner];
  };
  return parts(argument).find(
    (part) =>
      part.kind === 'read' && part.from === 'parameter' && scene.startRanges.of(part).high <= VERY_NEGATIVE,
  );
}

export const zeroRecurrence: LintRule = {
  code: 'RNN707',
  close: inCell('input x: [H]', 'state h: [H]', 'param U: [H, H] = 0', 'h = tanh(U @ x + 0.5*h_prev)'),
  find: (scene) =>
    scene.expressions().flatMap((e) => {
      if (e.kind !== 'matmul' && e.kind !== 'blocks') return [];
      const sides = [e.left, e.right] as const;
      return sides.flatMap((weights, i) => {
        const source = wholeOf(scene, weights);
        if (source.kind !== 'read' || source.from !== 'parameter') return [];
        const state = previousIn(scene, sides[1 - i]!);
        if (state === undefined) return [];
        if (!isExactly(scene.startRanges.of(source), 0)) return [];
        const parameter = scene.cell.parameters.find(({ name }) => name === source.name)!;
        if (parameter.frozen) return [];
        return [diagnose(lintCatalog.zeroRecurrence, parameter.span, { name: source.name, state })];
      });
    }),
};

/** What it is a part of, in another arrangement. */
function wholeOf(scene: Scene, e: TypedExpression): TypedExpression {
  const inner = scene.ranges.resolve(e);
  const isPart = inner.kind === 'transpose' || inner.kind === 'slice' || inner.kind === 'reshape';
  return isPart ? wholeOf(scene, inner.value) : inner;
}

/** The state whose previous value is (a part of) it. */
function previousIn(scene: Scene, e: TypedExpression): string | undefined {
  const inner = wholeOf(scene, e);
  if (inner.kind === 'read') return inner.from === 'previous' ? inner.name : undefined;
  if (inner.kind !== 'stack') return undefined;
  return inner.parts.map((part) => previousIn(scene, part)).find((name) => name !== undefined);
}
