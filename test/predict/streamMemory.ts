import picocolors from 'picocolors';
import { main } from '../../cli/rnnc.ts';

/*
 * A program of its own: `rnnc predict` over standard input, which tells what memory is in use after 100,000 rows and after
 * 300,000, garbage aside.
 */

const colour = picocolors.createColors(false);
const collect = (globalThis as { gc?: () => void }).gc!;
const used: number[] = [];
let lines = 0;
const code = await main(['predict', process.argv[2]!, '--observed'], {
  out: (text) => {
    const before = lines;
    lines += text.split('\n').length - 1;
    for (const mark of [100_000, 300_000]) {
      if (before >= mark || lines < mark) continue;
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      used.push(heapUsed + arrayBuffers);
    }
  },
  err: (text) => void process.stderr.write(text),
  terminal: false,
  colours: { out: colour, err: colour },
});
process.stdout.write(JSON.stringify({ code, lines, used }));
