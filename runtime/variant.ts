import type { CompiledCode, WasmVariant } from '../compiler/module/manifest.ts';
import { fail, runtimeErrors } from './errors.ts';
import { fusesMultiplyAdd } from './host.ts';

/** Which variant of a cell's code is to run; what is left out, the host decides. */
export interface VariantOptions {
  /**
   * How multiply-adds round. By default `fused`, once, where the module holds such code and the host can; else `separate`,
   * twice, which every host can. The two differ in bits.
   */
  readonly profile?: 'separate' | 'fused';
  /** Register block of the contractions, by name. By default the fastest of those in the module, as measured. */
  readonly block?: string;
}

/** Code with variants. */
export type WasmCode = CompiledCode & { readonly kind: 'wasm' };

/**
 * The variants that may run here, all of one profile, in the module's order.
 *
 * @throws RuntimeError RNN515 where there is none
 */
export function fittingVariants({ variants }: WasmCode, options: VariantOptions): readonly WasmVariant[] {
  const profiles = [...new Set(variants.map(({ profile }) => profile))];
  const profile =
    options.profile ?? (profiles.includes('fused') && fusesMultiplyAdd() ? 'fused' : 'separate');
  const ofProfile = variants.filter((variant) => variant.profile === profile);
  if (options.profile !== undefined && ofProfile.length === 0) refuse('profile', options.profile, profiles);
  if (ofProfile.length === 0 || (options.profile === 'fused' && !fusesMultiplyAdd())) {
    fail(runtimeErrors.cannotRun, {
      reason:
        'The profile fused needs relaxed SIMD that rounds a multiply-add once, and this host has none; ' +
        'compile the cell with the profile separate (in Node 20, enableRelaxed() may switch it on).',
    });
  }
  if (options.block === undefined) return ofProfile;
  const pinned = ofProfile.filter(({ block }) => block === options.block);
  if (pinned.length === 0) {
    refuse(
      'block',
      options.block,
      ofProfile.map(({ block }) => block),
    );
  }
  return pinned;
}

/**
 * What is asked of code that has no variants.
 *
 * @throws RuntimeError RNN515
 */
export function checkJavaScript(profile: string, options: VariantOptions): void {
  if (options.profile !== undefined && options.profile !== profile) {
    refuse('profile', options.profile, [profile]);
  }
  if (options.block !== undefined) refuse('block', options.block, []);
}

function refuse(what: string, asked: string, known: readonly string[]): never {
  const has = known.length === 0 ? 'it is JavaScript and has none' : `it has ${known.join(', ')}`;
  return fail(runtimeErrors.cannotRun, { reason: `The module has no code of ${what} ${asked}; ${has}.` });
}
