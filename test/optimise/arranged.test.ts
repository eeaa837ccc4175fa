import { describe, expect, it } from 'vitest';
import { formatDim } from '../../compiler/cell/dim.ts';
import { type CompileOptions, graphStages } from '../../compiler/compile.ts';
import type { Graph, NodeId } from '../../compiler/graph/graph.ts';
import { phasesOf } from '../../compiler/graph/phase.ts';
import { toGraph } from '../../compiler/graph/toGraph.ts';
import { arrange } from '../../compiler/optimise/arrange.ts';
import { load } from '../zoo/files.ts';

/** A node in a word: a leaf's name, joined parts side by side, `_` for what is computed. */
function word(graph: Graph, id: NodeId): string {
  const node = graph.nodes[id]!;
  switch (node.form) {
    case 'leaf':
      return node.role === 'previous' ? `${node.name}_prev` : node.name;
    case 'concat':
      return node.operands.map((operand) => word(graph, operand)).join(' ');
    case 'slice': {
      const length = formatDim(node.type.shape[node.axis]!);
      return `${word(graph, node.operand)}[${formatDim(node.start)}..+${length}]`;
    }
    case 'oneHot':
      return 'oneHot';
    default:
      return '_';
  }
}

/** All contractions of a cell once arranged: products by the phase they are done in, and what gradients total. */
function contractionsOf(text: string, options: CompileOptions = {}) {
  const graph = arrange(graphStages({ name: 'test.rnn', text }, { load, ...options }).optimised);
  const phases = phasesOf(graph);
  const found = { forward: [] as string[], backward: [] as string[], gradients: [] as string[] };
  graph.nodes.forEach((node, id) => {
    if (node.form === 'total' && node.type.shape.length < 2)
      found.gradients.push(`sum of ${word(graph, node.operand)}`);
    if (node.form !== 'contract') return;
    const words = `${word(graph, node.left)} × ${word(graph, node.right)}`;
    const isOuter = node.leftAxes.every((label) => node.outAxes.includes(label));
    const phase = phases[id];
    if (isOuter) found.gradients.push(words);
    else if (phase === 'forward' || phase === 'backward') found[phase].push(words);
  });
  return {
    forward: found.forward.sort(),
    backward: found.backward.sort(),
    gradients: found.gradients.sort(),
  };
}

const example = (file: string) => contractionsOf(load(file).text);
const four = '_ _ _ _';
const sums = (count: number) => Array.from({ length: count }, () => 'sum of _');

