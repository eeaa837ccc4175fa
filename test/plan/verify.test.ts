import { describe, expect, it } from 'vitest';
import type { Kernel, Plan } from '../../compiler/plan/plan.ts';
import { verifyPlan } from '../../compiler/plan/verify.ts';
import { stagesOf } from '../support/stages.ts';

const text = `cell Elman(I, H) {
  input x: [I]
  state h: [H]
  param W: [H, I] ~ glorot, U: [H, H] ~ orthogonal
  z = W @ x + U @ h_prev
  h = tanh(z)
  output h
}
`;
const { plan } = stagesOf(text, { sizes: { I: 2, H: 3 }, batch: 2, window: 4 });
const withForward = (change: (kernels: readonly Kernel[]) => readonly Kernel[]): Plan => ({
  ...plan,
  sweeps: { ...plan.sweeps, forward: change(plan.sweeps.forward) },
});

describe('verifyPlan', () => {
  it('accepts the naive plan', () => {
    expect(() => verifyPlan(plan)).not.toThrow();
  });

  it('refuses a node that is computed twice, never, or before what it reads', () => {
    expect(() => verifyPlan(withForward((kernels) => [kernels[0]!, ...kernels]))).toThrow('computed twice');
    expect(() => verifyPlan(withForward((kernels) => kernels.slice(1)))).toThrow('before it is computed');
    expect(() => verifyPlan(withForward((kernels) => [...kernels].reverse()))).toThrow(
      'before it is computed',
    );
  });

  it('refuses buffers that overlap, and places outside their buffer', () => {
    const [first, second, ...others] = plan.buffers;
    const overlapping = [first!, { ...second!, offset: first!.offset }, ...others];
    expect(() => verifyPlan({ ...plan, buffers: overlapping })).toThrow('overlaps');
    const [id, place] = [...plan.places][0]!;
    const places = new Map(plan.places).set(id, { ...place, offset: 1_000_000 });
    expect(() => verifyPlan({ ...plan, places })).toThrow('outside');
  });
});
