import type { Case } from '../cases.ts';
import { recurrentModel, stateNames } from './onnxModel.ts';
import { type Prepared, randomValues, serve } from './protocol.ts';

/*
 * ONNX Runtime, in native code (`node`) or WebAssembly (`web`): inference with its LSTM and GRU operators on one thread.
 */

interface OnnxTensor {
  readonly data: Float32Array;
}
type Tensors = Readonly<Record<string, OnnxTensor>>;
interface OnnxRuntime {
  readonly Tensor: new (type: 'float32', data: Float32Array, axes: readonly number[]) => OnnxTensor;
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<{ run(feeds: Tensors): Promise<Tensors> }>;
  };
  readonly env: {
    readonly wasm: { numThreads: number };
    readonly versions: Readonly<Record<string, string>>;
  };
}

const kind = process.argv[2] as 'node' | 'web';

const operators = new Map([
  ['lstm', { operator: 'LSTM', layers: 1, peepholes: false, resetAfter: false }],
  ['two_layers', { operator: 'LSTM', layers: 2, peepholes: false, resetAfter: false }],
  ['peephole_lstm', { operator: 'LSTM', layers: 1, peepholes: true, resetAfter: false }],
  ['gru', { operator: 'GRU', layers: 1, peepholes: false, resetAfter: true }],
  ['gru_reset_before', { operator: 'GRU', layers: 1, peepholes: false, resetAfter: false }],
] as const);

async function prepare(runtime: OnnxRuntime, wanted: Case): Promise<Prepared | undefined> {
  const { cell, operation, inputs, hidden, steps, batch } = wanted;
  const operator = operators.get(cell as never);
  if (operator === undefined || operation === 'train') return undefined;
  const session = await runtime.InferenceSession.create(recurrentModel({ ...operator, inputs, hidden }), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    executionProviders: [kind === 'web' ? 'wasm' : 'cpu'],
  });
  const tensor = (data: Float32Array, ...axes: number[]) => new runtime.Tensor('float32', data, axes);
  const names = Array.from({ length: operator.layers }, (_, layer) =>
    stateNames(operator).map((name) => ({ before: `${name}${layer}`, after: `${name}n${layer}` })),
  ).flat();
  const zeros = () => tensor(new Float32Array(batch * hidden), 1, batch, hidden);
  const feeds: Record<string, OnnxTensor> = {
    X: tensor(randomValues(steps * batch * inputs), steps, batch, inputs),
    ...Object.fromEntries(names.map(({ before }) => [before, zeros()])),
  };
  const run = async () => {
    const results = await session.run(feeds);
    if (operation === 'step') for (const { before, after } of names) feeds[before] = results[after]!;
  };
  return { run, waits: true };
}

await serve(async () => {
  const name: string = `onnxruntime-${kind}`;
  const loaded = (await import(name)) as OnnxRuntime & { readonly default?: OnnxRuntime };
  const runtime = loaded.InferenceSession === undefined ? loaded.default! : loaded;
  if (kind === 'web') runtime.env.wasm.numThreads = 1;
  const version = runtime.env.versions[kind] ?? runtime.env.versions.common;
  return { ready: `${name} ${version}`, prepare: (wanted) => prepare(runtime, wanted) };
});
