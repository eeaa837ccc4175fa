import type { CompiledCell, Manifest, ManifestBuffer, Procedures } from '../../compiler/module/manifest.ts';

/*
 * A compiled cell written by hand: the scalar linear recurrence h = w*h_prev + x with the learned start h0 and the loss
 * 0.5*(h - y)^2, so that the runtime can be tested against closed forms. The names of its values can be chosen.
 */

export interface LinearOptions {
  readonly batch?: number;
  readonly window?: number;
  readonly training?: boolean;
  readonly w?: number;
  readonly start?: number;
  /** Names of input, target, state, weight and start value. */
  readonly names?: readonly [x: string, y: string, h: string, w: string, h0: string];
  /** Entries 0 … classes - 1 for x, instead of real numbers. */
  readonly classes?: number;
}

export function linearCell(options: LinearOptions = {}): CompiledCell {
  const { batch = 1, window = 8, training = true, classes } = options;
  const [x, y, h, w, h0] = options.names ?? ['x', 'y', 'h', 'w', 'h0'];
  const perStep = window * batch;
  const layout: [name: string, lanes: 'f32' | 'i32', length: number][] = [
    ['x', classes === undefined ? 'f32' : 'i32', perStep],
    ['x.bar', 'f32', perStep],
    ['y', 'f32', perStep],
    ['h', 'f32', (window + 1) * batch],
    ['h.bar', 'f32', batch],
    ['h.start.bar', 'f32', batch],
    ['w', 'f32', 1],
    ['w.packed', 'f32', 1],
    ['w.gradient', 'f32', 1],
    ['h0', 'f32', 1],
    ['h0.gradient', 'f32', 1],
    ['out', 'f32', perStep],
    ['out.bar', 'f32', perStep],
    ['loss', 'f32', perStep],
    ['loss.bar', 'f32', perStep],
    ['steps', 'i32', batch],
    ['sequence', 'i32', batch],
    ['half', 'f32', 1],
  ];
  let offset = 0;
  const buffers: ManifestBuffer[] = layout.map(([name, lanes, length]) => {
    const buffer = { name, lanes, offset, length };
    offset += Math.ceil((length * 4) / 16) * 16;
    return buffer;
  });
  const number = (value: number) => ({ kind: 'number', value }) as const;
  const trained = <T extends object>(fields: T) => (training ? fields : {});
  const manifest: Manifest = {
    format: 1,
    cell: 'Linear',
    sizes: {},
    numbers: {},
    batch,
    window,
    training,
    profile: 'separate',
    memoryBytes: offset,
    buffers,
    inputs: [
      {
        name: x,
        shape: [],
        buffer: 'x',
        ...(classes === undefined ? trained({ cotangent: 'x.bar' }) : { classes }),
      },
    ],
    targets: [{ name: y, shape: [], buffer: 'y' }],
    states: [
      {
        name: h,
        shape: [],
        buffer: 'h',
        lanes: 'f32',
        hidden: false,
        ...trained({ cotangent: 'h.bar', startCotangent: 'h.start.bar' }),
      },
    ],
    parameters: [
      {
        name: w,
        shape: [],
        frozen: false,
        buffer: 'w',
        initialiser: number(options.w ?? 0.9),
        ...trained({ gradient: 'w.gradient' }),
      },
      {
        name: h0,
        shape: [],
        frozen: false,
        buffer: 'h0',
        initialiser: number(options.start ?? 0),
        ...trained({ gradient: 'h0.gradient' }),
      },
    ],
    outputs: [{ name: h, shape: [], buffer: 'out', ...trained({ cotangent: 'out.bar' }) }],
    loss: { buffer: 'loss', ...trained({ cotangent: 'loss.bar' }) },
    stepCounter: 'steps',
    sequenceNumber: 'sequence',
    constants: [{ buffer: 'half', values: [0.5] }],
  };
  return {
    manifest,
    code: { kind: 'js', source: '', create: (memory) => procedures(memory, manifest) },
  };
}

function procedures(memory: ArrayBuffer, { buffers, batch }: Manifest): Procedures {
  const view = (name: string): Float32Array | Int32Array => {
    const { lanes, offset, length } = buffers.find((buffer) => buffer.name === name)!;
    return lanes === 'f32'
      ? new Float32Array(memory, offset, length)
      : new Int32Array(memory, offset, length);
  };
  const [x, xBar, y, h, hBar, startBar] = ['x', 'x.bar', 'y', 'h', 'h.bar', 'h.start.bar'].map(view) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const [w, packed, wGradient, h0, h0Gradient] = ['w', 'w.packed', 'w.gradient', 'h0', 'h0.gradient'].map(
    view,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
  const [out, outBar, loss, lossBar, half] = ['out', 'out.bar', 'loss', 'loss.bar', 'half'].map(view) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  let wBar = 0;
  return {
    prepare() {
      packed[0] = w[0]!;
    },
    start() {
      h.fill(h0[0]!, 0, batch);
    },
    forward(steps) {
      for (let i = 0; i < steps * batch; i++) {
        h[i + batch] = packed[0]! * h[i]! + x[i]!;
        out[i] = h[i + batch]!;
        const difference = h[i + batch]! - y[i]!;
        loss[i] = half[0]! * difference * difference;
      }
    },
    backward(steps) {
      wBar = 0;
      for (let i = steps * batch - 1; i >= 0; i--) {
        const row = i % batch;
        const arrives = hBar[row]! + outBar[i]! + lossBar[i]! * (h[i + batch]! - y[i]!);
        wBar += arrives * h[i]!;
        xBar[i] = arrives;
        hBar[row] = arrives * packed[0]!;
      }
    },
    finish() {
      wGradient[0] = wBar;
      h0Gradient[0] = startBar.reduce((sum, value) => sum + value, 0);
    },
  };
}
