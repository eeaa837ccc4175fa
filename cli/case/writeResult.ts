import type { Cell } from '../../compiler/cell/cell.ts';
import { type Dim, evaluateDim } from '../../compiler/cell/dim.ts';
import type { SequenceResult } from '../../compiler/graph/evaluate.ts';
import type { Case } from './readCase.ts';
import { isPerSequence, noiseOuter, wholeShape } from './shapes.ts';

export const resultFormat = 'rnnc-result-1';

export interface ResultOptions {
  readonly target: string;
  /** `f32` for kernels: numbers are written with as few digits as bring them back. */
  readonly precision: 'f32' | 'f64';
  /** Whether to write the values of all equations. */
  readonly values: boolean;
}

/** What JSON.stringify cannot do: names from a Map, one array per line, NaN as a string, f32 in few digits. */
type Json = string | number | readonly number[] | ArrayJson | ReadonlyMap<string, Json>;

interface ArrayJson {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** The result of a case as JSON: the same case gives the same text. */
export function writeResult(
  cell: Cell,
  { binding, profile, given, lengths, resets, drawn, drawnNoise, differentiated }: Case,
  result: SequenceResult,
  { target, precision, values }: ResultOptions,
): string {
  const { steps, batch } = given;
  const { sizes, numbers } = binding;
  const array = (outer: readonly number[], shape: readonly Dim[], data: Float64Array): ArrayJson => ({
    shape: [...outer, ...shape.map((dim) => evaluateDim(dim, sizes))],
    data,
  });
  /** Arrays by name in the cell's order, those that there are. */
  const arrays = (
    outer: readonly number[],
    items: readonly (readonly [name: string, shape: readonly Dim[]])[],
    data: ReadonlyMap<string, Float64Array>,
  ): Json =>
    new Map(
      items.flatMap(([name, shape]) => {
        const found = data.get(name);
        return found === undefined ? [] : [[name, array(outer, shape, found)] as const];
      }),
    );
  const perStep = [steps, batch];
  const parameters = cell.parameters.map(({ name, shape }) => [name, shape] as const);
  const typed = ({ name, type }: Cell['inputs'][number]) => [name, wholeShape(type)] as const;
  const valued = ({ name, value }: Cell['outputs'][number]) => [name, wholeShape(value.type)] as const;
  const lagged = [...cell.inputs, ...cell.targets].filter((input) => input.lagged);
  const states = [...cell.states.map(({ name, shape }) => [name, shape] as const), ...lagged.map(typed)];
  const { loss, adjoint } = result;

  const drawnArrays = new Map(
    cell.noises.flatMap(({ name, shape, scope }): [string, Json][] => {
      const found = drawnNoise.get(name);
      const outer = { T: perStep, B: [batch], none: [] }[noiseOuter(scope, resets !== undefined)];
      return found === undefined ? [] : [[name, array(outer, shape, found)]];
    }),
  );

  const json = new Map<string, Json>([
    ['format', resultFormat],
    ['cell', cell.name],
    ['target', target],
    ...(precision === 'f64' ? [] : [['profile', profile] as const]),
    ['sizes', sizes],
    ['numbers', numbers],
    ['steps', steps],
    ['batch', batch],
    ...(lengths === undefined ? [] : [['lengths', lengths] as const]),
    ...(resets === undefined ? [] : [['resets', array(perStep, [], resets)] as const]),
    ...(drawn.size === 0 ? [] : [['parameters', arrays([], parameters, asUsed(drawn, precision))] as const]),
    ...(drawnNoise.size === 0 ? [] : [['noise', drawnArrays] as const]),
    ['outputs', arrays(perStep, cell.outputs.map(valued), result.outputs)],
    ...(values ? [['values', arrays(perStep, cell.equations.map(valued), result.values)] as const] : []),
    ['finals', arrays([batch], states, result.finals)],
    ...(loss === undefined ? [] : [['loss', array(perStep, [], loss)] as const]),
    ...(loss === undefined || given.lossWeights === undefined
      ? []
      : [['lossValue', weightedSum(given.lossWeights, loss)] as const]),
  ]);
  if (differentiated && adjoint !== undefined) {
    const gradients = new Map<string, Json>([
      ['parameters', arrays([], parameters, adjoint.gradients)],
      [
        'inputs',
        new Map(
          cell.inputs.flatMap((input) => {
            const found = adjoint.inputCotangents.get(input.name);
            const outer = isPerSequence(input) ? [batch] : perStep;
            return found === undefined ? [] : [[input.name, array(outer, wholeShape(input.type), found)]];
          }),
        ),
      ],
      ...(cell.targets.length === 0
        ? []
        : [['targets', arrays(perStep, cell.targets.map(typed), adjoint.inputCotangents)] as const]),
      ['starts', arrays([batch], states, adjoint.startCotangents)],
    ]);
    json.set('gradients', gradients);
  }
  return `${write(json, '', precision === 'f32' ? shortF32 : shortF64)}\n`;
}

/** In f64, steps in order, rows within them. What does not count may be anything. */
function weightedSum(weights: Float64Array, losses: Float64Array): number {
  return weights.reduce((sum, weight, i) => (weight === 0 ? sum : sum + weight * losses[i]!), 0);
}

function write(json: Json, indent: string, number: (x: number) => string): string {
  if (typeof json === 'string') return JSON.stringify(json);
  if (typeof json === 'number') return shortF64(json);
  if (isMap(json)) {
    if (json.size === 0) return '{}';
    const inner = `${indent}  `;
    const members = [...json].map(
      ([name, value]) => `${JSON.stringify(name)}: ${write(value, inner, number)}`,
    );
    if ([...json.values()].every((value) => typeof value === 'number')) return `{ ${members.join(', ')} }`;
    return `{\n${members.map((member) => `${inner}${member}`).join(',\n')}\n${indent}}`;
  }
  if ('data' in json) {
    return `{ "shape": [${json.shape.join(', ')}], "data": [${Array.from(json.data, number).join(', ')}] }`;
  }
  return `[${json.map(shortF64).join(', ')}]`;
}

function isMap(json: Json): json is ReadonlyMap<string, Json> {
  return json instanceof Map;
}

function asUsed(
  drawn: ReadonlyMap<string, Float64Array>,
  precision: ResultOptions['precision'],
): ReadonlyMap<string, Float64Array> {
  if (precision === 'f64') return drawn;
  return new Map([...drawn].map(([name, values]) => [name, values.map(Math.fround)]));
}

/** The fewest digits that bring the f64 back. */
function shortF64(x: number): string {
  if (!Number.isFinite(x)) return JSON.stringify(String(x));
  return Object.is(x, -0) ? '-0' : String(x);
}

/** The fewest digits that bring the f32 back: seldom more than 8, never more than 9. */
function shortF32(x: number): string {
  if (!Number.isFinite(x) || x === 0) return shortF64(x);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return String(short);
  }
  return String(Number(x.toPrecision(9)));
}
