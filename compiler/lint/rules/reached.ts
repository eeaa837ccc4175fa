import { inCell } from '../../diagnostics/catalog/entry.ts';
import { lintCatalog } from '../../diagnostics/catalog/lint.ts';
import { diagnose } from '../../diagnostics/diagnostic.ts';
import { differentiated, reach } from '../reach.ts';
import type { LintRule, Scene } from '../scene.ts';

/** Parameters that some equation reads: that one is read nowhere, `rnnc check` says. */
function declared({ cell }: Scene) {
  const { equations, outputs, loss, states } = cell;
  const roots = [...equations, ...outputs].map(({ value }) => value).concat(states.map(({ start }) => start));
  const read = reach(cell, loss === undefined ? roots : [...roots, loss]).parameters;
  return [
    ...cell.parameters
      .filter(({ name }) => read.has(name))
      .map(({ name, span, frozen }) => ({ name, span, kind: 'parameter' as const, frozen })),
    ...cell.states.map(({ name, span }) => ({ name, span, kind: 'state' as const, frozen: false })),
  ];
}

/** Equations of the cell itself whose value nothing reads; those of loops and inner cells have a dot in their name. */
function unreadEquations(scene: Scene) {
  const read = new Set(
    scene.expressions().flatMap((e) => (e.kind === 'read' && e.from !== 'parameter' ? [e.name] : [])),
  );
  const states = new Set(scene.cell.states.map(({ name }) => name));
  return scene.cell.equations
    .filter(({ name }) => !read.has(name) && !states.has(name) && !name.includes('.'))
    .map(({ name, span }) => ({ name, span, kind: 'value' as const }));
}

export const unusedValue: LintRule = {
  code: 'RNN704',
  close: inCell(
    'input x: [H]',
    'state h: [H], k: [H]',
    'h = tanh(x + 0.5*k_prev)',
    'k = 0.5*k_prev + x',
    'output h',
  ),
  find: (scene) => {
    const { outputs, loss } = scene.cell;
    const roots = outputs.map(({ value }) => value);
    const reached = reach(scene.cell, loss === undefined ? roots : [...roots, loss]);
    return [
      ...declared(scene).filter(
        ({ kind, name }) => !(kind === 'state' ? reached.states : reached.parameters).has(name),
      ),
      ...unreadEquations(scene),
    ].map(({ kind, name, span }) => diagnose(lintCatalog.unusedValue, span, { kind, name }));
  },
};

export const cutOff: LintRule = {
  code: 'RNN705',
  close: inCell('input x: [H]', 'param w: [H] = 1', 'output y = relu(w*x)'),
  find: (scene) => {
    const { outputs, loss } = scene.cell;
    const roots = loss === undefined ? outputs.map(({ value }) => value) : [loss];
    const reached = reach(scene.cell, roots);
    const back = reach(scene.cell, roots, differentiated);
    const isCut = ({ kind, name, frozen }: ReturnType<typeof declared>[number]) => {
      const [all, open] =
        kind === 'state' ? [reached.states, back.states] : [reached.parameters, back.parameters];
      return !frozen && all.has(name) && !open.has(name);
    };
    const towards = loss === undefined ? 'the outputs' : 'the loss';
    return declared(scene)
      .filter(isCut)
      .map(({ kind, name, span }) => diagnose(lintCatalog.cutOff, span, { kind, name, towards }));
  },
};
