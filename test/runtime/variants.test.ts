import { setFlagsFromString } from 'node:v8';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import wabt from 'wabt';
import type { CompiledCell, WasmVariant } from '../../compiler/module/manifest.ts';
import { chooseBlock, forgetChoices } from '../../runtime/chooseBlock.ts';
import { allocate, fusesMultiplyAdd, host } from '../../runtime/host.ts';
import { enableRelaxed, enableWide, instantiate, instantiateSync } from '../../runtime/index.ts';
import { blockProbes } from '../../runtime/probes.generated.ts';
import { linearCell } from './linearCell.ts';

const { manifest, code: javaScript } = linearCell({ window: 2, training: false });
const offset = (name: string) => manifest.buffers.find((buffer) => buffer.name === name)!.offset;
const { parseWat } = await wabt();

/** Multiplies the first input by `factor`, and wastes time before; as names say it is one of several variants. */
function variant(
  profile: WasmVariant['profile'],
  block: string,
  factor: number,
  { waste = 1, relaxed = false } = {},
): WasmVariant {
  const fused = `(drop (f32x4.relaxed_madd ${'(v128.const i32x4 0 0 0 0)'.repeat(3)}))`;
  const text = `(module
    (import "rnnc" "memory" (memory 1))
    (func (export "prepare")) (func (export "start")) (func (export "finish"))
    (func (export "backward") (param i32))
    (func (export "forward") (param i32) (local $left i32)
      ${relaxed ? fused : ''}
      (local.set $left (i32.const ${waste}))
      (loop (br_if 0 (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
      (f32.store (i32.const ${offset('out')})
        (f32.mul (f32.const ${factor}) (f32.load (i32.const ${offset('x')}))))))`;
  const bytes = parseWat('variant.wat', text, { simd: true, relaxed_simd: true }).toBinary({}).buffer;
  return { profile, block, bytes };
}

const cellOf = (...variants: WasmVariant[]): CompiledCell => ({ manifest, code: { kind: 'wasm', variants } });
const doubled = variant('separate', '4x2', 2);
const tripled = variant('separate', '3x3', 3);
const fused = variant('fused', '6x2', 5, { relaxed: true });

/** A host that knows nothing of relaxed SIMD, whatever this one knows. */
function withoutRelaxed(): void {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: object };
  const host = Object.create(WebAssembly, { validate: { value: () => false } });
  vi.stubGlobal('WebAssembly', host);
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('relaxed multiply-add', () => {
  it('is switched on in Node 20, and there in later versions', () => {
    if (process.versions.node.startsWith('20.')) {
      setFlagsFromString('--no-experimental-wasm-relaxed-simd');
      expect(fusesMultiplyAdd()).toBe(false);
    }
    expect(enableRelaxed()).toEqual({ enabled: true });
    expect(fusesMultiplyAdd()).toBe(true);
  });

  it('is left alone where nobody can switch it', () => {
    withoutRelaxed();
    vi.stubGlobal('process', undefined);
    expect(enableRelaxed()).toMatchObject({ enabled: false, reason: expect.stringMatching(/Node 20\.16/) });
  });
});

describe('the profile', () => {
  it('is fused where the host fuses, and the manifest says so', async () => {
    const instance = await instantiate(cellOf(doubled, fused));
    expect(instance.step([2]).h![0]).toBe(10);
    expect(instance.manifest.profile).toBe('fused');
    expect(instance.variant).toEqual({ profile: 'fused', block: '6x2' });
  });

  it('is separate where it does not, or where that is asked for', () => {
    const compiled = cellOf(fused, doubled);
    const pinned = instantiateSync(compiled, { profile: 'separate' });
    expect([pinned.step([2]).h![0], pinned.manifest.profile]).toEqual([4, 'separate']);
    withoutRelaxed();
    const fallen = instantiateSync(compiled);
    expect([fallen.step([2]).h![0], fallen.manifest.profile]).toEqual([4, 'separate']);
  });

  it('is refused with a reason where nothing fits', () => {
    expect(() => instantiateSync(cellOf(doubled), { profile: 'fused' })).toThrow(
      'RNN515  The module has no code of profile fused; it has separate.',
    );
    const js = { manifest, code: javaScript };
    expect(() => instantiateSync(js, { profile: 'fused' })).toThrow(
      /no code of profile fused; it has separate/,
    );
    expect(instantiateSync(js, { profile: 'separate' }).variant).toBe(undefined);
    withoutRelaxed();
    for (const options of [{}, { profile: 'fused' }] as const) {
      expect(() => instantiateSync(cellOf(fused), options)).toThrow(
        /RNN515 {2}The profile fused needs relaxed SIMD that rounds a multiply-add once, and this host has none/,
      );
    }
  });
});

