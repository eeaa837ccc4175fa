import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomCell } from '../support/randomCell.ts';
import { derivedText, example, source, unrolledText } from './support.ts';

/** What TeX would stumble over: braces and environments that do not match, two scripts on one thing, stray `&`. */
function flaws(tex: string): string[] {
  const found: string[] = [];
  const open: { what: string; scripts: string; isScript: boolean }[] = [];
  /** Scripts that the last thing has. */
  let scripts = '';
  let isScript = false;
  let columns = 0;
  const enter = (what: string) => {
    open.push({ what, scripts, isScript });
    scripts = '';
    isScript = false;
  };
  const leave = (what: string) => {
    const last = open.pop();
    if (last?.what !== what) found.push(`${what} closes ${last?.what}`);
    scripts = last?.isScript ? last.scripts : '';
  };
  for (const token of tex.match(/\\(?:begin|end)\{[a-z*]+\}|\\[a-zA-Z]+|\\.|[^\s]/gs)!) {
    const [, edge, environment] = /^\\(begin|end)\{(.*)\}$/.exec(token) ?? [];
    if (edge === 'begin') enter(environment!);
    else if (edge === 'end') leave(environment!);
    else if (token === '{') enter('{');
    else if (token === '}') leave('{');
    else if (token === '\\left') enter('\\left');
    else if (token === '\\right') leave('\\left');
    else if (token === '_' || token === '^') {
      if (scripts.includes(token)) found.push(`two ${token} on one thing`);
      scripts += token;
      isScript = true;
    } else {
      if (!isScript) scripts = '';
      isScript = false;
      if (token === '\\\\' && open.length === 1) columns = 0;
      if (token === '&' && open.length === 1 && ++columns > 1) found.push('two & in a row');
      if (token === '&' && open.at(-1)?.what === '{') found.push('& in braces');
    }
  }
  if (open.length > 0) found.push(`open: ${open.map(({ what }) => what).join(' ')}`);
  if (/undefined|NaN|\[object/.test(tex)) found.push('a hole');
  return found;
}

const files = readdirSync(new URL('../../dsl-examples', import.meta.url)).filter((f) => f.endsWith('.rnn'));

describe('LaTeX', () => {
  it('the check sees what TeX would refuse', () => {
    expect(flaws('\\begin{align*} a_1_2 \\end{align*}')).not.toEqual([]);
    expect(flaws('\\begin{align*} {a \\end{align*}')).not.toEqual([]);
    expect(flaws('\\begin{align*} a & b & c \\end{align*}')).not.toEqual([]);
    expect(flaws('\\begin{align*} W^{\\mathrm{a}}^\\top \\end{align*}')).not.toEqual([]);
    expect(
      flaws('\\begin{align*} {W_i^{\\mathrm{a}}}^\\top &= \\bar{x}_{i,t} \\\\ a &= b_1 \\end{align*}'),
    ).toEqual([]);
  });

  it.each(files)('of %s is well formed', (name) => {
    expect(flaws(derivedText(example(name), 'latex'))).toEqual([]);
    expect(flaws(unrolledText(example(name), 2, 'latex'))).toEqual([]);
  });

  it('of random cells is well formed', () => {
    fc.assert(
      fc.property(randomCell, ({ text }) => {
        expect(flaws(derivedText(source(text), 'latex'))).toEqual([]);
        expect(flaws(unrolledText(source(text), 2, 'latex'))).toEqual([]);
      }),
      { numRuns: 40, seed: 30_002 },
    );
  });

  it('spells names as a paper does', () => {
    const tex = derivedText(
      source(`cell C(H) {
        input x: [H], y_hat: [H]
        param W_xh: [H, H] ~ glorot, alpha: [] = 1, rate: [] = 1, h0: [H] = 0, h_0: [H] = 0
        state h: [H] = h0
        h = tanh(alpha*x + rate*(W_xh @ h_prev) + y_hat*h_0)
        output h
      }`),
      'latex',
    );
    expect(tex).toContain(
      'z_t &= \\alpha \\, x_t + \\mathrm{rate} \\, \\tau_{1,t} + \\hat{y}_t \\odot \\mathrm{h\\_0}',
    );
    expect(tex).toContain('\\bar{\\alpha} &= \\sum_t \\bar{z}_t^\\top \\, x_t');
    expect(tex).toContain('h_0 &= \\mathrm{h0}');
  });

  it('puts iterations and entries below', () => {
    const tex = derivedText(
      source(`cell C(H) {
        input x: [H]
        state h: [H]
        s[0] = h_prev
        for l in 0..2 {
          t = tanh(s[l])*x
          s[l + 1] = s[l] + t
        }
        h = s[2]
      }`),
      'latex',
    );
    expect(tex).toContain('s_{1,t} &= h_{t-1} + t_{0,t}');
    expect(tex).toContain('s_{2,t} &= s_{1,t} + t_{1,t}');
  });
});
