import { describe, expect, it } from 'vitest';
import { expandToMachine } from '../../compiler/ops/expand.ts';
import { type MachineOp, type MachineOpRecord, machineOps } from '../../compiler/ops/machine.ts';
import { mathOps } from '../../compiler/ops/math.ts';
import { nodesOf, runExpansion } from './runExpansion.ts';

/*
 * Some machine operations leave it open what they make of a NaN, as its bits differ between hosts. No op of the language may
 * show that: whatever such an operation gives there, the result is the same.
 */

/** What a host might give for a NaN: any number, or the first argument with either sign. */
const possible: Readonly<Record<string, readonly ((a: number) => number)[]>> = {
  pow2: [0, 1, -(2 ** 100), Infinity, Number.NaN].map((value) => () => value),
  exponent: [-256, -127, 3, 128].map((value) => () => value),
  significand: [0.75, 1.4, Number.NaN].map((value) => () => value),
  copySign: [(a) => Math.abs(a), (a) => -Math.abs(a)],
  negateIfOdd: [(a) => a, (a) => -a],
};

const openOps = Object.entries<MachineOpRecord>(machineOps).filter(([, op]) => op.openForNaN !== undefined);

const argumentsTried = [Number.NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, -0.5, 2, 3, -3]
  .concat([2 ** -149, -(2 ** -149), 2 ** -126, -(2 ** -126), 20, -20, 90, -110, 1e5, -1e5, 1e30, -1e30])
  .concat([3.4028234663852886e38, -3.4028234663852886e38])
  .map(Math.fround);

/** The definitions, but of NaN what the host called `choice` makes of it. */
function hostOf(choice: number) {
  return (name: MachineOp) => {
    const { evaluate, openForNaN }: MachineOpRecord = machineOps[name];
    if (openForNaN === undefined) return evaluate;
    const choices = possible[name]!;
    const instead = choices[choice % choices.length]!;
    return (...args: readonly number[]) =>
      Number.isNaN(args[openForNaN]) ? instead(args[0]!) : evaluate(...args);
  };
}

const isOpen = new Set(openOps.map(([name]) => name));
const opensOf = (op: string) =>
  nodesOf(expandToMachine(op)).filter((node) => node.kind === 'apply' && isOpen.has(node.op));

describe('what hosts make of the bits of a NaN', () => {
  it('is tried for every machine operation that leaves it open', () => {
    expect(Object.keys(possible).sort()).toEqual([...isOpen].sort());
  });

  for (const { name, parameters } of [...mathOps.values()].filter((op) => opensOf(op.name).length > 0)) {
    it(`does not show in ${name}`, () => {
      const hosts = [0, 1, 2, 3, 4].map((choice) => runExpansion(name, hostOf(choice)));
      const run = runExpansion(name);
      const rows = parameters.reduce<number[][]>(
        (some, _) => some.flatMap((row) => argumentsTried.map((value) => [...row, value])),
        [[]],
      );
      for (const row of rows) {
        const expected = run(...row);
        for (const host of hosts) expect(host(...row), `${name}(${row.join(', ')})`).toBe(expected);
      }
    });
  }
});
