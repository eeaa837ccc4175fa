import { syntaxCatalog } from '../diagnostics/catalog/syntax.ts';
import type { Source, Span } from '../source/source.ts';
import type { ErrorList } from './errorList.ts';
import type { StatementRule } from './grammar.ts';
import { statementLike } from './statementLike.ts';
import { isClosing, isOpening, statementWords, type Token } from './token.ts';

/**
 * Mistakes that show in a statement's outline: what stands before its `=` or `:`. Each is one rule, the first that
 * applies is reported.
 *
 * @returns whether one was reported, so that parsing would only repeat it
 */
export function reportStructure(
  source: Source,
  tokens: readonly Token[],
  rule: StatementRule,
  errors: ErrorList,
): boolean {
  const outline = outlineOf(source, tokens);
  const rules = rule === 'Equation' ? equationRules : declarationRules;
  return rules.some((apply) => apply(outline, errors));
}

interface Outline {
  readonly source: Source;
  readonly tokens: readonly Token[];
  readonly first: Token;
  readonly second: Token | undefined;
  /** Positions outside of brackets of the first `=`, `:`, `==`; -1 for none. */
  readonly equals: number;
  readonly colon: number;
  readonly compared: number;
}

type Rule = (outline: Outline, errors: ErrorList) => boolean;

function outlineOf(source: Source, tokens: readonly Token[]): Outline {
  const firstAt = new Map<string, number>();
  let depth = 0;
  tokens.forEach((token, index) => {
    if (isOpening(token)) depth++;
    else if (isClosing(token)) depth--;
    else if (depth === 0 && token.kind === 'symbol' && !firstAt.has(token.text))
      firstAt.set(token.text, index);
  });
  return {
    source,
    tokens,
    first: tokens[0]!,
    second: tokens[1],
    equals: firstAt.get('=') ?? -1,
    colon: firstAt.get(':') ?? -1,
    compared: firstAt.get('==') ?? -1,
  };
}

const spanOf = ({ source }: Outline, first: Token, last: Token = first): Span => ({
  source,
  start: first.start,
  end: last.end,
});

const textOf = (tokens: readonly Token[]): string =>
  tokens
    .map((token, i) => (i > 0 && tokens[i - 1]!.end < token.start ? ` ${token.text}` : token.text))
    .join('');

const reservedBeforeEquals: Rule = (outline, errors) => {
  const { first, second } = outline;
  if (first.kind !== 'word' || second?.text !== '=') return false;
  const hint = asStatement(first.text, outline.tokens.slice(2));
  errors.add(syntaxCatalog.reservedWord, spanOf(outline, first), { word: first.text, hint });
  return true;
};

/** `loss = a` and `output = h` as the statements they are. */
function asStatement(word: string, value: readonly Token[]): string | undefined {
  if (value.length === 0 || (word !== 'loss' && word !== 'output')) return undefined;
  const isNameOnly = value.length === 1 && value[0]!.kind === 'name';
  const written = `${word === 'output' && !isNameOnly ? 'y = ' : ''}${short(textOf(value))}`;
  return `Write \`${word} ${written}\`: it is a statement, no equation.`;
}

const equationRules: readonly Rule[] = [
  reservedBeforeEquals,

  // `parm W: [H]`, `frozn param A: [N]`, `var x = 1`
  (outline, errors) => {
    const { first, second } = outline;
    if (first.kind !== 'name' || (second?.kind !== 'name' && second?.kind !== 'word')) return false;
    if (second.kind === 'word' && !statementWords.some((word) => word === second.text)) return false;
    const equation = outline.equals === 2 && second.kind === 'name';
    const hint = equation ? `An equation begins with its name: \`${second.text} = ...\`.` : undefined;
    const guess = statementLike(first.text);
    errors.add(syntaxCatalog.unknownStatement, spanOf(outline, first), {
      word: first.text,
      nearest: guess,
      hint,
    });
    return true;
  },

  // `x: [I]`
  (outline, errors) => {
    const { first, colon, equals, tokens } = outline;
    const onlyNames = tokens.slice(0, colon).every(({ kind, text }) => kind === 'name' || text === ',');
    if (colon < 1 || (equals >= 0 && equals < colon) || !onlyNames) return false;
    errors.add(syntaxCatalog.declarationWithoutWord, spanOf(outline, first), { name: first.text });
    return true;
  },

  // `y == tanh(x)`, `tanh(x)`
  (outline, errors) => {
    const { first, tokens, equals, compared } = outline;
    if (equals >= 0) return false;
    if (compared === 1 && first.kind === 'name') {
      errors.add(syntaxCatalog.doubleEquals, spanOf(outline, tokens[compared]!), { name: first.text });
      return true;
    }
    if (first.kind === 'word' || !/[\p{L}_0-9([]/u.test(first.text)) return false;
    const last = tokens.at(-1)!;
    if (last.text === ';') return false;
    errors.add(syntaxCatalog.missingEquals, spanOf(outline, first, last), { left: short(textOf(tokens)) });
    return true;
  },

  (outline, errors) => {
    const { tokens, equals } = outline;
    const left = tokens.slice(0, equals);
    if (left.length === 0 || isName(left) || isNameList(left) || isEntry(left)) return false;
    const span = spanOf(outline, left[0]!, left.at(-1)!);
    const [name, bracket] = left;
    if (name!.kind === 'name' && bracket?.text === '[' && left.some(({ text }) => text === ',')) {
      const indices = textOf(left.slice(2, -1));
      errors.add(syntaxCatalog.indexEquation, span, { name: name!.text, indices: short(indices) });
      return true;
    }
    const named = left.every(({ kind, text }) => kind === 'name' || text === ',');
    const hint =
      name!.kind === 'name' && bracket?.text === '['
        ? `One entry is defined at a time, by an index that touches the name: \`${name!.text}[0] = ...\`.`
        : name!.kind === 'name' && bracket?.text === '('
          ? `To define a function, write \`fn ${short(textOf(left))} = ...\`.`
          : named && left.length > 1
            ? `Several names stand in square brackets: \`[${textOf(left)}] = split(z, ${(left.length + 1) / 2})\`.`
            : undefined;
    errors.add(syntaxCatalog.leftSide, span, { hint });
    return true;
  },
];

const declarationRules: readonly Rule[] = [
  // `loss = ...`, but not `output = ...` alone: both are words, neither a name.
  reservedBeforeEquals,
];

const isName = (left: readonly Token[]): boolean => left.length === 1 && left[0]!.kind === 'name';

/** `s[l + 1]`: brackets that touch the name, closed by the last token. */
const isEntry = (left: readonly Token[]): boolean => {
  const [name, bracket] = left;
  if (name!.kind !== 'name' || bracket?.text !== '[' || bracket.start !== name!.end) return false;
  let depth = 0;
  return left.slice(1).every(({ text }, i) => {
    if (text === '[' || text === '(') depth++;
    else if (text === ']' || text === ')') depth--;
    const isLast = i === left.length - 2;
    return isLast ? depth === 0 : depth > 0 && !(depth === 1 && (text === ',' || text === ':'));
  });
};

const isNameList = (left: readonly Token[]): boolean =>
  left.length >= 3 &&
  left[0]!.text === '[' &&
  left.at(-1)!.text === ']' &&
  left.slice(1, -1).every(({ kind, text }, i) => (i % 2 === 0 ? kind === 'name' : text === ',')) &&
  left.length % 2 === 1;

const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);
