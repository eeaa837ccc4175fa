import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Procedures } from '../../compiler/module/manifest.ts';
import { printProgram } from '../../compiler/program/print.ts';
import type { Program, RoundingProfile } from '../../compiler/program/program.ts';
import { verifyProgram } from '../../compiler/program/verify.ts';
import { targets } from '../../compiler/targets/index.ts';
import { allocate, instantiate } from '../../compiler/targets/instantiate.ts';
import { interpreter } from '../../compiler/targets/interpreter/run.ts';
import { canRun } from '../support/canRun.ts';
import { bits, bitsAfter, view } from './memory.ts';
import { randomProgram, window } from './randomProgram.ts';
import { anyFloat } from './specialValues.ts';

const memoryOf = (program: Program): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      ...program.buffers.map(({ lanes, length }) =>
        fc.array(lanes === 'f32' ? anyFloat : fc.oneof(fc.integer(), fc.integer({ min: -3, max: 9 })), {
          minLength: length,
          maxLength: length,
        }),
      ),
    )
    .map((contents) => {
      const bytes = new Uint8Array(program.memoryBytes);
      program.buffers.forEach((buffer, i) => {
        view(buffer, bytes.buffer).set(contents[i]!);
      });
      return bytes;
    });

const cases = (profile: RoundingProfile) =>
  randomProgram(profile).chain((program) =>
    fc.record({
      program: fc.constant(program),
      given: memoryOf(program),
      steps: fc.integer({ min: 0, max: window }),
    }),
  );

const runAll = (steps: number) => (procedures: Procedures) => {
  procedures.prepare();
  procedures.start();
  procedures.forward(steps);
  procedures.backward(steps);
  procedures.finish();
};

describe.each(['separate', 'fused'] as const)('any program, rounding %s', (profile) => {
  for (const target of targets.filter((each) => each !== interpreter)) {
    const name = `leaves the same bits on ${target.name} as on the interpreter`;
    it.skipIf(!canRun(target, profile))(name, () => {
      fc.assert(
        fc.property(cases(profile), ({ program, given, steps }) => {
          verifyProgram(program, window);
          const expected = bitsAfter(program, interpreter.emit(program), given, runAll(steps));
          const found = bitsAfter(program, target.emit(program), given, runAll(steps));
          expect(found, printProgram(program)).toBe(expected);
        }),
        { numRuns: 100, seed: 1, endOnFailure: true },
      );
    });
  }

  it('emits the same code twice', () => {
    fc.assert(
      fc.property(randomProgram(profile), (program) => {
        for (const target of targets) {
          const [a, b] = [target.emit(program), target.emit(structuredClone(program))];
          expect(a.kind === 'wasm' ? a.variants : a.source).toEqual(
            b.kind === 'wasm' ? b.variants : b.source,
          );
        }
      }),
      { numRuns: 20, seed: 2, endOnFailure: true },
    );
  });
});

it('runs one procedure on one target and the next on another, in one memory', () => {
  fc.assert(
    fc.property(cases('separate'), ({ program, given, steps }) => {
      const memory = allocate(program.memoryBytes);
      new Uint8Array(memory.buffer).set(given);
      const [first, second, third] = targets.map((target) => instantiate(target.emit(program), memory));
      first!.prepare();
      second!.start();
      third!.forward(steps);
      first!.backward(steps);
      second!.finish();
      const found = program.buffers.map((buffer) => `${buffer.name}: ${bits(view(buffer, memory.buffer))}`);
      expect(found.join('\n')).toBe(bitsAfter(program, interpreter.emit(program), given, runAll(steps)));
    }),
    { numRuns: 30, seed: 3, endOnFailure: true },
  );
});

it('carries no text of a user into code', () => {
  fc.assert(
    fc.property(cases('separate'), ({ program, given, steps }) => {
      for (const target of targets) bitsAfter(program, target.emit(program), given, runAll(steps));
    }),
    { numRuns: 20, seed: 4, endOnFailure: true },
  );
  expect('injected' in globalThis).toBe(false);
});
