import type { Cell, Input } from '../cell/cell.ts';
import { type Dim, evaluateDim, formatDim, namedDim } from '../cell/dim.ts';
import { oversOf, ownTime } from '../cell/type.ts';
import type { NamedNode } from '../graph/graph.ts';
import { rowControls } from '../graph/rows.ts';
import type { Plan } from '../plan/plan.ts';
import { bufferNames } from '../plan/plan.ts';
import { invariant } from '../support/invariant.ts';
import { initialiserFormula } from './initialiser.ts';
import type { Manifest, ManifestInput, ManifestRows, ManifestState } from './manifest.ts';
import { describeNoise } from './noise.ts';

/** The manifest of a planned cell: names, shapes and buffers, and what must be in memory before anything runs. */
export function describe(cell: Cell, plan: Plan): Manifest {
  const { bound, batch, window, profile, buffers, memoryBytes } = plan;
  const { graph, binding, constants } = bound;
  const training = 'adjoint' in graph;
  const shaped = (shape: readonly Dim[]) => ({
    shape: shape.map((dim) => evaluateDim(dim, binding.sizes)),
    axes: shape.map(formatDim),
  });
  const existing = new Set(buffers.map(({ name }) => name));
  /** A field of the manifest, left out where the plan has no such buffer. */
  const optional = <K extends string>(key: K, buffer: string) =>
    (existing.has(buffer) ? { [key]: buffer } : {}) as Partial<Record<K, string>>;

  const input = (declared: Input): ManifestInput => ({
    name: declared.name,
    ...shaped([...oversOf(declared.type.outer).map(namedDim), ...declared.type.shape]),
    buffer: bufferNames.input(declared.name),
    ...(declared.classes === undefined ? {} : { classes: evaluateDim(declared.classes, binding.sizes) }),
    ...optional('cotangent', bufferNames.inputCotangent(declared.name)),
  });
  const isPerStep = ({ type }: Input) => type.outer.includes(ownTime);
  const sequenceInputs = cell.inputs
    .filter((declared) => !isPerStep(declared))
    .map((declared) => ({ ...input(declared), over: oversOf(declared.type.outer) }));
  const overs = graph.entries.map(({ name }) => ({
    name,
    size: binding.sizes.get(name)!,
    buffer: bufferNames.entries(name),
  }));
  /** Bound graphs know numbers only; the cell has the names. */
  const written = new Map<string, readonly Dim[]>([
    ...cell.states.map(({ name, shape }) => [`state ${name}`, shape] as const),
    ...cell.outputs.map(
      ({ name, value: { type } }) =>
        [`output ${name}`, [...oversOf(type.outer).map(namedDim), ...type.shape]] as const,
    ),
  ]);
  const states = graph.states.map(({ name, hidden, previous }): ManifestState => {
    const { shape, element } = graph.nodes[previous]!.type;
    return {
      name,
      ...shaped((hidden ? undefined : written.get(`state ${name}`)) ?? shape),
      buffer: bufferNames.state(name),
      lanes: element === 'index' ? 'i32' : 'f32',
      hidden,
      ...optional('cotangent', bufferNames.stateCotangent(name)),
      ...optional('startCotangent', bufferNames.startCotangent(name)),
    };
  });
  const noises = cell.noises.map((noise) =>
    describeNoise(noise, binding, existing.has(bufferNames.noise(noise.name))),
  );
  return {
    format: 1,
    cell: cell.name,
    sizes: Object.fromEntries(binding.sizes),
    numbers: Object.fromEntries(binding.numbers),
    batch,
    window,
    training,
    profile,
    memoryBytes,
    buffers,
    ...(noises.length === 0 ? {} : { noises }),
    inputs: cell.inputs.filter(isPerStep).map(input),
    ...(sequenceInputs.length === 0 ? {} : { sequenceInputs }),
    ...(overs.length === 0 ? {} : { overs }),
    targets: cell.targets.map(input),
    ...(graph.rows === undefined ? {} : { rows: rowsOf(graph.rows) }),
    states,
    parameters: cell.parameters.map((parameter) => ({
      name: parameter.name,
      ...shaped(parameter.shape),
      frozen: parameter.frozen,
      buffer: bufferNames.parameter(parameter.name),
      initialiser: initialiserFormula(parameter, binding),
      ...optional('gradient', bufferNames.gradient(parameter.name)),
    })),
    outputs: graph.outputs.map(({ name, node }) => ({
      name,
      ...shaped(written.get(`output ${name}`) ?? graph.nodes[node]!.type.shape),
      buffer: bufferNames.output(name),
      ...optional('cotangent', bufferNames.outputCotangent(name)),
    })),
    ...(graph.loss === undefined
      ? {}
      : { loss: { buffer: bufferNames.loss, ...optional('cotangent', bufferNames.lossCotangent) } }),
    stepCounter: bufferNames.stepCounter,
    sequenceNumber: bufferNames.sequenceNumber,
    ...optional('optimiserState', bufferNames.optimiserState),
    constants: [...constants].flatMap(([name, values]) => {
      const buffer = bufferNames.constant(name);
      if (!existing.has(buffer)) return [];
      invariant(values.length > 0, `constant ${name} is empty`);
      return [{ buffer, values: [...values.map(Math.fround)] }];
    }),
  };
}

function rowsOf(rows: readonly NamedNode[]): ManifestRows {
  const keys = Object.keys(rowControls) as (keyof typeof rowControls)[];
  const present = keys.filter((key) => rows.some(({ name }) => name === rowControls[key]));
  return Object.fromEntries(present.map((key) => [key, bufferNames.input(rowControls[key])]));
}
