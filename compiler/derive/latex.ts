import type { Dim } from '../cell/dim.ts';
import type { CallFormula, Formula } from './formula.ts';
import type { LatexSpelling } from './latexNames.ts';

/** How tightly a piece of LaTeX binds, loosest first. */
const binding = { if: 0, logic: 1, sum: 2, product: 3, matrix: 4, power: 5, atom: 6 } as const;

interface Written {
  readonly text: string;
  readonly binds: number;
}

const atom = (text: string): Written => ({ text, binds: binding.atom });

/** A formula in LaTeX's math mode. */
export function printMath(formula: Formula, spelling: LatexSpelling): string {
  return write(formula, spelling).text;
}

function write(formula: Formula, spelling: LatexSpelling): Written {
  const of = (part: Formula, least: number = binding.if): string => {
    const { text, binds } = write(part, spelling);
    return binds < least ? bracketed(text) : text;
  };
  switch (formula.kind) {
    case 'quantity':
      return atom(spelling.quantity(formula));
    case 'number':
      return atom(numberText(formula.value));
    case 'size':
      return sizeOf(formula.dim, spelling);
    case 'sum': {
      const [first, ...others] = formula.terms;
      const rest = others.map((term) =>
        term.kind === 'negative' ? ` - ${of(term.operand, binding.product)}` : ` + ${of(term, binding.sum)}`,
      );
      return { text: `${of(first!, binding.sum)}${rest.join('')}`, binds: binding.sum };
    }
    case 'product':
      return writeProduct(formula.factors, of);
    case 'quotient':
      return { text: `\\frac{${of(formula.above)}}{${of(formula.below)}}`, binds: binding.matrix };
    case 'negative':
      return { text: `-${of(formula.operand, binding.product)}`, binds: binding.sum };
    case 'power': {
      const { base } = formula;
      const exponent = of(formula.exponent);
      const text = of(base, base.kind === 'call' ? binding.power : binding.atom);
      return {
        text: `${braced(base, text)}^${exponent.length === 1 ? exponent : `{${exponent}}`}`,
        binds: binding.power,
      };
    }
    case 'infix': {
      const sign = signs[formula.operator];
      const least = binding.sum;
      const text = `${of(formula.left, least)} ${sign} ${of(formula.right, least)}`;
      return formula.operator === 'and' || formula.operator === 'or'
        ? { text, binds: binding.logic }
        : // As a number, a comparison is 1 or 0.
          atom(`\\left[ ${text} \\right]`);
    }
    case 'not':
      return { text: `\\lnot ${of(formula.operand, binding.atom)}`, binds: binding.power };
    case 'if': {
      const rows = `${of(formula.then)} & \\text{if } ${of(formula.condition)} \\\\ ${of(formula.otherwise)} & \\text{otherwise}`;
      return { text: `\\begin{cases} ${rows} \\end{cases}`, binds: binding.if };
    }
    case 'call':
      return writeCall(formula, of);
    case 'matrixProduct':
      return {
        text: `${of(formula.left, binding.matrix)} \\, ${of(formula.right, binding.power)}`,
        binds: binding.matrix,
      };
    case 'transpose':
      return transposed(formula.operand, of(formula.operand, binding.atom));
    case 'entry':
      return atom(`${of(formula.object, binding.atom)}[${of(formula.index)}]`);
    case 'part': {
      const end = (dim: Dim) => sizeOf(dim, spelling).text;
      return atom(`${of(formula.object, binding.atom)}[${end(formula.start)} : ${end(formula.end)}]`);
    }
    case 'stack':
      return atom(`\\begin{bmatrix} ${formula.parts.map((part) => of(part)).join(' \\\\ ')} \\end{bmatrix}`);
  }
}

type Of = (part: Formula, least?: number) => string;

/** Two arrays are joined by a dot in a circle; a scalar stands beside what it scales. */
function writeProduct(factors: readonly Formula[], of: Of): Written {
  const joined = factors.map((factor, i) => {
    const before = factors.slice(0, i);
    const isElementwise = factor.rank > 0 && before.some(({ rank }) => rank > 0);
    // Beside a number another number would read as its digits.
    const sign = isElementwise ? ' \\odot ' : factor.kind === 'number' ? ' \\cdot ' : ' \\, ';
    // A sum or `if` needs brackets; a matrix product beside its scalar does not.
    return `${i === 0 ? '' : sign}${of(factor, binding.matrix)}`;
  });
  return { text: joined.join(''), binds: binding.product };
}

