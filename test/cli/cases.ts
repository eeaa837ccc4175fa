import { expect } from 'vitest';
import { rnnc } from './support.ts';

/*
 * Cases and results as tests handle them: JSON values, nothing of the code under test.
 */

export interface Rows {
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}
export type Arrays = Readonly<Record<string, Rows>>;
export type Target = 'evaluate' | 'interpreter' | 'js' | 'wasm';
export const kernelTargets = ['interpreter', 'js', 'wasm'] as const;

export interface Result {
  readonly format: string;
  readonly target: string;
  readonly profile?: string;
  readonly parameters?: Arrays;
  readonly outputs: Arrays;
  readonly values?: Arrays;
  readonly finals: Arrays;
  readonly loss?: Rows;
  readonly lossValue?: number | string;
  readonly gradients?: {
    readonly parameters: Arrays;
    readonly inputs: Arrays;
    readonly targets?: Arrays;
    readonly starts: Arrays;
  };
}

/** Runs a case that must be fine. */
export async function run(
  file: (name: string, text: string) => string,
  cell: string,
  data: unknown,
  target: Target,
  ...more: readonly string[]
): Promise<{ readonly text: string; readonly result: Result }> {
  const path = file('case.json', JSON.stringify(data));
  const { code, out, err } = await rnnc('run', cell, '--data', path, '--target', target, ...more);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return { text: out, result: JSON.parse(out) as Result };
}

/** The numbers of an array; its shape must be as stated. */
export function numbers(rows: Rows | undefined, ...shape: readonly number[]): number[] {
  expect(rows?.shape).toEqual(shape);
  expect(rows!.data).toHaveLength(shape.reduce((a, b) => a * b, 1));
  return rows!.data.map(Number);
}

export function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((x, i) => {
    const error = Math.abs(actual[i]! - x) / Math.max(1, Math.abs(x));
    if (!(error <= tolerance)) throw new Error(`entry ${i} is ${actual[i]} and should be ${x}`);
  });
}

/** Numbers that are f32 numbers as well, no two alike, the same each time. */
export function spread(length: number, from = 0): number[] {
  return Array.from({ length }, (_, i) => Math.fround(1.25 * Math.sin(1.7 * (i + from) + 0.3)));
}
