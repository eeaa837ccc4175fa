import type { Operation } from '../cases.ts';

/*
 * Times that were taken once, on another machine and before rnnc had kernels, of peers that are not on every machine.
 * They stand apart from what a run measures and are never mixed with it.
 */

export const recordedMachine =
  'a virtual machine with two CPUs of an Intel Xeon (Sapphire or Emerald Rapids, AVX-512), Debian 12, one thread, ' +
  'Node 24.21, PyTorch 2.13.0+cpu (wheel, with MKL and oneDNN), JAX 0.10.2';

/** Multiply-adds per second of relaxed SIMD loops there, in Node 24. */
export const recordedPeaks = { relaxed: 22.5e9, wide: 45.5e9 };

export interface Recorded {
  readonly cell: string;
  readonly operation: Operation;
  readonly hidden: number;
  readonly steps: number;
  readonly batch: number;
  /** Milliseconds, medians. */
  readonly torch: number;
  readonly jax: number;
}

type Row = readonly [hidden: number, steps: number, batch: number, torch: number, jax: number];

function rows(cell: string, operation: Operation, all: readonly Row[]): Recorded[] {
  return all.map(([hidden, steps, batch, torch, jax]) => ({
    cell,
    operation,
    hidden,
    steps,
    batch,
    torch,
    jax,
  }));
}

/** PyTorch: `nn.LSTM` and `nn.GRU`; of the peephole LSTM and of a step, the fastest of its forms. */
export const recorded: readonly Recorded[] = [
  ...rows('lstm', 'train', [
    [16, 64, 1, 1.05, 0.35],
    [64, 64, 1, 1.54, 0.79],
    [64, 64, 16, 4.21, 4.98],
    [128, 100, 32, 33.8, 71.9],
    [256, 64, 32, 76.3, 138],
    [64, 16, 8, 1.58, 1.0],
    [64, 256, 8, 8.69, 13.3],
    [64, 1024, 8, 32.4, 90.5],
    [512, 64, 64, 725, 816],
  ]),
  ...rows('gru', 'train', [
    [16, 64, 1, 11.1, 0.344],
    [64, 64, 1, 13.9, 0.711],
    [64, 64, 16, 15.9, 4.88],
    [128, 100, 32, 50.5, 43.3],
  ]),
  ...rows('peephole_lstm', 'train', [
    [16, 64, 1, 14.8, 0.393],
    [64, 64, 1, 17.0, 0.84],
    [64, 64, 16, 22.5, 4.96],
    [128, 100, 32, 80.1, 76.8],
  ]),
  ...rows('lstm', 'infer', [
    [16, 64, 1, 0.212, 0.083],
    [64, 64, 1, 0.235, 0.211],
    [64, 64, 16, 1.3, 2.41],
    [128, 100, 32, 9.71, 22.6],
    [256, 64, 32, 24.8, 48.5],
    [512, 64, 64, 178, 339],
  ]),
  ...rows('lstm', 'step', [
    [16, 1, 1, 0.0389, 0.0409],
    [40, 1, 1, 0.0345, 0.0434],
    [128, 1, 1, 0.0345, 0.05],
    [256, 1, 1, 0.107, 0.0961],
  ]),
];