describe('the block', () => {
  beforeEach(forgetChoices);

  it('can be pinned', async () => {
    const compiled = cellOf(doubled, tripled);
    expect(instantiateSync(compiled, { block: '3x3' }).step([2]).h![0]).toBe(6);
    expect((await instantiate(compiled, { block: '4x2' })).step([2]).h![0]).toBe(4);
    expect(() => instantiateSync(compiled, { block: '6x2' })).toThrow(
      'RNN515  The module has no code of block 6x2; it has 4x2, 3x3.',
    );
    expect(() => instantiateSync({ manifest, code: javaScript }, { block: '6x2' })).toThrow(
      /no code of block 6x2; it is JavaScript and has none/,
    );
  });

  const named = (...blocks: readonly string[]): WasmVariant[] =>
    blocks.map((block) => ({ profile: 'fused', block, bytes: new Uint8Array() }));

  it('is else the one whose product takes clearly less time, wherever it stands', () => {
    const times = (...given: readonly number[]) => vi.fn(() => given);
    expect(chooseBlock(named('6x2', '3x3', '4x4'), times(3, 2, 4)).block).toBe('3x3');
    expect(chooseBlock(named('4x4', '6x2'), times(2, 3)).block).toBe('4x4');
    forgetChoices();
    expect(chooseBlock(named('6x2', '3x3', '4x4'), times(3, 2.95, 2.98)).block).toBe('6x2');
  });

  it('is measured once, for all cells with the same choice', () => {
    const measure = vi.fn(() => [2, 1]);
    expect(chooseBlock(named('6x2', '3x3'), measure).block).toBe('3x3');
    expect(chooseBlock(named('6x2', '3x3'), measure).block).toBe('3x3');
    expect(measure).toHaveBeenCalledTimes(1);
    forgetChoices();
    chooseBlock(named('6x2', '3x3'), measure);
    expect(measure).toHaveBeenCalledTimes(2);
  });

  it('is the first where nothing is known of one, or the host has no clock', () => {
    expect(instantiateSync(cellOf(doubled, tripled)).variant!.block).toBe('4x2');
    vi.stubGlobal('performance', undefined);
    expect(chooseBlock(named('6x2', '3x3', '4x4')).block).toBe('6x2');
  });

  it.runIf(fusesMultiplyAdd())('is found by products of twelve rows, 48 lanes and 64 addends', () => {
    for (const bytes of Object.values(blockProbes.fused!)) {
      const memory = allocate(65536);
      const floats = new Float32Array(memory.buffer);
      floats.fill(0.5, 0, 12 * 64).fill(2, 12 * 64, (12 + 48) * 64);
      const module = new (host().Module)(Uint8Array.from(bytes));
      const { exports } = new (host().Instance)(module, { rnnc: { memory } });
      (exports as { forward: (products: number) => void }).forward(1);
      const out = floats.subarray((12 + 48) * 64);
      expect(out.subarray(0, 12 * 48).every((value) => value === 64)).toBe(true);
      expect(out[12 * 48]).toBe(0);
    }
  });
});

describe('256-bit code', () => {
  it('is switched on where the engine gains by it, or the reason is given', () => {
    const major = Number.parseInt(process.versions.node, 10);
    const switched = enableWide();
    if (major < 24) {
      expect(switched).toEqual({ enabled: false, reason: expect.stringMatching(/Node 24 has/) });
    } else if (!switched.enabled) expect(switched.reason).toMatch(/^A contraction in 256-bit code/);
    expect(enableWide()).toBe(switched);
  });
});
