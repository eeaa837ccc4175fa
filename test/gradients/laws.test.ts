import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gradcheck, objective } from '../../compiler/gradcheck/gradcheck.ts';
import { traceKinks } from '../../compiler/gradcheck/kinks.ts';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import { jacobianTimesVector } from '../support/forwardMode.ts';
import { type RandomCell, randomCell } from '../support/randomCell.ts';
import { randomGiven, seeded } from '../support/randomValues.ts';
import { stagesOf } from '../support/stages.ts';

/** What a failing case prints: a .rnn file, and how to draw its numbers again. */
const asFile = ({ text, ...rest }: RandomCell) => `${text}# ${JSON.stringify(rest)}\n`;
const printed = (arbitrary: fc.Arbitrary<RandomCell>) =>
  arbitrary.map((cell) => Object.assign(cell, { [fc.toStringMethod]: () => `\n${asFile(cell)}` }));

function prepared(random: RandomCell) {
  const { cell, bound } = stagesOf(random.text, { sizes: random.sizes });
  const starts = random.seed % 2 === 0;
  const given = randomGiven(cell, bound, { ...random, starts });
  return { cell, bound, given };
}

/** Derivatives of overflowing or vanishing values say nothing about the rules. */
const isTame = (values: Iterable<Float64Array>) =>
  [...values].every((array) => array.every((x) => Number.isFinite(x) && Math.abs(x) < 1e4));

describe('symbolic gradients of random cells', () => {
  it('equal central differences', () => {
    let compared = 0;
    fc.assert(
      fc.property(printed(randomCell), (random) => {
        const { bound, given } = prepared(random);
        const result = evaluateSequence(bound, given);
        fc.pre(isTame([...result.values.values(), ...result.adjoint!.gradients.values()]));
        // A difference is worth its rounding: 1e-16 of the largest addend of L, over the spacing.
        const report = gradcheck(bound, given, { tolerance: 1e-5 });
        for (const array of report.checked) {
          compared += array.compared;
          if (array.worst !== undefined && array.worst.error > 1e-5) {
            throw new Error(`${array.kind} ${array.name}: ${JSON.stringify(array.worst)}`);
          }
        }
      }),
      { numRuns: 60, seed: 20_001 },
    );
    expect(compared).toBeGreaterThan(500);
  });

  it('obey ⟨ȳ, J v⟩ = ⟨Jᵀ ȳ, v⟩ with J v by forward mode', () => {
    let tried = 0;
    fc.assert(
      fc.property(printed(randomCell), (random) => {
        const { bound, given } = prepared(random);
        const { adjoint } = evaluateSequence(bound, given);
        fc.pre(isTame([...adjoint!.gradients.values(), ...adjoint!.inputCotangents.values()]));
        // At a kink itself either side may be taken; away from it there is one derivative.
        fc.pre(traceKinks(bound, given).sites.every(({ distance }) => distance > 1e-9));
        const random2 = seeded(random.seed + 1);
        const directions = (arrays: ReadonlyMap<string, Float64Array>) =>
          new Map([...arrays].map(([name, array]) => [name, array.map(() => random2() * 2 - 1)]));
        const learnedNames = new Set(bound.graph.adjoint.gradients.map(({ name }) => name));
        const learned = new Map([...given.parameters].filter(([name]) => learnedNames.has(name)));
        const real = new Map([...given.inputs].filter(([name]) => adjoint!.inputCotangents.has(name)));
        const along = {
          parameters: directions(learned),
          inputs: directions(real),
          starts: directions((given.starts as ReadonlyMap<string, Float64Array>) ?? new Map()),
        };
        const forward = objective(given, jacobianTimesVector(bound, given, along));
        const inner = (a: ReadonlyMap<string, Float64Array>, b: ReadonlyMap<string, Float64Array>) =>
          [...a].reduce((sum, [name, xs]) => sum + xs.reduce((s, x, i) => s + x * b.get(name)![i]!, 0), 0);
        const backward =
          inner(along.parameters, adjoint!.gradients) +
          inner(along.inputs, adjoint!.inputCotangents) +
          inner(along.starts, adjoint!.startCotangents);
        tried++;
        const scale = Math.max(1, Math.abs(forward), Math.abs(backward));
        expect(Math.abs(forward - backward) / scale).toBeLessThan(1e-9);
      }),
      { numRuns: 150, seed: 20_002 },
    );
    expect(tried).toBeGreaterThan(100);
  });
});
