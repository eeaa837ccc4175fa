import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceKinks } from '../../compiler/gradcheck/kinks.ts';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import { bufferNames } from '../../compiler/plan/plan.ts';
import { wasm } from '../../compiler/targets/wasm/emit.ts';
import { canRun } from '../support/canRun.ts';
import { type RandomCell, randomCell } from '../support/randomCell.ts';
import { randomGiven } from '../support/randomValues.ts';
import { runProgram } from '../support/runProgram.ts';
import { stagesOf } from '../support/stages.ts';

const printed = randomCell.map((cell) => {
  const { text, ...rest } = cell;
  return Object.assign(cell, { [fc.toStringMethod]: () => `\n${text}# ${JSON.stringify(rest)}\n` });
});

function prepared(random: RandomCell, profile: 'separate' | 'fused') {
  const { sizes, steps, batch } = random;
  const stages = stagesOf(random.text, { sizes, batch, window: steps + (random.seed % 2), profile });
  return {
    stages,
    given: randomGiven(stages.cell, stages.bound, { ...random, starts: random.seed % 3 === 0 }),
  };
}

/** NaN payloads are not part of the promise. */
const canonical = (lanes: Int32Array) => {
  const floats = new Float32Array(lanes.buffer, lanes.byteOffset, lanes.length);
  return lanes.map((bits, i) => (Number.isNaN(floats[i]!) ? 0x7fc00000 : bits));
};

describe('random cells', () => {
  for (const profile of ['separate', 'fused'] as const) {
    it.skipIf(!canRun(wasm, profile))(
      `give the same bits in interpreter, JS and WASM, rounding ${profile}`,
      () => {
        fc.assert(
          fc.property(printed, (random) => {
            const { stages, given } = prepared(random, profile);
            const [interpreter, js, wasm] = (['interpreter', 'js', 'wasm'] as const).map((target) =>
              canonical(runProgram(stages, given, target).lanes),
            );
            expect(js).toEqual(interpreter);
            expect(wasm).toEqual(interpreter);
          }),
          { numRuns: 40, seed: 30_001 },
        );
      },
    );
  }

  it('mean in f32 what the evaluator says in f64', () => {
    let compared = 0;
    fc.assert(
      fc.property(printed, (random) => {
        const { stages, given } = prepared(random, 'separate');
        const { bound } = stages;
        const result = evaluateSequence(bound, given);
        // The door's tolerance is for cells that f32 can follow: no value beyond 100 on the way, no jump nearby.
        const everything = {
          ...bound,
          graph: {
            ...bound.graph,
            values: bound.graph.nodes.flatMap((node, id) =>
              node.type.outer.length === 2 ? [{ name: `%${id}`, node: id }] : [],
            ),
          },
        };
        const all = [
          ...evaluateSequence(everything, given).values.values(),
          ...result.adjoint!.gradients.values(),
        ];
        fc.pre(all.every((values) => values.every((x) => Math.abs(x) < 100)));
        fc.pre(traceKinks(bound, given).sites.every(({ distance }) => distance > 1e-3));
        const run = runProgram(stages, given, 'js');
        const close = (name: string, expected: Float64Array) => {
          const actual = run.buffer(name);
          expected.forEach((x, i) => {
            compared++;
            if (!(Math.abs(actual[i]! - x) <= 1e-3)) throw new Error(`${name}[${i}]: ${actual[i]} for ${x}`);
          });
        };
        for (const [name, values] of result.outputs) close(bufferNames.output(name), values);
        if (result.loss !== undefined) close(bufferNames.loss, result.loss);
        for (const [name, values] of result.adjoint!.gradients) close(bufferNames.gradient(name), values);
        for (const [name, values] of result.adjoint!.inputCotangents)
          close(bufferNames.inputCotangent(name), values);
        for (const [name, values] of result.adjoint!.startCotangents)
          close(bufferNames.stateCotangent(name), values);
      }),
      { numRuns: 150, seed: 30_002 },
    );
    expect(compared).toBeGreaterThan(1000);
  });
});
