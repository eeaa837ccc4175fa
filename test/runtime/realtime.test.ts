import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { bundleWasm } from '../../compiler/module/bundle.ts';
import type { CompiledCell } from '../../compiler/module/manifest.ts';
import { fusesMultiplyAdd } from '../../runtime/host.ts';
import { instantiateSync, readWasm } from '../../runtime/index.ts';
import { openStream } from '../../runtime/realtime.ts';
import { numbersFrom } from '../support/numbersFrom.ts';
import { example } from './streamCells.ts';

const cells = {
  lstm: { name: 'lstm.rnn', options: { sizes: { I: 3, H: 8 } } },
  'a batch': { name: 'gru.rnn', options: { sizes: { I: 2, H: 5 }, batch: 3 } },
  'a learned start, compiled for training': {
    name: 'learned_start.rnn',
    options: { sizes: { I: 2, H: 7 }, batch: 2, window: 4, training: true },
  },
  'a matrix as state': { name: 'matrix_memory.rnn', options: { sizes: { I: 3, K: 4, V: 2 } } },
  'inputs of the step before': { name: 'lagged', options: { sizes: { I: 3, V: 11 }, batch: 2 } },
  'an index as input': { name: 'char_model.rnn', options: { sizes: { V: 11, D: 3, H: 6 }, batch: 2 } },
} as const;

const profiles = fusesMultiplyAdd() ? (['separate', 'fused'] as const) : (['separate'] as const);

const bits = (values: Float32Array | Int32Array): number[] => [...new Int32Array(values.slice().buffer)];
const compiled = (name: keyof typeof cells, profile: 'separate' | 'fused'): CompiledCell =>
  example(cells[name].name, { training: false, ...cells[name].options, profile });
const weightsOf = (instance: ReturnType<typeof instantiateSync>) =>
  Object.fromEntries(Object.entries(instance.parameters).map(([name, values]) => [name, values.slice()]));
const ModuleOf = (bytes: Uint8Array): object => {
  const { WebAssembly } = globalThis as unknown as {
    WebAssembly: { Module: new (bytes: Uint8Array) => object };
  };
  return new WebAssembly.Module(bytes);
};

describe.each(Object.keys(cells) as (keyof typeof cells)[])('a stream of %s', (name) => {
  it.each(profiles)('has the bits of an instance, rounding %s', (profile) => {
    const wasm = bundleWasm(compiled(name, profile));
    const instance = instantiateSync(readWasm(wasm), { seed: 5 });
    const stream = openStream(ModuleOf(wasm), { weights: weightsOf(instance) });
    const next = numbersFrom(3);
    for (let t = 0; t < 40; t++) {
      if (t === 17 || t === 18) {
        instance.start();
        stream.start();
      }
      for (const [input, values] of Object.entries(stream.inputs)) {
        const isIndex = values instanceof Int32Array;
        for (let i = 0; i < values.length; i++) values[i] = isIndex ? Math.abs(next()) * 11 : next();
        instance.inputs[input]!.set(values);
      }
      const [found, expected] = [stream.step(), instance.step()];
      for (const output of Object.keys(expected)) {
        expect(bits(found[output]!), `${output} at ${t}`).toEqual(bits(expected[output]!));
      }
      for (const state of Object.keys(instance.states)) {
        expect(bits(stream.states[state]!), `${state} at ${t}`).toEqual(
          bits(instance.states[state]!.current),
        );
      }
    }
    expect(Object.keys(stream.states)).toEqual(Object.keys(instance.states));
  });
});

describe('opening', () => {
  const cell = compiled('lstm', 'separate');
  const instance = instantiateSync(cell, { seed: 1 });
  const weights = weightsOf(instance);
  const expected = bits(instance.step([1, 2, 3]).h!);
  const first = (stream: ReturnType<typeof openStream>) => {
    stream.inputs.x!.set([1, 2, 3]);
    return bits(stream.step().h!);
  };

  it('takes bytes, a module, or bytes with a manifest apart', () => {
    const wasm = bundleWasm(cell);
    expect(first(openStream(wasm, { weights }))).toEqual(expected);
    expect(first(openStream(ModuleOf(wasm), { weights }))).toEqual(expected);
    const { bytes } = (cell.code as CompiledCell['code'] & { kind: 'wasm' }).variants[0]!;
    expect(first(openStream(bytes, { weights, manifest: cell.manifest }))).toEqual(expected);
    expect(() => openStream(bytes, { weights })).toThrow(
      'RNN515  no whole cell of format 1; compile it again',
    );
  });

  it('needs those weights that are drawn, of their length', () => {
    const { W_i, ...others } = weights;
    const wasm = bundleWasm(cell);
    expect(() => openStream(wasm, { weights: others })).toThrow('RNN505  the weights of W_i are missing');
    const short = { ...weights, W_i: W_i!.slice(1) };
    expect(() => openStream(wasm, { weights: short })).toThrow('RNN501  W_i must hold 24 numbers');
    const biases = Object.keys(weights).filter((name) => name.startsWith('b_'));
    expect(biases.length).toBeGreaterThan(0);
    const drawn = Object.fromEntries(Object.entries(weights).filter(([name]) => !biases.includes(name)));
    expect(first(openStream(wasm, { weights: drawn }))).toEqual(expected);
  });

  it('takes new weights after prepare()', () => {
    const stream = openStream(bundleWasm(cell), { weights: weightsOf(instantiateSync(cell, { seed: 9 })) });
    for (const [name, values] of Object.entries(weights)) stream.parameters[name]!.set(values);
    stream.prepare();
    expect(first(stream)).toEqual(expected);
  });
});

it('refuses an index out of range before anything runs', () => {
  const wasm = bundleWasm(compiled('an index as input', 'separate'));
  const instance = instantiateSync(readWasm(wasm));
  const stream = openStream(wasm, { weights: weightsOf(instance) });
  for (const wrong of [11, -1]) {
    stream.inputs.token!.set([3, wrong]);
    expect(() => stream.step()).toThrow(`RNN503  token is ${wrong}`);
  }
  stream.inputs.token!.set([3, 4]);
  expect(bits(stream.step().logits!)).toEqual(bits(instance.step([3, 4]).logits!));
});

describe('the loader as it ships', () => {
  const minified = async (format: 'esm' | 'iife'): Promise<string> => {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL('../../runtime/realtime.ts', import.meta.url))],
      bundle: true,
      minify: true,
      format,
      ...(format === 'iife' ? { globalName: 'realtime' } : {}),
      write: false,
    });
    return outputFiles[0]!.text;
  };

  it('has at most 2048 bytes', async () => {
    const text = await minified('esm');
    expect(text).toContain('openStream');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2048);
  });

  it('needs nothing but the language and WebAssembly', async () => {
    const cell = compiled('lstm', 'separate');
    const instance = instantiateSync(cell, { seed: 1 });
    const given = { wasm: bundleWasm(cell), weights: weightsOf(instance) };
    const found = runInNewContext(
      `${await minified('iife')}
      for (const name of ['fetch', 'atob', 'TextDecoder', 'process', 'performance', 'setTimeout'])
        if (name in globalThis) throw Error(name + ' is there');
      const stream = realtime.openStream(given.wasm, { weights: given.weights });
      stream.inputs.x.fill(0.25);
      Array.from(stream.step().h);`,
      { given },
    ) as number[];
    expect([...found]).toEqual([...instance.step([0.25, 0.25, 0.25]).h!]);
  });
});
