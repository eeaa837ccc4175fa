import { describe, expect, it } from 'vitest';
import type { Kernel, Plan, Stage } from '../../compiler/plan/plan.ts';
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
const withStages = (change: (stages: readonly Stage[]) => readonly Stage[]): Plan => {
  const { forward } = plan.sweeps;
  return { ...plan, sweeps: { ...plan.sweeps, forward: { ...forward, stages: change(forward.stages) } } };
};
const withKernels = (change: (kernels: readonly Kernel[]) => readonly Kernel[]): Plan =>
  withStages((stages) => stages.map((stage) => ({ ...stage, kernels: change(stage.kernels) })));

describe('verifyPlan', () => {
  it('accepts what was planned', () => {
    expect(() => verifyPlan(plan)).not.toThrow();
  });

  it('refuses a node that is computed twice, never, or before what it reads', () => {
    expect(() => verifyPlan(withKernels((kernels) => [kernels[0]!, ...kernels]))).toThrow('computed twice');
    expect(() => verifyPlan(withStages((stages) => stages.slice(1)))).toThrow('before it is computed');
    expect(() => verifyPlan(withStages((stages) => [...stages].reverse()))).toThrow('before it is computed');
    expect(() => verifyPlan(withKernels((kernels) => [...kernels].reverse()))).toThrow(
      'before it is computed',
    );
  });

  it('refuses buffers that overlap, and places outside their buffer', () => {
    const moved = (name: string, to: string): Plan => {
      const { offset } = plan.buffers.find((buffer) => buffer.name === to)!;
      return {
        ...plan,
        buffers: plan.buffers.map((buffer) => (buffer.name === name ? { ...buffer, offset } : buffer)),
      };
    };
    expect(() => verifyPlan(moved('state.h', 'input.x'))).toThrow('overlaps');
    const [one, other] = ['slab.', 'value.'].map(
      (prefix) => plan.buffers.find(({ name }) => name.startsWith(prefix))!.name,
    );
    expect(() => verifyPlan(moved(other!, one!))).toThrow('overlap while both are needed');
    expect(() => verifyPlan(moved(one!, 'state.h'))).toThrow('lives longer');
    const [id, place] = [...plan.places][0]!;
    const places = new Map(plan.places).set(id, { ...place, offset: 1_000_000 });
    expect(() => verifyPlan({ ...plan, places })).toThrow('outside');
  });

  it('refuses to read a state for all steps before they are there', () => {
    const text = `cell Echo(H) {
      input x: [H]
      state h: [H]
      param W: [H, H] ~ glorot
      h = W @ x
      y = tanh(h_prev)
      output y
    }
    `;
    const { plan } = stagesOf(text, { sizes: { H: 3 }, batch: 2, window: 4 });
    const { forward } = plan.sweeps;
    const isReader = (kernel: Kernel) => kernel.kind === 'group';
    const reader = forward.stages.findIndex(({ kernels }) => kernels.some(isReader));
    expect(reader).toBe(forward.stages.length - 1);
    const [last] = forward.stages.slice(-1);
    const stages = [last!, ...forward.stages.slice(0, -1)];
    const early = { ...plan, sweeps: { ...plan.sweeps, forward: { ...forward, stages } } };
    expect(() => verifyPlan(early)).toThrow('the state h is read in stage 0 and written in stage 1');
  });
});
