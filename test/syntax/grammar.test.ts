import { readFileSync } from 'node:fs';
import * as ohm from 'ohm-js';
import { extractExamples } from 'ohm-js/extras';
import { describe, expect, it } from 'vitest';

const text = readFileSync(new URL('../../compiler/syntax/rnn.ohm', import.meta.url), 'utf8');
const grammar = ohm.grammar(text);
const examples = extractExamples(text);

describe('the examples beside the rules of rnn.ohm', () => {
  it('are found', () => expect(examples.length).toBeGreaterThan(200));

  for (const { rule, example, shouldMatch } of examples) {
    it(`${rule} ${shouldMatch ? 'accepts' : 'refuses'} ${JSON.stringify(example)}`, () => {
      expect(grammar.match(example, rule).succeeded()).toBe(shouldMatch);
    });
  }
});
