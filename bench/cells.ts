import type { Case } from './cases.ts';

/** A cell that peers know, too. Paths are relative to the project. */
export interface BenchCell {
  readonly title: string;
  /** The cell as it runs. */
  readonly file: string;
  /** Of that file, where it is not the last. */
  readonly cell?: string;
  /** The same with a target and a loss. */
  readonly trained: string;
  /**
   * Multiply-adds of its matrix products for one step of one row: forward, and backward to all parameters but not to
   * the input. Entry by entry products (peepholes, gates) are left out.
   */
  multiplyAdds(inputs: number, hidden: number): { readonly forward: number; readonly backward: number };
}

/** Products of I + H inputs with blocks of H rows: weights as often again, the state's cotangent without the input's. */
function gated(blocks: number, recurrent = blocks) {
  return (inputs: number, hidden: number) => {
    const forward = hidden * (blocks * inputs + recurrent * hidden);
    return { forward, backward: forward + recurrent * hidden * hidden };
  };
}

const example = (name: string) => ({ file: `dsl-examples/${name}.rnn`, trained: `bench/cells/${name}.rnn` });

export const cells: ReadonlyMap<string, BenchCell> = new Map<string, BenchCell>([
  ['lstm', { title: 'LSTM', ...example('lstm'), multiplyAdds: gated(4) }],
  ['gru', { title: 'GRU, as in libraries', ...example('gru_reset_after'), multiplyAdds: gated(3) }],
  ['gru_reset_before', { title: 'GRU, reset before the product', ...example('gru'), multiplyAdds: gated(3) }],
  ['peephole_lstm', { title: 'Peephole LSTM', ...example('peephole_lstm'), multiplyAdds: gated(4) }],
  ['mingru', { title: 'minGRU', ...example('mingru'), multiplyAdds: gated(2, 0) }],
  [
    'two_layers',
    {
      title: 'Two LSTM layers',
      file: 'bench/cells/two_layers.rnn',
      cell: 'TwoLayers',
      trained: 'bench/cells/two_layers.rnn',
      multiplyAdds: (inputs, hidden) => {
        const lower = gated(4)(inputs, hidden);
        const forward = lower.forward + 8 * hidden * hidden;
        return { forward, backward: lower.backward + 16 * hidden * hidden };
      },
    },
  ],
]);

/** Of one call; undefined for a cell that is not in the table. */
export function multiplyAddsOf({ cell, operation, inputs, hidden, steps, batch }: Case): number | undefined {
  const each = cells.get(cell)?.multiplyAdds(inputs, hidden);
  if (each === undefined) return undefined;
  return steps * batch * (each.forward + (operation === 'train' ? each.backward : 0));
}
