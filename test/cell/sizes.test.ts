import { describe, expect, test } from 'vitest';
import { bindSizes } from '../../compiler/cell/sizes.ts';
import { inCell, soundCell } from './support.ts';

const split = soundCell(
  inCell(
    'input z: [H]\nparam W: [H, I] ~ he\n[a, b] = split(z, 2)\noutput a, b, y = dt*z[2:H] + 0*sum(W)',
    'H, I = 3; dt = 0.1, k',
  ),
);

/** Codes of what is wrong, or the values. */
function bound(given: Record<string, number> | Map<string, number>) {
  const result = bindSizes(split, given);
  if ('diagnostics' in result) return result.diagnostics.map((d) => d.code);
  return { ...Object.fromEntries(result.sizes), ...Object.fromEntries(result.numbers) };
}

describe('binding sizes', () => {
  test('fills defaults', () => {
    expect(bound({ H: 4, k: 2 })).toEqual({ H: 4, I: 3, dt: 0.1, k: 2 });
    expect(
      bound(
        new Map([
          ['H', 6],
          ['I', 1],
          ['k', -1.5],
          ['dt', 3],
        ]),
      ),
    ).toEqual({ H: 6, I: 1, dt: 3, k: -1.5 });
  });

  test.each([
    ['a missing size and number', {}, ['RNN401', 'RNN401']],
    ['an unknown name', { H: 4, k: 1, hidden: 2 }, ['RNN402']],
    [
      'a hostile name',
      JSON.parse('{"H": 4, "k": 1, "__proto__": 2, "constructor": 3}'),
      ['RNN402', 'RNN402'],
    ],
    ['a fraction', { H: 4.5, k: 1 }, ['RNN403']],
    ['zero', { H: 0, k: 1 }, ['RNN403']],
    ['NaN', { H: Number.NaN, k: 1 }, ['RNN403']],
    ['too large a size', { H: 2 ** 30, k: 1 }, ['RNN404']],
    ['too large an array', { H: 2 ** 20, I: 2 ** 20, k: 1 }, ['RNN404']],
    ['a division that does not come out whole', { H: 5, k: 1 }, ['RNN405']],
    ['an empty slice', { H: 2, k: 1 }, ['RNN405']],
    ['an infinite number', { H: 4, k: Number.POSITIVE_INFINITY }, ['RNN406']],
  ])('refuses %s', (_, given, codes) => {
    expect(bound(given)).toEqual(codes);
  });

  test('says what was needed, and with which sizes', () => {
    const result = bindSizes(split, { H: 5, k: 1 });
    const message = 'diagnostics' in result ? result.diagnostics[0]!.message : '';
    expect(message).toContain('split(z, 2)');
    expect(message).toContain('H/2 is 2.5 with H=5');
  });
});
