/** Words that begin a statement; none can be a name. */
export const statementWords = [
  'import',
  'fn',
  'cell',
  'input',
  'target',
  'state',
  'param',
  'frozen',
  'const',
  'output',
  'loss',
  'network',
  'for',
  'noise',
] as const;

export type StatementWord = (typeof statementWords)[number];

/** Words inside expressions; none can be a name. */
export const expressionWords = ['if', 'then', 'else', 'or', 'and', 'not'] as const;

/**
 * `problem`: text that is no part of the language; the scanner has reported it, and a statement that holds one is not
 * parsed.
 */
export type TokenKind = 'name' | 'word' | 'number' | 'string' | 'symbol' | 'comment' | 'problem';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offsets in the source, end excluded. */
  readonly start: number;
  readonly end: number;
  /** Line ends between the token before and this one. */
  readonly newlines: number;
}

const words: ReadonlySet<string> = new Set<string>([...statementWords, ...expressionWords]);

export const isWord = (text: string): boolean => words.has(text);

const statements: ReadonlySet<string> = new Set<string>(statementWords);

export const beginsStatement = (token: Token): boolean => token.kind === 'word' && statements.has(token.text);

const binary: ReadonlySet<string> = new Set(
  '+ - * / @ ^ < <= > >= == != = ~ -> : , . or and then else'.split(' '),
);
const opening: ReadonlySet<string> = new Set(['(', '[', '{']);

/** Whether a statement goes on in the next line after it: operators, `if`, `not`, `,` and the like. */
export const awaitsMore = (token: Token): boolean =>
  (token.kind === 'symbol' || token.kind === 'word') &&
  (binary.has(token.text) || token.text === 'if' || token.text === 'not');

/** Whether a line that begins with it goes on with the line before. */
export const continuesLine = (token: Token): boolean =>
  (token.kind === 'symbol' || token.kind === 'word') && binary.has(token.text);

export const isOpening = (token: Token): boolean => token.kind === 'symbol' && opening.has(token.text);

export const closerOf: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);

const closing: ReadonlySet<string> = new Set(closerOf.values());

export const isClosing = (token: Token): boolean => token.kind === 'symbol' && closing.has(token.text);

/** Whether an operand ends with it, so that another operand cannot follow. */
export const endsOperand = (token: Token): boolean =>
  token.kind === 'name' || token.kind === 'number' || token.text === ')' || token.text === ']';

/** Whether an operand can begin with it (a minus sign apart). */
export const beginsOperand = (token: Token): boolean =>
  token.kind === 'name' || token.kind === 'number' || token.text === '(' || token.text === '[';
