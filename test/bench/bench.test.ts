import { readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { allCases, chooseCases, nameOf } from '../../bench/cases.ts';
import { cells, multiplyAddsOf } from '../../bench/cells.ts';
import { pairedRatios, quantile, spreadOf } from '../../bench/statistics.ts';
import { type MultiplyAdd, peakModule } from '../../bench/workers/peak.ts';
import { compile, type Source } from '../../compiler/index.ts';
import { instantiateSync } from '../../runtime/index.ts';

/*
 * What of the bench can be wrong without anyone seeing it. The peers are not installed here.
 */

const root = fileURLToPath(new URL('../../', import.meta.url));

function read(name: string): Source | undefined {
  const isFile = statSync(name, { throwIfNoEntry: false })?.isFile();
  return isFile ? { name, text: readFileSync(name, 'utf8') } : undefined;
}

const load = (path: string, from: Source) => read(normalize(join(dirname(from.name), path)));

function compiled(cell: string, training: boolean) {
  const { file, trained, cell: name } = cells.get(cell)!;
  const source = read(join(root, training ? trained : file))!;
  const chosen = training || name === undefined ? {} : { cell: name };
  return compile(source, { sizes: { I: 3, H: 5 }, batch: 2, window: 4, training, load, ...chosen });
}

describe.each([...cells.keys()])('the cell %s', (cell) => {
  it('counts a multiply-add per entry of its matrices, step and row', () => {
    const { manifest } = compiled(cell, false);
    const entries = manifest.parameters
      .filter(({ shape }) => shape.length === 2)
      .reduce((sum, { shape }) => sum + shape[0]! * shape[1]!, 0);
    const one = { cell, operation: 'infer', inputs: 3, hidden: 5, steps: 4, batch: 2 } as const;
    expect(multiplyAddsOf(one)).toBe(4 * 2 * entries);
  });

  it('counts two backward for each but those that read the input, whose cotangent nobody wants', () => {
    const { manifest } = compiled(cell, true);
    const matrices = manifest.parameters.filter(({ shape }) => shape.length === 2);
    const each = matrices.map(({ shape }) => {
      // Nothing but the input has length 3.
      const readsInput = shape[1] === 3;
      return shape[0]! * shape[1]! * (readsInput ? 2 : 3);
    });
    const one = { cell, operation: 'train', inputs: 3, hidden: 5, steps: 4, batch: 2 } as const;
    expect(multiplyAddsOf(one)).toBe(4 * 2 * each.reduce((sum, count) => sum + count, 0));
  });

  it('gives every parameter a gradient when it is trained', () => {
    const instance = instantiateSync(compiled(cell, true), { seed: 1 });
    const wave = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i));
    instance.forward(wave(4 * 2 * 3), 4, { targets: wave(4 * 2 * 5) });
    instance.backward();
    const still = Object.entries(instance.gradients).filter(([, gradient]) => gradient.every((g) => g === 0));
    expect(still).toEqual([]);
  });
});

it('cases have names of their own, and words choose them', () => {
  const names = allCases.map(nameOf);
  expect(new Set(names).size).toBe(names.length);
  expect(chooseCases('lstm/train/16x64x1').map(nameOf)).toEqual(['lstm/train/16x64x1']);
  expect(chooseCases('step').every(({ operation, batch }) => operation === 'step' && batch === 1)).toBe(true);
  expect(chooseCases('dsl-examples/mgu.rnn').map(({ cell }) => cell)).toContain('dsl-examples/mgu.rnn');
});

it('quartiles lie between neighbours', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(spreadOf([5, 1, 3])).toEqual({ median: 3, least: 1, lower: 2, upper: 4, most: 5 });
  expect(pairedRatios([2, 9], [1, 3, 7])).toEqual([2, 3]);
});

interface HostWebAssembly {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: { readonly f: (loops: number) => void } };
}

it.each(['relaxed', 'separate'] as const satisfies readonly MultiplyAdd[])(
  'the loop of the peak is a module that ends (%s)',
  (spelling) => {
    const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: HostWebAssembly };
    for (const count of [1, 12, 63, 64]) {
      const { f } = new WebAssembly.Instance(new WebAssembly.Module(peakModule(count, spelling))).exports;
      f(3);
    }
  },
);
