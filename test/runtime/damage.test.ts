import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { bundleModule, bundleWasm } from '../../compiler/module/bundle.ts';
import { checksum } from '../../compiler/module/checksum.ts';
import type { CompiledCell } from '../../compiler/module/manifest.ts';
import { instantiate, instantiateSync, readWasm } from '../../runtime/index.ts';
import { openStream } from '../../runtime/realtime.ts';

/*
 * Files that were damaged on their way: any flipped bit is refused, with a code and what to do.
 */

const text = `cell Tone(H) {
  input x: [H]
  param W: [H, H] = 0.5
  state h: [H]
  h = tanh(W @ h_prev + x)
}
`;
const compiled = compile({ name: 'tone.rnn', text }, { sizes: { H: 3 }, window: 2 });
const weights = { W: new Float32Array(9) };

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing is refused';
}

/** Evaluates the text of a module, as a script. */
const evaluated = (module: string): CompiledCell =>
  new Function(module.replace('export default', 'return'))() as CompiledCell;

describe('the checksum', () => {
  it('is FNV-1a of 32 bits: vectors of the authors', () => {
    const vectors = [
      ['', 0x811c9dc5],
      ['a', 0xe40c292c],
      ['b', 0xe70c2de5],
      ['foobar', 0xbf9cf968],
    ] as const;
    for (const [given, sum] of vectors) {
      expect(checksum(given)).toBe(sum);
      expect(checksum(new TextEncoder().encode(given))).toBe(sum);
    }
  });
});

describe('a .wasm file', () => {
  const file = bundleWasm(compiled);

  it('is whole as it is written, the same bytes each time', () => {
    expect(bundleWasm(compiled)).toEqual(file);
    expect(instantiateSync(readWasm(file)).manifest.cell).toBe('Tone');
    expect(openStream(file, { weights }).manifest.cell).toBe('Tone');
    expect(openStream(Buffer.from(file), { weights }).manifest.cell).toBe('Tone');
  });

  it('is refused with any bit flipped', () => {
    const place = fc.record({ at: fc.nat(file.length - 1), bit: fc.nat(7) });
    fc.assert(
      fc.property(place, ({ at, bit }) => {
        const damaged = file.slice();
        damaged[at]! ^= 1 << bit;
        expect(codeOf(() => readWasm(damaged))).toMatch(/^RNN515 /);
        expect(codeOf(() => openStream(damaged, { weights }))).toMatch(/^RNN515 .*compile it again/);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('is refused in every bit of its last section, and cut at any place', () => {
    for (let at = file.length - 20; at < file.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const damaged = file.slice();
        damaged[at]! ^= 1 << bit;
        expect(
          codeOf(() => readWasm(damaged)),
          `${at}`,
        ).toMatch(/^RNN515 /);
      }
    }
    for (let length = 0; length < file.length; length += 7) {
      expect(
        codeOf(() => readWasm(file.subarray(0, length))),
        `${length}`,
      ).toMatch(/^RNN515 /);
      expect(
        codeOf(() => openStream(file.subarray(0, length))),
        `${length}`,
      ).toMatch(/^RNN515 /);
    }
  });

  it('says what to do', () => {
    const damaged = file.slice();
    damaged[40]! ^= 1;
    expect(() => readWasm(damaged)).toThrow(/RNN515 .*damaged.*compile it again/);
  });
});

describe('a .js module', () => {
  const module = bundleModule(compiled).js;
  /** Where the texts of manifest and code begin and end. */
  const payloads = [...module.matchAll(/intact\((["'])(.*?)\1, \d+\)/g)].map(
    ({ 0: all, 2: payload, index }) => {
      const start = index + all.indexOf(payload!);
      return { start, end: start + payload!.length };
    },
  );

  it('is whole as it is written', () => {
    expect(payloads).toHaveLength(1 + (compiled.code.kind === 'wasm' ? compiled.code.variants.length : 0));
    expect(instantiateSync(evaluated(module)).manifest.cell).toBe('Tone');
  });

  it('is refused with any bit of its payload flipped', () => {
    const places = fc
      .constantFrom(...payloads)
      .chain(({ start, end }) => fc.record({ at: fc.integer({ min: start, max: end - 1 }), bit: fc.nat(6) }));
    fc.assert(
      fc.property(places, ({ at, bit }) => {
        const flipped = String.fromCharCode(module.charCodeAt(at) ^ (1 << bit));
        const damaged = module.slice(0, at) + flipped + module.slice(at + 1);
        // A quotation mark or a line end in a string literal is for the host to refuse.
        expect(codeOf(() => evaluated(damaged))).toMatch(
          /^RNN515 .*Tone.*compile it again|Unexpected|Invalid|missing/,
        );
      }),
      { numRuns: 1000, seed: 2 },
    );
  });

  it('has the code with the error', () => {
    const { start } = payloads[1]!;
    const damaged = `${module.slice(0, start + 9)}!${module.slice(start + 10)}`;
    expect(() => evaluated(damaged)).toThrow(
      expect.objectContaining({
        name: 'RuntimeError',
        code: 'RNN515',
        message: expect.stringMatching(/^RNN515 {2}/),
      }),
    );
  });
});

describe('what is no compiled cell', () => {
  const junk = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);

  it.each([undefined, null, {}, { manifest: {} }, { code: {} }, 'cell', 3])(
    '%s is refused',
    async (given) => {
      const wrong = given as unknown as CompiledCell;
      const message = /RNN515 {2}What is given is no compiled cell/;
      expect(() => instantiateSync(wrong)).toThrow(message);
      await expect(instantiate(wrong)).rejects.toThrow(message);
    },
  );

  it.each([junk, new Uint8Array(0), undefined, 'junk', {}])('%s opens no stream', (given) => {
    expect(() => openStream(given as never, { weights })).toThrow(/^RNN515 /);
  });

  it('code that the host does not take is refused with the cell', async () => {
    const variants = [{ profile: 'separate', block: '4x2', bytes: junk }] as const;
    const wrong: CompiledCell = { manifest: compiled.manifest, code: { kind: 'wasm', variants } };
    const message = /RNN515 {2}The code of Tone \(separate, 4x2\) cannot be run.*compile it again/;
    expect(() => instantiateSync(wrong)).toThrow(message);
    await expect(instantiate(wrong)).rejects.toThrow(message);
  });

  it('a manifest that does not hold together is refused with the cell', () => {
    const { manifest, code } = compiled;
    const without = {
      ...manifest,
      buffers: manifest.buffers.filter(({ name }) => name !== manifest.stepCounter),
    };
    expect(() => instantiateSync({ manifest: without, code })).toThrow(
      /RNN515 {2}The manifest of Tone has no buffer .*compile it again/,
    );
    const outside = manifest.buffers.map((buffer) => ({ ...buffer, offset: buffer.offset + 2 ** 31 }));
    expect(() => instantiateSync({ manifest: { ...manifest, buffers: outside }, code })).toThrow(
      /RNN515 {2}The manifest of Tone places .* outside its memory; .*compile it again/,
    );
  });
});
