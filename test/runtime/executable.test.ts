import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import type { CompiledCell } from '../../compiler/module/manifest.ts';
import { instantiate, instantiateSync } from '../../runtime/index.ts';
import { linearCell } from './linearCell.ts';

/** The manifest of the linear cell, with WebAssembly that only sets the first output to twice the first input. */
async function doubling(): Promise<CompiledCell> {
  const { manifest } = linearCell({ window: 2, training: false });
  const offset = (name: string) => manifest.buffers.find((buffer) => buffer.name === name)!.offset;
  const { parseWat } = await wabt();
  const text = `(module
    (import "rnnc" "memory" (memory 1))
    (func (export "prepare")) (func (export "start")) (func (export "finish"))
    (func (export "backward") (param i32))
    (func (export "forward") (param i32)
      (f32.store (i32.const ${offset('out')})
        (f32.mul (f32.const 2) (f32.load (i32.const ${offset('x')}))))))`;
  const bytes = parseWat('doubling.wat', text).toBinary({}).buffer;
  return { manifest, code: { kind: 'wasm', variants: [{ profile: 'separate', block: 'scalar', bytes }] } };
}

describe('WebAssembly modules', () => {
  it('run on a memory that the runtime gives them', async () => {
    const compiled = await doubling();
    expect((await instantiate(compiled)).step([21]).h![0]).toBe(42);
    expect(instantiateSync(compiled).forward([1.5, 0], 2).h![0]).toBe(3);
  });

  it('have a memory each', async () => {
    const compiled = await doubling();
    const [one, two] = [await instantiate(compiled), await instantiate(compiled)];
    one.step([1]);
    two.step([2]);
    expect([one.outputs.h![0], two.outputs.h![0]]).toEqual([2, 4]);
  });

  it('are refused with a message where they cannot run', async () => {
    const compiled = await doubling();
    const { manifest } = compiled;
    const later = { ...compiled, manifest: { ...manifest, format: 2 as never } };
    await expect(instantiate(later)).rejects.toThrow(/RNN515 {2}The module has format 2/);
    const host = globalThis as { WebAssembly?: unknown };
    const { WebAssembly } = host;
    try {
      delete host.WebAssembly;
      expect(() => instantiateSync(compiled)).toThrow(/RNN515 {2}This host has no WebAssembly/);
    } finally {
      host.WebAssembly = WebAssembly;
    }
  });
});
