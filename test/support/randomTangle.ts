import fc from 'fast-check';
import type { RandomCell } from './randomCell.ts';

/**
 * A cell without sense: chains of equations that read states, inputs and one another across steps in any direction, with
 * shifted stacks, running sums, outer products, rows of a table and a matrix state among them. What can be done for all steps
 * at once and what cannot lies mixed.
 */
export const randomTangle: fc.Arbitrary<RandomCell> = fc.gen().map((g) => {
  const count = (max: number) => g(fc.nat, { max });
  const pick = <T>(list: readonly T[]) => list[count(list.length - 1)]!;
  const states = Array.from({ length: 1 + count(3) }, (_, i) => `s${i}`);
  const known = ['x', 'x_prev', 'y', ...states.map((state) => `${state}_prev`)];
  const parameters: string[] = ['W0'];
  const hasMatrix = count(2) === 0;

  const parameter = () => {
    if (parameters.length < 3 || count(1) === 0) parameters.push(`W${parameters.length}`);
    return pick(parameters);
  };
  const recent = () => (count(2) === 0 ? pick(known) : pick(known.slice(-5)));
  const ways: readonly (() => string)[] = [
    () => `tanh(${parameter()} @ ${recent()} + ${parameter()} @ ${pick(known)})`,
    () => `${parameter()} @ ${recent()}`,
    () => `${parameter()}.T @ ${recent()}`,
    () => `tanh(${recent()})`,
    () => `${recent()}*${recent()}`,
    () => `${recent()} + 0.5*${recent()}`,
    () => `${recent()}*0.7`,
    () => `max(${recent()}, ${recent()})`,
    () => `0.4*cumsum([${recent()}; ${pick(known)}])[0:H] + ${recent()}`,
    () => `0.3*cumsum([${recent()}; ${recent()}; ${pick(known)}])[H:2*H]`,
    () => `tanh([${recent()}; ${recent()}])[1:H + 1]`,
    () => `(Q @ [${recent()}; ${pick(known)}])[H:2*H] + ${recent()}`,
    () => `tanh((Q @ tanh([${recent()}; ${recent()}]))[0:H])`,
    () => `0.2*sum(${recent()})*${recent()}`,
    () => `softmax(${recent()})*${recent()}`,
    () => `0.3*(outer(${recent()}, ${recent()}) @ ${pick(known)})`,
    () => `E[token] + ${recent()}`,
    () => `E[token_prev]*${recent()}`,
    () => (hasMatrix ? `tanh(M_prev @ ${recent()})` : `-${recent()}`),
    () => (hasMatrix ? `0.5*(${recent()} @ M_prev)` : `${recent()}/2`),
  ];
  const equations: string[] = [];
  const define = (name: string, text: string) => {
    equations.push(`  ${name} = ${text}`);
    known.push(name);
  };
  const length = 2 + count(7);
  for (let i = 0; i < length; i++) define(`e${i}`, pick(ways)());
  for (const [i, state] of states.entries()) {
    const next = [pick(known), `${pick(states)}_prev`, `tanh(${pick(ways)()})`, `tanh(${pick(ways)()})`];
    define(state, pick(next));
    if (count(1) === 0) define(`f${i}`, pick(ways)());
  }
  if (hasMatrix) {
    const before = pick(['0.5*M_prev', '0.5*M_prev.T', '0.4*(M_prev @ W0)', 'W0']);
    equations.push(`  M = ${before} + 0.3*outer(${recent()}, ${recent()})`);
  }
  const outputs = new Set([recent(), pick(known), known.at(-1)!].filter((name) => /^[ef]/.test(name)));
  const starts = states.map((state) => `${state}: [H]${pick(['', '', ' = 0.3', ' = w', ' = tanh(w)'])}`);
  return {
    text: [
      'cell Tangle(H) {',
      '  input x: [H], y: [H], token: index(3) = 1',
      '  param Q: [2*H, 2*H] ~ normal(0, 0.3), w: [H] ~ normal(0, 0.5), E: [3, H] ~ normal(0, 0.5)',
      `  param ${parameters.join(', ')}: [H, H] ~ normal(0, 0.3)`,
      `  state ${starts.join(', ')}`,
      ...(hasMatrix ? ['  state M: [H, H] = 0.1'] : []),
      ...equations,
      `  output ${[...outputs, ...(outputs.size === 0 ? [states[0]] : [])].join(', ')}`,
      `  loss 0.5*sum(${pick(states)}^2) + 0.1*sum(${pick(known)})`,
      '}',
      '',
    ].join('\n'),
    sizes: { H: 2 + count(3) },
    steps: 1 + count(4),
    batch: 1 + count(2),
    seed: count(2 ** 30),
  };
});
