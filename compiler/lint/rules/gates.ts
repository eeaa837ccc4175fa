import type { TypedExpression } from '../../cell/cell.ts';
import { quote } from '../../cell/describe.ts';
import { inCell } from '../../diagnostics/catalog/entry.ts';
import { lintCatalog } from '../../diagnostics/catalog/lint.ts';
import { diagnose } from '../../diagnostics/diagnostic.ts';
import type { LintRule, Scene } from '../scene.ts';
import { knownOf } from '../words.ts';

export const exponentialGate: LintRule = {
  code: 'RNN700',
  close: inCell(
    'input x: [H]',
    'state c: [H]',
    'param a: [H] = 1',
    'i = exp(-softplus(a*x))',
    'c = 0.9*c_prev + i*tanh(x)',
  ),
  find: (scene) =>
    scene.cell.states.flatMap(({ name }) =>
      scene
        .addends(name)
        .flatMap((addend) => scene.factors(addend))
        .flatMap((factor) => {
          const e = scene.ranges.resolve(factor);
          const isOpen =
            e.kind === 'map' && e.op === 'exp' && scene.ranges.of(e).high === Number.POSITIVE_INFINITY;
          if (!isOpen || !scene.variesPerStep(e)) return [];
          return [
            diagnose(lintCatalog.exponentialGate, e.span, {
              text: quote(e.span, 'an exponential'),
              state: name,
            }),
          ];
        }),
    ),
};

export const unsquashedGate: LintRule = {
  code: 'RNN703',
  close: inCell('input x: [H]', 'state c: [H]', 'param w: [H] = 1', 'f = sigmoid(w*x)', 'c = f*c_prev + x'),
  find: (scene) =>
    scene.cell.states.flatMap(({ name }) =>
      scene.addends(name).flatMap((addend) => {
        const factors = scene.factors(addend);
        if (!factors.some((factor) => isPrevious(scene, factor, name))) return [];
        return factors.flatMap((factor) => {
          const range = scene.ranges.of(factor);
          const isGate = !isPrevious(scene, factor, name) && scene.variesPerStep(factor);
          if (!isGate || (range.low >= -1 && range.high <= 1) || isExponential(scene, factor)) return [];
          const { span } = scene.ranges.resolve(factor);
          const words = { text: quote(span, 'a value'), state: name, range: knownOf(range) };
          return [diagnose(lintCatalog.unsquashedGate, span, words)];
        });
      }),
    ),
};

const isPrevious = (scene: Scene, e: TypedExpression, name: string): boolean => {
  const inner = scene.ranges.resolve(e);
  return inner.kind === 'read' && inner.from === 'previous' && inner.name === name;
};

/** Told as RNN700. */
const isExponential = (scene: Scene, e: TypedExpression): boolean => {
  const inner = scene.ranges.resolve(e);
  return inner.kind === 'map' && inner.op === 'exp';
};
