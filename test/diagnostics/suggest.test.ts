import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../../compiler/diagnostics/suggest.ts';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['parm', 'param', 1],
    ['ab', 'ba', 1],
    ['ca', 'abc', 3],
    ['sigmiod', 'sigmoid', 1],
  ])('%s to %s', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });

  it('stops at its limit', () => expect(editDistance('abcdefgh', 'ijklmnop', 3)).toBe(3));
});

describe('nearest', () => {
  it.each([
    ['sigmiod', ['sign', 'sigmoid', 'sin'], 'sigmoid'],
    ['hidden', ['Hidden', 'hiden'], 'Hidden'],
    ['X', ['x', 'y'], 'x'],
    ['h', ['c', 'x'], undefined],
    ['U_f', ['W_f', 'U_i'], 'W_f'],
    ['velocity', ['h', 'position'], undefined],
    ['constructor', [], undefined],
  ])('%s among %s', (name, known, expected) => expect(nearest(name, known)).toBe(expected));
});
