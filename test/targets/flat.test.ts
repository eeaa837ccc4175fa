import { expect, it } from 'vitest';
import wabtInit from 'wabt';
import { webAssembly } from '../../compiler/support/webassembly.ts';
import { encodeCode } from '../../compiler/targets/wasm/encode.ts';
import { flatKernels, flatModules } from '../../compiler/targets/wasm/flat/module.ts';
import { printModule } from '../../compiler/targets/wasm/text.ts';
import { kernelBytes, updateKernels } from '../../runtime/kernels.generated.ts';

const wabt = await wabtInit();

it('the runtime ships the kernels as they are written, in modules small enough to compile at once anywhere', () => {
  const made = flatKernels();
  expect(kernelBytes).toEqual(made.kernelBytes);
  expect(updateKernels).toEqual(made.updateKernels);
  for (const bytes of Object.values(kernelBytes)) {
    expect(webAssembly?.validate(bytes)).toBe(true);
    // Browsers refuse more than 4 KB on their main thread.
    expect(bytes.length).toBeLessThan(4096);
  }
});

it.each([...flatModules()])(
  '%s: printed as text that the reference toolkit assembles to the same bytes',
  (_, module) => {
    const parsed = wabt.parseWat('flat.wat', printModule(module), { relaxed_simd: true });
    const { buffer } = parsed.toBinary({});
    parsed.destroy();
    expect([...buffer]).toEqual([...encodeCode(module)]);
  },
);
