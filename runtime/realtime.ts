import type { Manifest, Procedures } from '../compiler/module/manifest.ts';

/*
 * The loader for audio threads and other places without `fetch`, `TextDecoder`, `atob` or time to wait: by itself, at once,
 * at most 2048 bytes when minified. It imports nothing of the runtime.
 */

type Lanes = Float32Array | Int32Array;
type Named<T> = { readonly [name: string]: T };

interface HostMemory {
  readonly buffer: ArrayBuffer;
}
interface HostModule {
  readonly [Symbol.toStringTag]: string;
}
interface HostWebAssembly {
  readonly Memory: new (pages: { readonly initial: number }) => HostMemory;
  readonly Module: {
    new (bytes: Uint8Array): HostModule;
    customSections(module: HostModule, name: string): readonly ArrayBuffer[];
  };
  readonly Instance: new (
    module: HostModule,
    imports: { readonly rnnc: { readonly memory: HostMemory } },
  ) => { readonly exports: object };
}

/** A cell that runs step by step. Arrays are views into its memory, the same for its life, and may be written. */
export interface Stream {
  /** What the cell needs and offers. */
  readonly manifest: Manifest;
  /** By path name: [...shape]. After writing call `prepare()`. */
  readonly parameters: Named<Float32Array>;
  /** By name: [batch, ...shape], of the next step; Int32Array for index inputs. */
  readonly inputs: Named<Lanes>;
  /** By name: [batch, ...shape], of the last step. */
  readonly outputs: Named<Float32Array>;
  /** By name: [batch, ...shape], the newest. */
  readonly states: Named<Float32Array>;
  /** Computes anew what is computed from parameters once. Allocates nothing. */
  prepare(): void;
  /** Begins sequences in all rows: states at their start values, step counters at 0. Allocates nothing. */
  start(): void;
  /**
   * One step for all rows: reads `inputs`, moves `states`, writes `outputs`, which it returns. Allocates nothing.
   *
   * @throws RangeError (RNN503) where an index input is out of range; nothing is run then
   */
  step(): Named<Float32Array>;
}

/** Options of `openStream`. */
export interface StreamOptions {
  /** Parameters by path name, row-major; all whose start is drawn at random must be here. */
  readonly weights?: Named<ArrayLike<number>>;
  /** By default the one in the module, which `rnnc compile -o cell.wasm` has put there. */
  readonly manifest?: Manifest;
}

/**
 * Brings a cell to life, with its sequences begun. It has the bits of `Instance.step`; noise is its expectation.
 *
 * @param code  the bytes of a `.wasm` file, or a `WebAssembly.Module` of them, as another thread has compiled it
 * @throws Error (RNN515, RNN505, RNN501) where the bytes are damaged or no `.wasm` file of a cell, without a manifest of
 *         format 1, or where weights are missing or do not fit. Bytes that come with a manifest apart, and modules, are
 *         not looked at for damage; names of options and weights that there are not are passed over, since this loader
 *         is to be small.
 */
export function openStream(
  code: Uint8Array | object,
  { weights = {}, manifest }: StreamOptions = {},
): Stream {
  const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: HostWebAssembly })
    .WebAssembly;
  const bytes = code as Uint8Array;
  const isKnown = code instanceof Module;
  const module = isKnown ? (code as HostModule) : (manifest || isWhole(bytes)) && new Module(bytes);
  const described = manifest ?? readManifest(module && Module.customSections(module, 'rnnc.manifest')[0]);
  if (described?.format !== 1) refuse('RNN515  no whole cell of format 1; compile it again');

  const { batch, buffers, inputs, states } = described;
  const memory = new Memory({ initial: Math.ceil(described.memoryBytes / 65536) || 1 });
  const { prepare, start, forward } = new Instance(module as HostModule, { rnnc: { memory } })
    .exports as Procedures;
  const places = new Map(buffers.map((buffer) => [buffer.name, buffer]));
  /** A whole buffer, or its slot `at` of this many lanes. */
  const view = (name: string, size?: number, at = 0): Lanes => {
    const { lanes, offset, length } = places.get(name)!;
    const count = size ?? length;
    return new (lanes === 'f32' ? Float32Array : Int32Array)(memory.buffer, offset + 4 * at * count, count);
  };
  const step = ({ buffer, shape }: { buffer: string; shape: readonly number[] }, at?: number) =>
    view(
      buffer,
      shape.reduce((product, axis) => product * axis, batch),
      at,
    );

  for (const { buffer, values } of described.constants) view(buffer).set(values);
  for (const { buffer, expectation } of described.noises ?? []) if (buffer) view(buffer).fill(expectation);
  for (const { name, buffer, initialiser } of described.parameters) {
    const values = Object.hasOwn(weights, name) && weights[name];
    const entries = view(buffer);
    if (values) {
      if (values.length !== entries.length) refuse(`RNN501  ${name} must hold ${entries.length} numbers`);
      entries.set(values);
    } else if (initialiser.kind === 'number') entries.fill(initialiser.value);
    else if (initialiser.kind === 'values') entries.set(initialiser.values);
    else refuse(`RNN505  the weights of ${name} are missing`);
  }

  const carried = states.map((state) => [step(state, 0), step(state, 1)] as const);
  const indices = inputs.flatMap((input) => (input.classes ? [[step(input), input] as const] : []));
  const counters = view(described.stepCounter);
  const stream: Stream = {
    manifest: described,
    parameters: named(described.parameters, ({ buffer }) => view(buffer)) as Named<Float32Array>,
    inputs: named(inputs, (input) => step(input)),
    outputs: named(described.outputs, (output) => step(output)) as Named<Float32Array>,
    states: named(
      states.filter(({ hidden }) => !hidden),
      (state) => step(state),
    ) as Named<Float32Array>,
    prepare,
    start() {
      counters.fill(0);
      start();
    },
    step() {
      for (let i = 0; i < indices.length; i++) {
        const [values, { name, classes }] = indices[i]!;
        for (let k = 0; k < values.length; k++) {
          if (values[k]! >>> 0 >= classes!) throw RangeError(`RNN503  ${name} is ${values[k]}`);
        }
      }
      forward(1);
      // Backwards: what lags behind a state comes after it, and shares its slots.
      for (let i = carried.length; i--; ) carried[i]![0].set(carried[i]![1]);
      for (let row = 0; row < batch; row++) counters[row]!++;
      return stream.outputs;
    },
  };
  prepare();
  stream.start();
  return stream;
}

function refuse(message: string): never {
  throw Error(message);
}

/** Whether the last four bytes, lowest first, are the FNV-1a of those before. */
function isWhole(file: Uint8Array): boolean {
  const end = file?.length - 4;
  let sum = -0x7ee3623b;
  for (let i = 0; i < end; i++) sum = Math.imul(sum ^ file[i]!, 16777619);
  return end > 0 && new DataView(file.buffer, file.byteOffset).getInt32(end, true) === sum;
}

/** JSON in ASCII, with null for NaN. */
function readManifest(section: ArrayBuffer | undefined | false): Manifest | undefined {
  if (!section) return undefined;
  let text = '';
  for (const byte of new Uint8Array(section)) text += String.fromCharCode(byte);
  return JSON.parse(text, (_, value: unknown) => value ?? Number.NaN);
}

/** Without a prototype: every name is only a name. */
function named<T extends { readonly name: string }, V>(items: readonly T[], view: (item: T) => V): Named<V> {
  const record = Object.create(null);
  for (const item of items) record[item.name] = view(item);
  return record;
}
