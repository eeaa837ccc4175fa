import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Case } from '../cases.ts';
import { type Prepared, randomValues, serve } from './protocol.ts';

/*
 * jax-js on its WebAssembly back end. It has no scan, so the loop over steps is unrolled when it is traced. Its arrays are
 * counted references: an operation uses its operands up, `ref` keeps one for another use.
 */

interface Value {
  readonly ref: Value;
  add(other: Value): Value;
  sub(other: Value): Value;
  mul(other: Value): Value;
  reshape(shape: readonly number[]): Value;
  dispose(): void;
  data(): Promise<Float32Array>;
  dataSync(): Float32Array;
}
type Weights = Readonly<Record<string, Value>>;
interface JaxJs {
  init(device: string): Promise<readonly string[]>;
  defaultDevice(device: string): void;
  jit<F>(f: F): F;
  valueAndGrad(
    f: (weights: Weights, x: Value, target: Value) => Value,
  ): (weights: Weights, x: Value, target: Value) => readonly [Value, Weights];
  readonly numpy: {
    array(values: Float32Array): Value;
    zeros(shape: readonly number[]): Value;
    matmul(a: Value, b: Value): Value;
    split(a: Value, parts: number, axis: number): Value[];
    stack(values: readonly Value[], axis: number): Value;
    tanh(a: Value): Value;
    square(a: Value): Value;
    mean(a: Value): Value;
  };
  readonly nn: { sigmoid(a: Value): Value };
}

type Step = (weights: Weights, projected: Value, state: readonly Value[]) => readonly Value[];

interface Cell {
  readonly blocks: number;
  readonly states: number;
  readonly step: Step;
  /** Shapes of what the step reads besides the projected input. */
  shapes(hidden: number): Readonly<Record<string, readonly number[]>>;
}

function cellsOf({ numpy: np, nn: { sigmoid } }: JaxJs): ReadonlyMap<string, Cell> {
  const lstm: Step = ({ u }, projected, [h, c]) => {
    const [i, f, g, o] = np.split(projected.add(np.matmul(h!, u!.ref)), 4, 1);
    const next = sigmoid(f!)
      .mul(c!)
      .add(sigmoid(i!).mul(np.tanh(g!)));
    return [sigmoid(o!).mul(np.tanh(next.ref)), next];
  };
  const peephole: Step = ({ u, pi, pf, po }, projected, [h, c]) => {
    const [i, f, g, o] = np.split(projected.add(np.matmul(h!, u!.ref)), 4, 1);
    const input = sigmoid(i!.add(pi!.ref.mul(c!.ref)));
    const forget = sigmoid(f!.add(pf!.ref.mul(c!.ref)));
    const next = forget.mul(c!).add(input.mul(np.tanh(g!)));
    return [sigmoid(o!.add(po!.ref.mul(next.ref))).mul(np.tanh(next.ref)), next];
  };
  const gru: Step = ({ u, inner }, projected, [h]) => {
    const [pz, pr, pn] = np.split(projected, 3, 1);
    const [uz, ur, un] = np.split(np.matmul(h!.ref, u!.ref), 3, 1);
    const n = np.tanh(pn!.add(sigmoid(pr!.add(ur!)).mul(un!.add(inner!.ref))));
    const z = sigmoid(pz!.add(uz!));
    return [n.ref.add(z.mul(h!.sub(n)))];
  };
  const mingru: Step = (_, projected, [h]) => {
    const [z, n] = np.split(projected, 2, 1);
    return [h!.ref.add(sigmoid(z!).mul(n!.sub(h!)))];
  };
  const square = (blocks: number) => (hidden: number) => ({ u: [hidden, blocks * hidden] });
  const entries: readonly (readonly [string, Cell])[] = [
    ['lstm', { blocks: 4, states: 2, step: lstm, shapes: square(4) }],
    [
      'peephole_lstm',
      {
        blocks: 4,
        states: 2,
        step: peephole,
        shapes: (hidden) => ({ ...square(4)(hidden), pi: [hidden], pf: [hidden], po: [hidden] }),
      },
    ],
    [
      'gru',
      {
        blocks: 3,
        states: 1,
        step: gru,
        shapes: (hidden) => ({ ...square(3)(hidden), inner: [hidden] }),
      },
    ],
    ['mingru', { blocks: 2, states: 1, step: mingru, shapes: () => ({}) }],
  ];
  return new Map(entries);
}

function prepare(jax: JaxJs, wanted: Case): Prepared | undefined {
  const { operation, inputs, hidden, steps, batch } = wanted;
  const cell = cellsOf(jax).get(wanted.cell);
  if (cell === undefined) return undefined;
  const { numpy: np } = jax;
  const wide = cell.blocks * hidden;
  const array = (shape: readonly number[], scale = 1) =>
    np
      .array(
        randomValues(
          shape.reduce((a, b) => a * b, 1),
          scale,
        ),
      )
      .reshape(shape);
  const shapes: Readonly<Record<string, readonly number[]>> = {
    w: [inputs, wide],
    b: [wide],
    ...cell.shapes(hidden),
  };
  const weights: Weights = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, array(shape, hidden ** -0.5)]),
  );
  const zeros = () => Array.from({ length: cell.states }, () => np.zeros([batch, hidden]));

  /** Uses up `x` [steps*batch, inputs] and the weights. */
  const forward = (given: Weights, x: Value): Value => {
    const { w, b, ...rest } = given;
    const projected = np.matmul(x, w!).add(b!).reshape([steps, batch, wide]);
    const rows = steps > 1 ? np.split(projected, steps, 0) : [projected];
    let state: readonly Value[] = zeros();
    const outputs = rows.map((row) => {
      state = cell.step(rest, row.reshape([batch, wide]), state);
      return state[0]!.ref;
    });
    for (const value of [...state, ...Object.values(rest)]) value.dispose();
    return np.stack(outputs, 0);
  };
  const x = array([steps * batch, inputs]);
  const kept = () => Object.fromEntries(Object.entries(weights).map(([name, value]) => [name, value.ref]));

  if (operation === 'train') {
    const target = array([steps, batch, hidden]);
    const gradient = jax.jit(
      jax.valueAndGrad((given, rows, goal) => np.mean(np.square(forward(given, rows).sub(goal)))),
    );
    const run = async () => {
      const [loss, gradients] = gradient(kept(), x.ref, target.ref);
      for (const value of Object.values(gradients)) await value.data();
      loss.dispose();
    };
    return { run, waits: true };
  }
  if (operation === 'infer') {
    const compiled = jax.jit(forward);
    return { run: async () => void (await compiled(kept(), x.ref).data()), waits: true };
  }
  const compiled = jax.jit((given: Weights, row: Value, ...state: Value[]) => {
    const { w, b, ...rest } = given;
    const next = cell.step(rest, np.matmul(row, w!).add(b!), state);
    for (const value of Object.values(rest)) value.dispose();
    return next;
  });
  let state: readonly Value[] = zeros();
  const run = () => {
    state = compiled(kept(), x.ref, ...state);
    state[0]!.ref.dataSync();
  };
  return { run };
}

await serve(async () => {
  const name: string = '@jax-js/jax';
  const jax = (await import(name)) as JaxJs;
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  const folder = fileURLToPath(new URL('..', import.meta.resolve(name)));
  const { version } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8')) as { version: string };
  return { ready: `jax-js ${version}, wasm`, prepare: (wanted) => prepare(jax, wanted) };
});