describe('what is left of the products of a cell', () => {
  it('LSTM: one product with x, one with h_prev, and as many for each way back', () => {
    expect(example('lstm.rnn')).toEqual({
      forward: ['U_i U_f U_o U_g × h_prev', 'W_i W_f W_o W_g × x'],
      backward: [`U_i U_f U_o U_g × ${four}`, `W_i W_f W_o W_g × ${four}`],
      gradients: [`${four} × h_prev`, `${four} × x`, ...sums(4)],
    });
  });

  it('peephole LSTM: the same; matrices are joined as declared, not as used', () => {
    const { forward, backward, gradients } = example('peephole_lstm.rnn');
    expect({ forward, backward }).toEqual({
      forward: ['U_i U_f U_o U_g × h_prev', 'W_i W_f W_o W_g × x'],
      backward: [`U_i U_f U_o U_g × ${four}`, `W_i W_f W_o W_g × ${four}`],
    });
    expect(gradients).toEqual([`${four} × h_prev`, `${four} × x`, ...sums(7)]);
  });

  it('one stacked matrix applied to [x; h_prev] is read in two slices', () => {
    expect(example('lstm_stacked.rnn')).toEqual({
      forward: ['W[0..+I] × x', 'W[I..+H] × h_prev'],
      backward: [`W[0..+I] × ${four}`, `W[I..+H] × ${four}`],
      gradients: [`${four} × h_prev`, `${four} × x`, `sum of ${four}`],
    });
  });

  it('a matrix per gate applied to [h_prev; x]', () => {
    const text = `
cell Joined(I, H) {
  input x: [I]
  state h: [H], c: [H]
  param W_f, W_i, W_g: [H, H + I] ~ glorot
  i = sigmoid(W_i @ [h_prev; x])
  f = sigmoid(W_f @ [h_prev; x])
  c = f*c_prev + i*tanh(W_g @ [h_prev; x])
  h = tanh(c)
  output h
}`;
    const slices = (range: string) => ['W_f', 'W_i', 'W_g'].map((name) => name + range).join(' ');
    expect(contractionsOf(text)).toEqual({
      forward: [`${slices('[0..+H]')} × h_prev`, `${slices('[H..+I]')} × x`],
      backward: [`${slices('[0..+H]')} × _ _ _`, `${slices('[H..+I]')} × _ _ _`],
      gradients: ['_ _ _ × h_prev', '_ _ _ × x'],
    });
  });

  it('GRU: the candidate sees r*h_prev, so its product waits', () => {
    expect(example('gru.rnn')).toEqual({
      forward: ['U_n × _', 'U_z U_r × h_prev', 'W_z W_r W_n × x'],
      backward: ['U_n × _', 'U_z U_r × _ _', 'W_z W_r W_n × _ _ _'],
      gradients: ['_ _ _ × x', '_ _ × h_prev', '_ × _', ...sums(3)],
    });
  });

  it('GRU with the reset after the product: all three matrices at once', () => {
    expect(example('gru_reset_after.rnn')).toEqual({
      forward: ['U_z U_r U_n × h_prev', 'W_z W_r W_n × x'],
      backward: ['U_z U_r U_n × _ _ _', 'W_z W_r W_n × _ _ _'],
      gradients: ['_ _ _ × h_prev', '_ _ _ × x', ...sums(4)],
    });
  });

  it('layers stay apart, forwards and back', () => {
    const { forward, backward, gradients } = example('residual_stack.rnn');
    const joined = (name: string) => ['i', 'f', 'o', 'g'].map((gate) => `${name}_${gate}`).join(' ');
    const matrices = ['first.U', 'first.W', 'second.U', 'second.W'].map(joined);
    expect(forward).toEqual([
      'W × x',
      `${matrices[0]} × first.h_prev`,
      `${matrices[1]} × _`,
      ...[`${matrices[2]} × second.h_prev`, `${matrices[3]} × _`],
    ]);
    expect(backward).toEqual(['W × _', ...matrices.map((matrix) => `${matrix} × ${four}`)]);
    expect(gradients).toHaveLength(4 + 1 + 9);
  });

  it('a product that leads out of the loop is not done with those inside', () => {
    const text = `
cell Readout(I, H) {
  input x: [I]
  state h: [H]
  param U, V: [H, H] ~ glorot
  param W: [H, I] ~ glorot
  before = V @ h_prev
  h = tanh(W @ x + U @ h_prev)
  output before, h
}`;
    const { forward, backward } = contractionsOf(text);
    expect(forward).toEqual(['U × h_prev', 'V × h_prev', 'W × x']);
    // What arrives at `before` is known for all steps at once, what arrives at h is not.
    expect(backward).toEqual(['U × _', 'V × before', 'W × _']);
  });

  it('matrices on the other side and transposed ones are joined among themselves', () => {
    const text = `
cell Sides(I, H) {
  input x: [I]
  state h: [H]
  param A, B: [I, H] ~ glorot
  param C, D: [H, I] ~ glorot
  h = tanh(x @ B + A.T @ x)*sigmoid(C @ x)*tanh(D @ x + h_prev)
  output h
}`;
    expect(contractionsOf(text, { training: false }).forward).toEqual(['A B × x', 'C D × x']);
  });

  it('matrices of different heights, known before the steps', () => {
    const text = `
cell Heights(I, K, V) {
  input x: [I]
  param P: [K, I] ~ glorot
  param Q: [V, I] ~ glorot
  param S: [K, I] ~ glorot
  k = P @ x
  v = Q @ x
  s = tanh(S) @ x
  output k, v, s
}`;
    expect(contractionsOf(text)).toEqual({
      forward: ['P Q _ × x'],
      backward: ['P Q _ × k v s'],
      gradients: ['k v s × x'],
    });
  });

  it('a one-hot is left to read and to add rows', () => {
    const { forward, gradients } = example('char_model.rnn');
    expect(forward).toContain('oneHot × E');
    expect(gradients).toContain('oneHot × _');
    const text = `
cell Rows(V, H) {
  input a: index(V), b: index(V)
  state h: [H]
  param E, F: [H, V] ~ glorot
  param W: [H, V + H] ~ glorot
  h = tanh(E @ one_hot(a) + F @ one_hot(a) + W @ [one_hot(b); h_prev])
  output h
}`;
    expect(contractionsOf(text)).toEqual({
      forward: ['E × oneHot', 'F × oneHot', 'W[0..+V] × oneHot', 'W[V..+H] × h_prev'],
      backward: ['W[V..+H] × _'],
      gradients: ['_ × h_prev', '_ × oneHot', '_ × oneHot'],
    });
  });

  it('a step without an adjoint', () => {
    const { cell } = graphStages(load('lstm.rnn'));
    expect(arrange(toGraph(cell)).nodes.filter(({ form }) => form === 'contract')).toHaveLength(2);
  });
});
