import { keptOf } from '../graph/lags.ts';
import type { Quantity } from './formula.ts';

/** How a quantity, and the name of a size, is spelled in LaTeX. */
export interface LatexSpelling {
  readonly quantity: (quantity: Quantity) => string;
  readonly size: (name: string) => string;
}

/** The letter of a name, with what stands below and above it. */
interface Letters {
  readonly base: string;
  readonly subscripts: readonly string[];
  /** Path of the inner cell. */
  readonly superscript: string;
  /** Whether a bar over it has to be wide. */
  readonly isWide: boolean;
}

const greek = new Set([
  ...[
    'alpha',
    'beta',
    'gamma',
    'delta',
    'epsilon',
    'zeta',
    'eta',
    'theta',
    'iota',
    'kappa',
    'lambda',
    'mu',
    'nu',
  ],
  ...['xi', 'pi', 'rho', 'sigma', 'tau', 'upsilon', 'phi', 'chi', 'psi', 'omega'],
  ...['Gamma', 'Delta', 'Theta', 'Lambda', 'Xi', 'Pi', 'Sigma', 'Upsilon', 'Phi', 'Psi', 'Omega'],
]);
const greekLetters = 'αβγδεζηθικλμνξ πρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ';
const letterNames = [...greek];
/** Greek letters themselves, in the order of their names; there is no omicron command. */
const letters: ReadonlyMap<string, string> = new Map(
  [...greekLetters.replace(' ', '')].map((letter, i) => [letter, letterNames[i]!]),
);
const accents: ReadonlyMap<string, string> = new Map([
  ['hat', '\\hat'],
  ['tilde', '\\tilde'],
]);

/**
 * Spells quantities: `W_xh` is W_{xh}, `h_prev` is h_{t-1}, `alpha` is \alpha, a cotangent has a bar, what comes back from
 * step t + 1 an arrow. Names that would look alike are written out upright instead.
 */
export function latexSpelling(quantities: readonly Quantity[]): LatexSpelling {
  const drawn = new Map<string, Letters>();
  const takenBy = new Map<string, string>();
  // The value before the first step looks like a name with a 0.
  for (const { name, role } of quantities) {
    if (role === 'start' || role === 'startCotangent')
      takenBy.set(shown(lettersOf(name, false), '0'), `${name} at 0`);
  }
  const draw = (name: string, isTemporary: boolean): Letters => {
    const known = drawn.get(name);
    if (known !== undefined) return known;
    const wanted = lettersOf(name, isTemporary);
    const holder = takenBy.get(shown(wanted));
    const letters =
      holder === undefined ? wanted : { ...wanted, base: upright(name), subscripts: [], isWide: true };
    takenBy.set(shown(letters), name);
    drawn.set(name, letters);
    return letters;
  };
  return {
    size: (name) => shown(draw(name, false)),
    quantity: ({ name, role, varies, temporary, at }) => {
      const lag = keptOf(name);
      const plain = draw(lag?.name ?? name, temporary);
      // What comes back to h by several lags has a name for each.
      const letters = lag && role !== 'previous' ? { ...plain, superscript: `(${lag.steps})` } : plain;
      const time = (back: number) => {
        if (!varies) return undefined;
        if (at !== undefined) return String(at - back);
        return back === 0 ? 't' : `t-${back}`;
      };
      const barred = { ...letters, base: `${letters.isWide ? '\\overline' : '\\bar'}{${letters.base}}` };
      const returning = { ...letters, base: `\\overleftarrow{${letters.base}}` };
      switch (role) {
        case 'value':
          return shown(letters, time(0));
        case 'previous':
          return shown(letters, time(1 + (lag?.steps ?? 0)));
        case 'start':
          return shown(letters, '0');
        case 'cotangent':
          return shown(barred, time(0));
        case 'previousCotangent':
          return shown(returning, time(1));
        case 'fromNext':
          return shown(returning, time(0));
        case 'fromHere':
          return `\\frac{\\partial L_{${time(0) ?? 't'}}}{\\partial ${shown(letters, time(0))}}`;
        case 'startCotangent':
          return shown(returning, '0');
      }
    },
  };
}

function shown({ base, subscripts, superscript }: Letters, time?: string): string {
  const below = [...subscripts, ...(time === undefined ? [] : [time])].join(',');
  const low = below === '' ? '' : below.length === 1 ? `_${below}` : `_{${below}}`;
  return `${base}${low}${superscript === '' ? '' : `^{${superscript}}`}`;
}

function lettersOf(name: string, isTemporary: boolean): Letters {
  // Iterations and entries stand below: `s.0` is s_0.
  const [path, ...numbers] = name.split(/\.(?=\d+(?:\.\d+)*$)/);
  if (numbers.length > 0) {
    const plain = lettersOf(path!, isTemporary);
    return { ...plain, subscripts: [...plain.subscripts, ...numbers] };
  }
  const end = name.lastIndexOf('.');
  const superscript = end < 0 ? '' : upright(name.slice(0, end));
  const own = name.slice(end + 1);
  if (name === 'loss') return { base: 'L', subscripts: [], superscript, isWide: false };
  const [, stem, digits] = /^(.*?)(\d*)$/u.exec(own.split('_')[0]!)!;
  const rest = own.split('_').slice(1);
  if (stem === '' || rest.includes('')) {
    return { base: upright(own), subscripts: [], superscript, isWide: true };
  }
  const accent = rest.length > 0 ? accents.get(rest[0]!) : undefined;
  const letter = isTemporary ? '\\tau' : letterOf(stem!);
  const isWord = letter.startsWith('\\mathrm') || letter.startsWith('\\text');
  if (isWord && accent === undefined) {
    return { base: upright(own), subscripts: [], superscript, isWide: true };
  }
  const below = accent === undefined ? rest : rest.slice(1);
  return {
    base: accent === undefined ? letter : `${accent}{${letter}}`,
    subscripts: [...(digits === '' ? [] : [digits!]), ...below.map(subscriptOf)],
    superscript,
    isWide: isWord,
  };
}

/** One letter in italics, Greek by its command, a word upright. */
function letterOf(word: string): string {
  const spelledOut = letters.get(word);
  if (greek.has(word)) return `\\${word}`;
  if (spelledOut !== undefined) return `\\${spelledOut}`;
  return /^[A-Za-z]$/.test(word) ? word : upright(word);
}

/** Short subscripts are several letters (W_{xh}), long ones a word. */
const subscriptOf = (word: string): string => (/^[A-Za-z0-9]{1,2}$/.test(word) ? word : letterOf(word));

/** Letters of other scripts have no place in math mode. */
function upright(text: string): string {
  const escaped = text.replaceAll('_', '\\_');
  return /^[A-Za-z0-9_.]*$/.test(text) ? `\\mathrm{${escaped}}` : `\\text{${escaped}}`;
}
