import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compile } from '../../compiler/index.ts';
import * as rnnc from '../../runtime/index.ts';

/*
 * The examples of docs/runtime.md on schedules and weights, run one after the other as they are printed.
 */

const page = readFileSync(new URL('../../docs/runtime.md', import.meta.url), 'utf8');

/** The first block of TypeScript below a heading. */
function example(heading: string): string {
  const below = page.slice(page.indexOf(`\n${heading}\n`));
  return below.slice(below.indexOf('```ts\n') + 6, below.indexOf('\n```\n'));
}

/** Runs an example with names that it takes from outside, and returns the values of others. */
async function run(text: string, given: object, wanted: readonly string[]): Promise<readonly unknown[]> {
  const body = text.replace(/^import \{(.*)\} from 'rnnc';$/gm, 'const {$1} = rnnc;');
  const names = Object.keys(given);
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const made = new AsyncFunction('rnnc', ...names, `${body}\nreturn [${wanted.join(', ')}];`);
  return made(rnnc, ...Object.values(given));
}

it('schedules and weights are used as it says', async () => {
  const source = {
    name: 'lstm.rnn',
    text: readFileSync(new URL('../../dsl-examples/lstm.rnn', import.meta.url), 'utf8'),
  };
  const sizes = { I: 2, H: 3 };
  const text = source.text.replace(/\}\s*$/, '  target y: [H]\n  loss squared_error(h, y)\n}\n');
  const lstm = rnnc.instantiateSync(compile({ ...source, text }, { sizes, window: 32 }));
  const sequence = {
    inputs: new Float32Array(128).fill(0.5),
    targets: new Float32Array(192).fill(0.25),
    steps: 64,
  };
  const [optimiser] = (await run(example('### Schedules'), { lstm, sequence }, ['optimiser'])) as [
    rnnc.Optimiser,
  ];
  expect(optimiser.updates).toBe(2);
  expect(optimiser.learningRate).toBeCloseTo(3e-3 * 0.02, 12);

  const compiledForStreaming = compile({ ...source, text }, { sizes, training: false });
  const [stream, resumed] = (await run(example('## Weights'), { lstm, optimiser, compiledForStreaming }, [
    'stream',
    'resumed',
  ])) as [rnnc.Instance, rnnc.Optimiser];
  expect(stream.parameters).toEqual(lstm.parameters);
  expect(resumed.save()).toEqual(optimiser.save());
});
