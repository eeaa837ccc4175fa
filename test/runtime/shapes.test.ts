import { describe, expect, it } from 'vitest';
import { showShape } from '../../runtime/shapes.ts';

const outer = [
  ['steps', 5],
  ['batch', 2],
] as const;

describe('shapes in messages', () => {
  it.each([
    [outer, { shape: [] }, '[steps, batch] with steps = 5, batch = 2'],
    [outer, { shape: [3] }, '[steps, batch, 3] with steps = 5, batch = 2'],
    [[], { shape: [12, 3], axes: ['4*H', 'H'] }, '[4*H, H] with 4*H = 12, H = 3'],
    [[], { shape: [3, 3], axes: ['H', 'H'] }, '[H, H] with H = 3'],
    [[], { shape: [3, 7], axes: ['H', '7'] }, '[H, 7] with H = 3'],
    [[], { shape: [7] }, '[7]'],
  ] as const)('%j %j', (axes, shaped, text) => {
    expect(showShape(axes, shaped)).toBe(text);
  });
});
