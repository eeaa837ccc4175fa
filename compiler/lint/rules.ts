import { epsilonOutside, nearZeroDivisor } from './rules/divisions.ts';
import { exponentialGate, unsquashedGate } from './rules/gates.ts';
import { cutOff, unusedValue } from './rules/reached.ts';
import { deadStart, zeroRecurrence } from './rules/starts.ts';
import type { LintRule } from './scene.ts';

/** Every rule, by code. */
export const lintRules: readonly LintRule[] = [
  exponentialGate,
  epsilonOutside,
  nearZeroDivisor,
  unsquashedGate,
  unusedValue,
  cutOff,
  deadStart,
  zeroRecurrence,
];
