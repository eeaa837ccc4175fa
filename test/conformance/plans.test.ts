import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BlockName, registerBlocks } from '../../compiler/plan/blocks.ts';
import { choosePlan } from '../../compiler/plan/choose.ts';
import type { Choices } from '../../compiler/plan/draft/choices.ts';
import { bufferNames, type Plan } from '../../compiler/plan/plan.ts';
import { verifyPlan } from '../../compiler/plan/verify.ts';
import { lower } from '../../compiler/program/lower.ts';
import { verifyProgram } from '../../compiler/program/verify.ts';
import { randomCell } from '../support/randomCell.ts';
import { randomGates } from '../support/randomGates.ts';
import { randomTangle } from '../support/randomTangle.ts';
import { randomGiven } from '../support/randomValues.ts';
import { type ProgramRun, runProgram } from '../support/runProgram.ts';
import { stagesOf, type TrainingStages } from '../support/stages.ts';

/* Laws about plans: whichever is chosen, the numbers are those of the naive plan; and what must not show does not. */

/** Decisions drawn by a seed: the same questions get the same answers. */
function drawnChoices(seed: number): Choices {
  let state = seed;
  const draw = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % 4 !== 0;
  };
  return { mayHoist: draw, maySink: draw, mayFuse: draw, mayPack: draw, slab: 1 + (seed % 5) };
}

const withPlan = (stages: TrainingStages, plan: Plan): TrainingStages => {
  verifyPlan(plan);
  const program = lower(plan);
  verifyProgram(program, plan.window);
  return { ...stages, plan, program };
};

/** Buffers of results, each with the lanes that a run of so many steps fills. */
function results({ bound, plan }: TrainingStages, steps: number): ReadonlyMap<string, number> {
  const { outputs, loss, adjoint } = bound.graph;
  const length = (name: string) => plan.buffers.find((buffer) => buffer.name === name)!.length;
  const perStep = [
    ...outputs.map(({ name }) => bufferNames.output(name)),
    ...(loss === undefined ? [] : [bufferNames.loss]),
    ...adjoint.inputs.map(({ name }) => bufferNames.inputCotangent(name)),
  ];
  const once = [
    ...adjoint.states.map(({ name }) => bufferNames.stateCotangent(name)),
    ...adjoint.gradients.map(({ name }) => bufferNames.gradient(name)),
  ];
  return new Map([
    ...perStep.map((name) => [name, (length(name) / plan.window) * steps] as const),
    ...once.map((name) => [name, length(name)] as const),
  ]);
}

const cells = [
  { what: 'random cells', cell: randomCell },
  { what: 'random gated cells', cell: randomGates },
  { what: 'random tangles', cell: randomTangle },
];
const blockNames = Object.keys(registerBlocks) as BlockName[];

describe.each(cells)('$what', ({ cell }) => {
  it('give the numbers of the naive plan under any valid plan', () => {
    let compared = 0;
    fc.assert(
      fc.property(cell, fc.nat(), ({ text, sizes, steps, batch, seed }, decisions) => {
        const window = steps + (seed % 3);
        const naive = stagesOf(text, { sizes, batch, window, plan: 'naive' });
        const arranged = stagesOf(text, { sizes, batch, window });
        const block = registerBlocks[blockNames[decisions % blockNames.length]!];
        const options = { batch, window, profile: 'separate', block } as const;
        const chosen = withPlan(arranged, choosePlan(arranged.bound, options, drawnChoices(decisions)));
        const given = randomGiven(naive.cell, naive.bound, { steps, batch, seed, starts: seed % 3 === 0 });
        const judge = runProgram(naive, given, 'js');
        // Where f32 goes astray, so do two orders of a sum.
        fc.pre(
          [...results(naive, steps).keys()].every((name) =>
            judge.buffer(name).every((x) => Math.abs(x) < 100),
          ),
        );
        const run = runProgram(chosen, given, 'js');
        for (const [name, length] of results(naive, steps)) {
          const expected = judge.buffer(name).subarray(0, length);
          expected.forEach((x, i) => {
            compared++;
            const found = run.buffer(name)[i]!;
            if (!(Math.abs(found - x) <= 1e-3)) throw new Error(`${name}[${i}]: ${found} for ${x}`);
          });
        }
      }),
      { numRuns: 60, seed: 30_010, endOnFailure: true },
    );
    expect(compared).toBeGreaterThan(1000);
  });

  it('give the same bits under every register block, and forward under every slab', () => {
    fc.assert(
      fc.property(cell, ({ text, sizes, steps, batch, seed }) => {
        const window = steps + (seed % 3);
        const stages = stagesOf(text, { sizes, batch, window });
        const given = randomGiven(stages.cell, stages.bound, { steps, batch, seed });
        const plan = (block: BlockName, slab: number) =>
          choosePlan(
            stages.bound,
            { batch, window, profile: 'separate', block: registerBlocks[block] },
            { mayHoist: () => true, maySink: () => true, mayFuse: () => true, mayPack: () => true, slab },
          );
        const bitsOf = (run: ProgramRun, only: (name: string) => boolean) =>
          [...results(stages, steps)]
            .filter(([name]) => only(name))
            .map(([name, length]) => [name, ...run.buffer(name).subarray(0, length)]);
        const run = (block: BlockName, slab: number) =>
          runProgram(withPlan(stages, plan(block, slab)), given, 'js');
        const judge = run('6x2', 2);
        for (const block of blockNames)
          expect(bitsOf(run(block, 2), () => true)).toEqual(bitsOf(judge, () => true));
        // Gradients are summed in another order then.
        const perRow = (name: string) => !name.startsWith('gradient');
        for (const slab of [1, 3]) expect(bitsOf(run('6x2', slab), perRow)).toEqual(bitsOf(judge, perRow));
      }),
      { numRuns: 12, seed: 30_011, endOnFailure: true },
    );
  });
});

