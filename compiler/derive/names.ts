import { previousName } from '../graph/lags.ts';
import type { Quantity } from './formula.ts';

/** How a quantity is spelled in text. */
export type Spelling = (quantity: Quantity) => string;

const markers = ['bar', 'adj', 'cot', 'grad'];

/**
 * Spells quantities: `h`, `h_prev`, `h_bar`, `h_prev_bar`, `h_bar_next`, `h_bar_out`. Where a user's own name would be
 * mistaken for one of these, all of ours take another ending.
 *
 * @param quantities  all that will be spelled
 * @param taken  the user's names
 */
export function spellingFor(quantities: readonly Quantity[], taken: ReadonlySet<string>): Spelling {
  const distinct = [...new Map(quantities.map((q) => [JSON.stringify(q), q])).values()];
  for (let i = 0; ; i++) {
    const suffix = i === 0 ? '' : String(i + 1);
    for (const marker of markers) {
      const spell = spellWith(`_${marker}${suffix}`, '_'.repeat(i + 1));
      const ours = distinct.filter((q) => q.at !== undefined || !taken.has(spell(q)) || isGiven(q) === false);
      const texts = ours.map(spell);
      const collides = ours.some((q) => !isGiven(q) && taken.has(spell(q)));
      if (!collides && new Set(texts).size === texts.length) return spell;
    }
  }
}

/** Whether the spelling is the user's own: a name as it stands. */
const isGiven = (q: Quantity): boolean =>
  q.at === undefined && !q.temporary && (q.role === 'value' || q.role === 'previous');

function spellWith(bar: string, underscores: string): Spelling {
  return ({ name, role, varies, at }) => {
    const step = (back: number) => (at === undefined || !varies ? '' : `${underscores}${at - back}`);
    switch (role) {
      case 'value':
        return `${name}${step(0)}`;
      case 'previous':
        return at === undefined ? previousName(name) : `${name}${step(1)}`;
      case 'start':
        return at === undefined ? `${name}_start` : `${name}${underscores}0`;
      case 'cotangent':
        return `${name}${step(0)}${bar}`;
      case 'previousCotangent':
        return at === undefined ? `${previousName(name)}${bar}` : `${name}${step(1)}${bar}_next`;
      case 'fromNext':
        return `${name}${step(0)}${bar}_next`;
      case 'fromHere':
        return `${name}${step(0)}${bar}_out`;
      case 'startCotangent':
        return at === undefined ? `${name}_start${bar}` : `${name}${underscores}0${bar}_next`;
    }
  };
}
