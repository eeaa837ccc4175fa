import { describe, expect, it } from 'vitest';
import { derivedText, example, unrolledText } from './support.ts';

/* The files are read as prose before they are committed; `vitest run -u` writes them anew. */

describe.each(['elman', 'lstm', 'gru'])('%s', (name) => {
  it('reads as in a lecture', async () => {
    await expect(derivedText(example(`${name}.rnn`))).toMatchFileSnapshot(`../golden/${name}.derive.txt`);
  });

  it('reads as in a lecture, in LaTeX', async () => {
    await expect(derivedText(example(`${name}.rnn`), 'latex')).toMatchFileSnapshot(
      `../golden/${name}.derive.tex`,
    );
  });
});

it('an unrolled network shows what the gradient is multiplied with', async () => {
  const elman = example('elman.rnn');
  await expect(unrolledText(elman, 3)).toMatchFileSnapshot('../golden/elman.unrolled.txt');
  await expect(unrolledText(elman, 3, 'latex')).toMatchFileSnapshot('../golden/elman.unrolled.tex');
});
