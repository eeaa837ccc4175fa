import { formatPosition } from '../../source/source.ts';
import type { Stabilised } from './stabilise.ts';

/** A line per rewrite: `  log(1 + exp(x)) is computed as softplus(x)   ; cell.rnn:7:3`. Nothing where there is none. */
export function printStabilised(done: readonly Stabilised[]): string {
  const lines = done.map(({ rewrite: { pattern, result }, span }) => {
    const text = `  ${pattern} is computed as ${result}`;
    return `${text.padEnd(64)} ; ${formatPosition(span)}\n`;
  });
  return lines.length === 0 ? '' : `  stabilised:\n${lines.map((line) => `  ${line}`).join('')}`;
}
