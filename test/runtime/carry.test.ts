import fc from 'fast-check';
import { expect, it } from 'vitest';
import { instantiateSync, type StateSnapshot } from '../../runtime/index.ts';
import { linearCell } from './linearCell.ts';

/*
 * Whatever is called in whatever order, each row is one sequence run step by step. The model keeps three numbers per row.
 */

const batch = 3;
const window = 5;

interface Row {
  readonly h: number;
  readonly steps: number;
  /** Has begun and run no step, so that its state is the start value of the present parameters. */
  readonly fresh: boolean;
}

type Action =
  | { readonly do: 'forward' | 'evaluate'; readonly steps: number }
  | { readonly do: 'step' | 'backward' | 'save' | 'restore' }
  | { readonly do: 'start'; readonly rows: readonly number[] }
  | { readonly do: 'set' | 'change'; readonly value: number };

const value = fc.integer({ min: -8, max: 8 });
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constant('forward' as const), steps: fc.integer({ min: 1, max: window }) }),
  fc.record({ do: fc.constant('evaluate' as const), steps: fc.integer({ min: 1, max: 12 }) }),
  fc.record({
    do: fc.constantFrom('step' as const, 'backward' as const, 'save' as const, 'restore' as const),
  }),
  fc.record({ do: fc.constant('start' as const), rows: fc.subarray([0, 1, 2]) }),
  fc.record({ do: fc.constantFrom('set' as const, 'change' as const), value }),
);

it('keeps each row as a sequence of its own, in any order of calls', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
      const cell = instantiateSync(linearCell({ batch, window, w: 0.5, start: 1 }));
      let start = 1;
      let clock = 0;
      let rows: Row[] = Array.from({ length: batch }, () => ({ h: start, steps: 0, fresh: true }));
      let saved: { readonly snapshot: StateSnapshot; readonly rows: Row[] } | undefined;
      let canGoBack = false;

      const run = (steps: number): { readonly inputs: number[]; readonly expected: number[] } => {
        const inputs = Array.from({ length: steps * batch }, (_, i) => ((clock * 7 + i * 5) % 11) - 5);
        clock++;
        const expected: number[] = [];
        for (let t = 0; t < steps; t++) {
          rows = rows.map(({ h, steps: done, fresh }, row) => ({
            h: Math.fround(0.5 * (fresh ? start : h) + inputs[t * batch + row]!),
            steps: done + 1,
            fresh: false,
          }));
          expected.push(...rows.map(({ h }) => h));
        }
        return { inputs, expected };
      };

      for (const act of actions) {
        if (act.do === 'forward') {
          const { inputs, expected } = run(act.steps);
          expect([...cell.forward(inputs, act.steps).h!]).toEqual(expected);
          canGoBack = true;
        } else if (act.do === 'evaluate') {
          const { inputs, expected } = run(act.steps);
          const { outputs } = cell.evaluate(inputs, act.steps, { carry: true, collect: true });
          expect([...outputs.h!]).toEqual(expected);
          canGoBack = true;
        } else if (act.do === 'step') {
          const { inputs, expected } = run(1);
          expect([...cell.step(inputs).h!]).toEqual(expected);
          canGoBack = false;
        } else if (act.do === 'backward') {
          const back = () => cell.backward({ finalStateCotangents: { h: [1, 1, 1] } });
          if (canGoBack) back();
          else expect(back).toThrow('RNN506');
          canGoBack = false;
        } else if (act.do === 'save') {
          saved = { snapshot: cell.saveState(), rows };
        } else if (act.do === 'restore') {
          if (saved === undefined) continue;
          cell.restoreState(saved.snapshot);
          rows = saved.rows;
          canGoBack = false;
        } else if (act.do === 'start') {
          cell.start(act.rows);
          rows = rows.map((row, i) => (act.rows.includes(i) ? { h: start, steps: 0, fresh: true } : row));
          canGoBack = false;
        } else if (act.do === 'set') {
          cell.setState({ h: [act.value, 2, 3] });
          rows = rows.map(({ steps }, i) => ({ h: [act.value, 2, 3][i]!, steps, fresh: false }));
          canGoBack = false;
        } else if (act.do === 'change') {
          start = act.value;
          cell.setParameters({ h0: [start] });
        }
        expect([...cell.stepCounters]).toEqual(rows.map(({ steps }) => steps));
      }
    }),
    { numRuns: 300, seed: 6 },
  );
});
