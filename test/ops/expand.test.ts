import { describe, expect, it } from 'vitest';
import { expandToMachine } from '../../compiler/ops/expand.ts';
import { machineOps } from '../../compiler/ops/machine.ts';
import { mathOps } from '../../compiler/ops/math.ts';
import { nodesOf } from './runExpansion.ts';

describe('expansions', () => {
  for (const op of mathOps.values()) {
    const nodes = nodesOf(expandToMachine(op.name));

    it(`of ${op.name} consist of f32 machine operations, arguments and f32 constants`, () => {
      for (const node of nodes) {
        if (node.kind === 'constant') expect(node.value).toBe(Math.fround(node.value));
        if (node.kind === 'argument') expect(node.index).toBeLessThan(op.parameters.length);
        if (node.kind === 'apply') {
          const { args, result } = machineOps[node.op];
          expect([...args, result]).toEqual([...node.args.map(() => 'f32'), 'f32']);
          expect(node.op).not.toBe('mulAdd');
        }
      }
    });

    it(`of ${op.name} hold no two equal nodes`, () => {
      const number = new Map(nodes.map((node, index) => [node, index]));
      const spelled = nodes.map((node) => {
        if (node.kind === 'apply') return `${node.op} ${node.args.map((arg) => number.get(arg)).join(' ')}`;
        return node.kind === 'constant'
          ? `${Object.is(node.value, -0) ? '-0' : node.value}`
          : `x${node.index}`;
      });
      expect(new Set(spelled).size).toBe(nodes.length);
    });
  }

  it('are the same object at every call', () => {
    expect(expandToMachine('tanh')).toBe(expandToMachine('tanh'));
  });

  it('stay small', () => {
    for (const name of mathOps.keys()) expect(nodesOf(expandToMachine(name)).length, name).toBeLessThan(180);
    expect(nodesOf(expandToMachine('sigmoid')).length).toBeLessThan(60);
    expect(nodesOf(expandToMachine('tanh')).length).toBeLessThan(60);
  });

  it('of a name that is no op are refused', () => {
    for (const name of ['constructor', '__proto__', 'nothing'])
      expect(() => expandToMachine(name)).toThrow(/no op/);
  });
});