const signs = {
  or: '\\lor',
  and: '\\land',
  '<': '<',
  '<=': '\\le',
  '>': '>',
  '>=': '\\ge',
  '==': '=',
} as const;

/** Functions with a command of their own. */
const commands: ReadonlyMap<string, string> = new Map([
  ['sigmoid', '\\sigma'],
  ...['tanh', 'exp', 'log', 'sin', 'cos', 'max', 'min'].map((name) => [name, `\\${name}`] as const),
]);

type CallWriter = (args: readonly Formula[], of: Of) => Written;

/** Functions that are not written as a name before brackets. */
const callWriters: ReadonlyMap<string, CallWriter> = new Map<string, CallWriter>([
  [
    'outer',
    ([a, b], of) => ({
      text: `${of(a!, binding.matrix)} \\, ${transposed(b!, of(b!, binding.atom)).text}`,
      binds: binding.matrix,
    }),
  ],
  [
    'dot',
    ([a, b], of) => ({
      text: `${transposed(a!, of(a!, binding.atom)).text} \\, ${of(b!, binding.matrix)}`,
      binds: binding.matrix,
    }),
  ],
  ['sqrt', ([x], of) => atom(`\\sqrt{${of(x!)}}`)],
  ['abs', ([x], of) => atom(`\\left| ${of(x!)} \\right|`)],
  [
    'norm',
    ([x, ...axis], of) =>
      axis.length === 0 ? atom(`\\left\\| ${of(x!)} \\right\\|`) : named('norm', [x!, ...axis], of),
  ],
  ['ones', (sizes, of) => atom(`\\mathbf{1}_{${sizes.map((size) => of(size)).join(' \\times ')}}`)],
]);

function writeCall({ fn, args }: CallFormula, of: Of): Written {
  const write = callWriters.get(fn);
  return write === undefined ? named(fn, args, of) : write(args, of);
}

function named(fn: string, args: readonly Formula[], of: Of): Written {
  const name = commands.get(fn) ?? `\\operatorname{${fn.replaceAll('_', '\\ ')}}`;
  return { text: `${name}${bracketed(args.map((arg) => of(arg)).join(', '))}`, binds: binding.power };
}

/** What has a superscript already is held together before it gets another. */
const braced = (formula: Formula, text: string): string =>
  (formula.kind === 'quantity' && text.includes('^')) ||
  formula.kind === 'transpose' ||
  formula.kind === 'power'
    ? `{${text}}`
    : text;

const transposed = (operand: Formula, text: string): Written => ({
  text: `${braced(operand, text)}^\\top`,
  binds: binding.power,
});

const isTall = (text: string): boolean => /\\frac|\\begin|\\left/.test(text);

const bracketed = (text: string): string => (isTall(text) ? `\\left( ${text} \\right)` : `(${text})`);

function numberText(value: number): string {
  if (value === Infinity) return '\\infty';
  const [digits, exponent] = String(value).split('e');
  return exponent === undefined ? digits! : `${digits} \\cdot 10^{${exponent.replace('+', '')}}`;
}

/** A size as a sum of products of names. */
function sizeOf(dim: Dim, spelling: LatexSpelling): Written {
  const ordered = [...dim.terms].sort(
    (a, b) => Number(a.factors.length === 0) - Number(b.factors.length === 0),
  );
  const text = ordered
    .map((term, i) => {
      const sign = term.numerator < 0 ? (i === 0 ? '-' : ' - ') : i === 0 ? '' : ' + ';
      return `${sign}${sizeTerm(term, spelling)}`;
    })
    .join('');
  return { text: text === '' ? '0' : text, binds: dim.terms.length > 1 ? binding.sum : binding.product };
}

function sizeTerm(
  { numerator, denominator, factors }: Dim['terms'][number],
  spelling: LatexSpelling,
): string {
  const powers = (sign: 1 | -1) =>
    factors.flatMap(([name, power]) => {
      if (power * sign <= 0) return [];
      return [Math.abs(power) === 1 ? spelling.size(name) : `${spelling.size(name)}^{${Math.abs(power)}}`];
    });
  const whole = Math.abs(numerator);
  const above = [...(whole === 1 ? [] : [String(whole)]), ...powers(1)].join(' ');
  const below = [...(denominator === 1 ? [] : [String(denominator)]), ...powers(-1)].join(' ');
  return below === '' ? above || '1' : `\\frac{${above || '1'}}{${below}}`;
}
