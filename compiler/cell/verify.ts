import { invariant } from '../support/invariant.ts';
import type { Cell, TypedExpression } from './cell.ts';
import { addDims, oneDim, sameDim, sameShape } from './dim.ts';
import { ownTime } from './type.ts';
import { operandsOf, visitExpressions } from './typed.ts';

/**
 * What every later stage takes for granted of a checked cell: names resolve, each equation reads only earlier ones,
 * every state has exactly one, operand shapes agree with the forms.
 *
 * @throws InvariantError, naming what is wrong
 */
export function verifyCell(cell: Cell): void {
  const names = [
    ...cell.sizes,
    ...cell.numbers,
    ...cell.inputs,
    ...cell.targets,
    ...cell.parameters,
    ...cell.constants,
    ...cell.noises,
  ].map(({ name }) => name);
  const equationNames = cell.equations.map(({ name }) => name);
  const all = [...names, ...equationNames];
  invariant(new Set(all).size === all.length, `two things of cell ${cell.name} have one name`);
  for (const state of cell.states) {
    invariant(equationNames.includes(state.name), `state ${state.name} has no equation`);
    verifyExpression(state.start, cell, new Set(equationNames));
    invariant(
      !state.start.type.outer.includes(ownTime),
      `the start of ${state.name} changes from step to step`,
    );
    const { shape } = state.start.type;
    invariant(
      shape.length === 0 || sameShape(shape, state.shape),
      `state ${state.name} starts at another shape`,
    );
  }
  const defined = new Set<string>();
  for (const { name, value } of cell.equations) {
    verifyExpression(value, cell, defined);
    const state = cell.states.find((candidate) => candidate.name === name);
    invariant(
      state === undefined || sameShape(state.shape, value.type.shape),
      `the equation of state ${name} has another shape`,
    );
    defined.add(name);
  }
  for (const { value } of cell.outputs) verifyExpression(value, cell, defined);
  if (cell.loss) {
    verifyExpression(cell.loss, cell, defined);
    invariant(cell.loss.type.shape.length === 0, 'the loss is no scalar');
  }
}

function verifyExpression(root: TypedExpression, cell: Cell, defined: ReadonlySet<string>): void {
  const known = {
    input: new Set([...cell.inputs, ...cell.targets].map(({ name }) => name)),
    previous: new Set(
      [...cell.states, ...cell.inputs.filter((input) => input.lagged)].map(({ name }) => name),
    ),
    parameter: new Set(cell.parameters.map(({ name }) => name)),
    constant: new Set(cell.constants.map(({ name }) => name)),
    noise: new Set(cell.noises.map(({ name }) => name)),
    number: new Set(cell.numbers.map(({ name }) => name)),
    value: defined,
  };
  visitExpressions([root], (e) => {
    if (e.kind === 'read') invariant(known[e.from].has(e.name), `nothing known of ${e.from} ${e.name}`);
    invariant(shapesAgree(e), `the operands of ${e.kind} do not agree`);
    const isReal = (operand: TypedExpression) => operand.type.element === 'real';
    invariant(e.kind === 'oneHot' || operandsOf(e).every(isReal), `${e.kind} of a class number`);
  });
}

/** The shape rule of each form. */
function shapesAgree(e: TypedExpression): boolean {
  const { shape } = e.type;
  switch (e.kind) {
    case 'map':
    case 'power':
      return operandsOf(e).every(({ type }) => type.shape.length === 0 || sameShape(type.shape, shape));
    case 'matmul': {
      const [left, right] = [e.left.type.shape, e.right.type.shape];
      return sameDim(left.at(-1)!, right[0]!) && sameShape(shape, [...left.slice(0, -1), ...right.slice(1)]);
    }
    case 'outer':
      return sameShape(shape, [...e.left.type.shape, ...e.right.type.shape]);
    case 'dot':
      return sameShape(e.left.type.shape, e.right.type.shape) && shape.length === 0;
    case 'blocks': {
      const [left, right] = [e.left.type.shape, e.right.type.shape];
      return sameShape([left[0]!, left[2]!], right) && sameShape(shape, left.slice(0, 2));
    }
    case 'transpose':
      return sameShape(shape, [...e.value.type.shape].reverse());
    case 'stack':
      return sameDim(shape[0]!, addDims(...e.parts.map((part) => part.type.shape[0] ?? oneDim)));
    case 'slice':
      return sameShape(shape, [e.length, ...e.value.type.shape.slice(1)]);
    case 'stretch':
      return sameDim(shape[e.along]!, e.value.type.shape[0]!);
    case 'oneHot':
      return e.index.type.element === 'index' && sameShape(shape, [e.classes]);
    case 'array':
      return e.axis === undefined || e.axis < e.args[0]!.type.shape.length;
    default:
      return true;
  }
}
