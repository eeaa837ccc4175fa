import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CompileOptions, compileStages } from '../../compiler/compile.ts';
import type { MachineOp } from '../../compiler/ops/machine.ts';
import { addCosts, costOf, operationsOf } from '../../compiler/plan/cost.ts';
import { costOfStep } from '../../compiler/plan/page/sweeps.ts';
import type { Plan, ProcedureName } from '../../compiler/plan/plan.ts';
import type { Extent, Program, ProgramExpression, ProgramStatement } from '../../compiler/program/program.ts';

const example = (name: string) => ({
  name,
  text: readFileSync(fileURLToPath(new URL(`../../dsl-examples/${name}`, import.meta.url)), 'utf8'),
});

/** Lanes that a procedure's machine operations compute in `steps` steps, by walking its loops. */
function executed(program: Program, name: ProcedureName, steps: number) {
  const counts = new Map<MachineOp, number>();
  const inExpression = (e: ProgramExpression, times: number): void => {
    if (e.kind === 'apply') {
      counts.set(e.op, (counts.get(e.op) ?? 0) + times * (e.width ?? 1));
      for (const arg of e.args) inExpression(arg, times);
    } else if (e.kind === 'splat' || e.kind === 'lane') inExpression(e.value, times);
    else if (e.kind === 'shuffle') {
      inExpression(e.left, times);
      inExpression(e.right, times);
    }
  };
  const iterations = (extent: Extent) => {
    if (typeof extent === 'number') return extent;
    if (extent === 'steps') return steps;
    return extent.of === 'slabs' ? Math.floor(steps / extent.size) : steps % extent.size;
  };
  const inBody = (body: readonly ProgramStatement[], times: number): void => {
    for (const statement of body) {
      if (statement.kind === 'for') inBody(statement.body, times * iterations(statement.extent));
      else if (statement.kind !== 'comment') inExpression(statement.value, times);
    }
  };
  inBody(program.procedures.find((procedure) => procedure.name === name)!.body, 1);
  const multiplyAdds = counts.get('mulAdd') ?? 0;
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return { multiplyAdds, operations: all - multiplyAdds };
}

const counted = (plan: Plan, sweep: 'forward' | 'backward', steps: number) => {
  const { multiplyAdds, operations } = costOfStep(plan, plan.sweeps[sweep]);
  return { multiplyAdds: multiplyAdds * steps, operations: operations * steps };
};

describe.each(['elman.rnn', 'lstm.rnn', 'gru.rnn', 'mingru.rnn', 'peephole_lstm.rnn'])('%s', (name) => {
  const compiled = (options: CompileOptions) => compileStages(example(name), options);

  it.each([1, 8])('of the naive plan is what its program executes, for any sizes, batch %i', (batch) => {
    const { plan, program } = compiled({ sizes: { I: 3, H: 5 }, batch, window: 4, plan: 'naive' });
    for (const sweep of ['forward', 'backward'] as const)
      expect(counted(plan, sweep, 4)).toEqual(executed(program, sweep, 4));
  });

  it('of the fast plan is what its program executes, where vectors and tiles come out even', () => {
    for (const window of [1, 4, 27]) {
      const { plan, program } = compiled({ sizes: { I: 16, H: 32 }, batch: 4, window });
      for (const sweep of ['forward', 'backward'] as const)
        expect(counted(plan, sweep, window)).toEqual(executed(program, sweep, window));
    }
  });
});

describe('multiply-adds by formula', () => {
  const [I, H, rows] = [8, 12, 5];
  /** For gates that each read x and h: forward, then h_prev_bar and the gradients of W and U. */
  const gated = (gates: number) => [gates * H * (I + H), gates * H * H + gates * H * (I + H)];

  it.each([
    ['elman.rnn', 1],
    ['gru.rnn', 3],
    ['lstm.rnn', 4],
  ])('%s', (name, gates) => {
    for (const kind of ['fast', 'naive'] as const) {
      const { plan } = compileStages(example(name), { sizes: { I, H }, batch: rows, window: 9, plan: kind });
      const sweeps = [plan.sweeps.forward, plan.sweeps.backward];
      expect(sweeps.map((sweep) => costOfStep(plan, sweep).multiplyAdds / rows)).toEqual(gated(gates));
    }
  });

  it('a cotangent of the input costs the product that made the gates once more', () => {
    const options = { sizes: { I, H }, batch: rows, window: 9 };
    const [without, with_] = [false, true].map((inputCotangents) => {
      const { plan } = compileStages(example('lstm.rnn'), { ...options, inputCotangents });
      return costOfStep(plan, plan.sweeps.backward).multiplyAdds;
    });
    expect(with_! - without!).toBe(rows * 4 * H * I);
  });
});

describe('bytes', () => {
  const [I, H, batch, window] = [16, 32, 4, 24];
  const { plan } = compileStages(example('lstm.rnn'), { sizes: { I, H }, batch, window });
  const [slab, step] = plan.sweeps.forward.stages;

  it('of a product: the matrix once for all rows and steps, then operands and results', () => {
    expect(plan.slab).toBe(window);
    const [projection] = slab!.kernels;
    const rows = batch * window;
    expect(costOf(plan, projection!, window).bytes).toBe(4 * (4 * H * I + rows * I + rows * 4 * H));
    const [recurrent] = step!.kernels;
    expect(costOf(plan, recurrent!).bytes).toBe(4 * (4 * H * H + batch * H + batch * 4 * H));
  });

  it('of a group: what it reads from outside, and what somebody else reads', () => {
    const group = step!.kernels.find(({ kind }) => kind === 'group')!;
    const read = 2 * 4 * H * batch + 4 * H + H * batch;
    const written = 7 * H * batch;
    expect(costOf(plan, group).bytes).toBe(4 * (read + written));
  });

  it('of reading a row of a table: that row', () => {
    const text = `cell A(V, D) {
  input token: index(V)
  state s: [D]
  param E: [V, D] ~ normal(0, 1)
  s = E[token]
  output s
}
`;
    const { plan } = compileStages(
      { name: 'a.rnn', text },
      { sizes: { V: 1000, D: 6 }, batch: 2, window: 1 },
    );
    expect(costOfStep(plan, plan.sweeps.forward)).toEqual({
      multiplyAdds: 0,
      operations: 0,
      bytes: 2 * 4 * (1 + 6 + 6),
    });
  });
});

it('a sum of n takes n - 1 operations, an op of the machine one', () => {
  expect([operationsOf('mul'), operationsOf('neg')]).toEqual([1, 1]);
  expect(operationsOf('tanh')).toBeGreaterThan(5);
  expect(addCosts([])).toEqual({ multiplyAdds: 0, operations: 0, bytes: 0 });
  const text = `cell A(H) {
  input x: [H]
  state s: []
  s = s_prev + sum(x)
  output s
}
`;
  const { plan } = compileStages({ name: 'a.rnn', text }, { sizes: { H: 10 }, training: false });
  expect(costOfStep(plan, plan.sweeps.forward).operations).toBe(9 + 1);
});
