import { nameOf } from '../cases.ts';
import type { BenchResult, CaseResult } from '../result.ts';
import { fractionOf, percent, ratio, ratioOf, shapeOf, timingOf, titleOf } from './words.ts';

/*
 * Cases in which another is faster, said plainly, with the reason.
 */

/** By the beginning of the peer's name. */
const reasons: readonly (readonly [peer: string, reason: string])[] = [
  [
    'torch',
    'It calls native matrix products (OpenBLAS, MKL, oneDNN) with the widest vectors of the CPU, {vectors}; WebAssembly has 128 bits, 256 with the switch of V8. What that leaves open is in the column of the peak: rnnc does {fraction} of what 128-bit vectors can do at all in this case.',
  ],
  [
    'jax',
    'XLA compiles the whole step to native code with the widest vectors of the CPU, {vectors}, where WebAssembly has 128 bits. rnnc does {fraction} of what 128-bit vectors can do in this case.',
  ],
  [
    'onnx-node',
    'Its operator is native code by hand (MLAS) with the widest vectors of the CPU, {vectors}, where WebAssembly has 128 bits. rnnc does {fraction} of what those can do in this case.',
  ],
  [
    'onnx-web',
    'It has the same 128-bit vectors as rnnc, so this one is ours to win: rnnc does {fraction} of what they can do in this case.',
  ],
];
const noReason = 'It has no vectors that rnnc lacks, so this one is ours to win.';

export function winsText(result: BenchResult): string {
  const others = result.peers.filter(({ family, ready }) => family !== 'rnnc' && ready !== undefined);
  const parts = others.flatMap(({ name, title }) => {
    const lost = result.cases
      .map((one) => ({ one, spread: ratioOf(one, name) }))
      .filter(({ spread }) => spread !== undefined && spread.median < 1);
    if (lost.length === 0) return [];
    const worst = lost.reduce((a, b) => (a.spread!.median <= b.spread!.median ? a : b));
    const cases = lost.map(({ one, spread }) => `${what(one)} (${ratio(spread!.median)})`);
    return [
      `**${title}** is faster than rnnc in ${lost.length} of ${sharedCases(result, name)} cases: ${cases.join('; ')}. ` +
        reasonOf(name, worst.one, result),
    ];
  });
  const never = others
    .filter(({ name }) => result.cases.every((one) => (ratioOf(one, name)?.median ?? 1) >= 1))
    .map(({ title }) => title);
  if (never.length > 0) parts.push(`In no case faster: ${never.join(', ')}.`);
  return parts.join('\n\n');
}

function sharedCases({ cases }: BenchResult, peer: string): number {
  return cases.filter((one) => ratioOf(one, peer) !== undefined).length;
}

const verbs = { train: 'training', infer: 'inference', step: 'one step' } as const;

function what({ case: one }: CaseResult): string {
  return `${titleOf(one)}, ${verbs[one.operation]}, ${shapeOf(one)}`;
}

function reasonOf(peer: string, worst: CaseResult, { machine }: BenchResult): string {
  const found = reasons.find(([beginning]) => peer.startsWith(beginning));
  const fraction = fractionOf(worst, timingOf(worst, 'rnnc'));
  if (found === undefined || fraction === undefined) return noReason;
  const vectors = machine.vectorBits === undefined ? 'whatever they are' : `${machine.vectorBits} bits here`;
  const text = found[1].replace('{vectors}', vectors).replace('{fraction}', percent(fraction));
  return `${text} (${nameOf(worst.case)})`;
}