describe('parts of a list that are made in another loop', () => {
  const text = `cell Echo(H) {
    input x: [H]
    state s: [H] = 0.3, r: [H]
    e = x + 0.5*s_prev
    a = cumsum([x_prev; x])[H:2*H]
    b = cumsum([e; x; r_prev])[H:2*H]
    c = cumsum([b; a])[H:2*H]
    s = s_prev
    r = 0.1*cumsum([b; c])[0:H]
    output r
  }`;
  it.each([1, 2, 6])('are kept until they are read, %i steps at a time', (slab) => {
    const [sizes, batch, window, steps] = [{ H: 4 }, 2, 6, 5];
    const naive = stagesOf(text, { sizes, batch, window, plan: 'naive' });
    const given = randomGiven(naive.cell, naive.bound, { steps, batch, seed: 1 });
    const options = { batch, window, profile: 'separate', block: registerBlocks['4x2'] } as const;
    const plan = choosePlan(naive.bound, options, {
      ...drawnChoices(0),
      mayHoist: () => true,
      maySink: () => true,
      slab,
    });
    const [judge, run] = [naive, withPlan(naive, plan)].map((stages) => runProgram(stages, given, 'js'));
    for (const [name, length] of results(naive, steps)) {
      const found = run!.buffer(name).subarray(0, length);
      judge!
        .buffer(name)
        .subarray(0, length)
        .forEach((x, i) => {
          expect(found[i], `${name}[${i}]`).toBeCloseTo(x, 4);
        });
    }
  });
});

describe('sizes that fill no vector', () => {
  const text = `cell LSTM(I, H) {
    input x: [I]
    state h: [H], c: [H]
    param W_i, W_f, W_o, W_g: [H, I] ~ glorot
    param U_i, U_f, U_o, U_g: [H, H] ~ glorot
    param b_i, b_f, b_o, b_g: [H] ~ normal(0, 0.1)
    i = sigmoid(W_i @ x + U_i @ h_prev + b_i)
    f = sigmoid(W_f @ x + U_f @ h_prev + b_f)
    o = sigmoid(W_o @ x + U_o @ h_prev + b_o)
    g = tanh(W_g @ x + U_g @ h_prev + b_g)
    c = f*c_prev + i*g
    h = o*tanh(c)
    output h
  }`;
  it.each([1, 2, 3, 5, 7, 31, 33])('%i entries', (H) => {
    for (const [batch, window, steps] of [
      [1, 6, 5],
      [7, 5, 5],
    ] as const) {
      const sizes = { I: H === 1 ? 5 : H - 1, H };
      const naive = stagesOf(text, { sizes, batch, window, plan: 'naive' });
      const given = randomGiven(naive.cell, naive.bound, { steps, batch, seed: H });
      const scaled = {
        ...given,
        parameters: new Map([...given.parameters].map(([n, v]) => [n, v.map((x) => 0.3 * x)])),
      };
      const judge = runProgram(naive, scaled, 'wasm');
      for (const block of blockNames) {
        const run = runProgram(stagesOf(text, { sizes, batch, window, block }), scaled, 'wasm');
        for (const [name, length] of results(naive, steps)) {
          const found = run.buffer(name);
          judge
            .buffer(name)
            .subarray(0, length)
            .forEach((x, i) => {
              if (!(Math.abs(found[i]! - x) <= 1e-4 * (1 + Math.abs(x))))
                throw new Error(`${name}[${i}]: ${found[i]} for ${x}`);
            });
        }
      }
    }
  });
});
