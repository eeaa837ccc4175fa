import { syntaxCatalog } from '../diagnostics/catalog/syntax.ts';
import type { CatalogEntry } from '../diagnostics/diagnostic.ts';
import type { Source, Span } from '../source/source.ts';
import type { ErrorList } from './errorList.ts';
import { placeAt, type Unit } from './fold.ts';
import type { StatementRule } from './grammar.ts';
import { beginsOperand, endsOperand, isWord, type Token } from './token.ts';

/** A statement that a rule could not read. */
export interface Failure {
  readonly source: Source;
  readonly tokens: readonly Token[];
  readonly unit: Unit;
  readonly rule: StatementRule;
  readonly errors: ErrorList;
}

/** Reports the most helpful thing there is to say about a unit that could not be read beyond `failedAt` of its text. */
export function reportMistake(failure: Failure, failedAt: number): void {
  const place = placeAt(failure.unit, failedAt);
  const at = place?.token ?? endOf(failure);
  const scene = new Scene(failure, at, place === undefined);
  for (const rule of rules) if (rule(scene)) return;
}

function endOf({ unit, tokens }: Failure): number {
  const last = unit.places.at(-1)!;
  const end = tokens.findIndex(({ start }) => start >= last.end);
  return end < 0 ? tokens.length : end;
}

/** The place of a failure, with its neighbours. */
class Scene {
  readonly tokens: readonly Token[];
  /** The token that could not be read; none at the end of the statement. */
  readonly token: Token | undefined;
  readonly before: Token | undefined;
  readonly after: Token | undefined;
  readonly rule: StatementRule;

  constructor(
    private readonly failure: Failure,
    readonly at: number,
    /** Whether the unit ended where more was needed. */
    readonly ended: boolean,
  ) {
    this.tokens = failure.tokens;
    this.token = this.tokens[at];
    this.before = this.tokens[at - 1];
    this.after = this.tokens[at + 1];
    this.rule = failure.unit.inner ? 'Equation' : failure.rule;
  }

  report = <P>(entry: CatalogEntry<P>, where: Token | undefined, parameters: P, until = where): true => {
    const first = where ?? this.tokens.at(-1)!;
    const span: Span = { source: this.failure.source, start: first.start, end: (until ?? first).end };
    this.failure.errors.add(entry, span, parameters);
    return true;
  };

  /** The nearest token before that satisfies the test, its own bracket not left. */
  back(test: (token: Token) => boolean): Token | undefined {
    let depth = 0;
    for (let i = this.at - 1; i >= 0; i--) {
      const token = this.tokens[i]!;
      if (token.text === ')' || token.text === ']') depth++;
      else if (token.text === '(' || token.text === '[') {
        if (depth === 0) return test(token) ? token : undefined;
        depth--;
      } else if (depth === 0 && test(token)) return token;
    }
    return undefined;
  }

  /** Whether an expression may stand here, rather than names and shapes of a declaration or a header. */
  get inExpression(): boolean {
    const { rule } = this;
    if (rule === 'Equation' || rule === 'Loss') return true;
    if (rule === 'Import') return false;
    if (rule === 'InnerCell') return this.bracket !== undefined;
    const opened = this.back(({ text }) => ['=', '~', '->', ',', ':'].includes(text));
    if (opened !== undefined && ['=', '~', '->'].includes(opened.text)) return true;
    return declares.has(rule) && this.bracket !== undefined;
  }

  /** The bracket that is open here. */
  get bracket(): Token | undefined {
    return this.back(({ text }) => text === '(' || text === '[');
  }
}

type Rule = (scene: Scene) => boolean;

const comparisons: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '==', '!=']);
const declares: ReadonlySet<StatementRule> = new Set(['Input', 'State', 'Parameter', 'Constant', 'Noise']);

const rules: readonly Rule[] = [
  // ---- noise: `noise m: [H]`, `noise m: [H] ~ bernoulli(0.9)`, `param W: [H, H] ~ bernoulli(0.9) per step` ----
  (scene) => {
    const { rule, token, before, bracket } = scene;
    if (bracket !== undefined || before === undefined) return false;
    const isDrawn = scene.back(({ text }) => text === '~') !== undefined;
    const inNoise = rule === 'Noise' && (isDrawn || before.text === ']') && endsOperand(before);
    if (!inNoise && !(token?.text === 'per' && rule !== 'Input' && declares.has(rule) && endsOperand(before)))
      return false;
    return scene.report(syntaxCatalog.noise, token ?? before, {
      ended: token === undefined || token.text === ',',
      isNoise: rule === 'Noise',
    });
  },

  // ---- declarations: `input x [I]`, `input x`, `input x: I` ----
  (scene) => {
    const { token, before, tokens, at } = scene;
    if (!declares.has(scene.rule) || before?.kind !== 'name' || token?.text === ',') return false;
    const start = tokens.slice(0, at).findLastIndex(({ kind, text }) => kind !== 'name' && text !== ',') + 1;
    const head = tokens[start - 1]!;
    if (head.kind !== 'word' && !endsOperand(head)) return false;
    const names = tokens
      .slice(start, at)
      .map(({ text }) => text)
      .join(' ')
      .replaceAll(' ,', ',');
    const given = token?.text === '[' ? shapeText(tokens.slice(at)) : '[H]';
    return scene.report(syntaxCatalog.missingColon, token ?? before, { names, given });
  },
  (scene) =>
    declares.has(scene.rule) &&
    scene.before?.text === ':' &&
    scene.bracket === undefined &&
    scene.report(syntaxCatalog.missingShape, scene.token ?? scene.before, { found: scene.token?.text ?? '' }),

  (scene) =>
    declares.has(scene.rule) &&
    scene.bracket === undefined &&
    !scene.inExpression &&
    scene.before?.text === ']' &&
    scene.token?.kind !== 'word'
      ? scene.report(syntaxCatalog.unexpected, scene.token ?? scene.before, {
          found: scene.token?.text ?? '',
          expected: '`=`, `~`, `,` or the end of the statement',
        })
      : false,

  // `for l in range(L)`, `for l = 0..L`
  (scene) =>
    scene.rule === 'ForHeader' &&
    scene.report(syntaxCatalog.loopHeader, scene.tokens[0], {}, scene.tokens.at(-1)),

  // ---- the end of the statement ----
  (scene) =>
    scene.token?.text === ';' && scene.bracket === undefined && scene.rule !== 'CellHeader'
      ? scene.report(syntaxCatalog.semicolon, scene.token, {})
      : false,
  ({ rule, token, before, tokens, at, bracket, report }) => {
    if (rule !== 'Equation' || token?.text !== ',' || before === undefined || bracket !== undefined)
      return false;
    return (
      tokens[at + 2]?.text === '=' &&
      report(syntaxCatalog.twoStatements, tokens[at + 1], { name: tokens[at + 1]!.text })
    );
  },

  // ---- words ----
  (scene) => {
    const { token } = scene;
    const opened = scene.back(({ text }) => text === 'if' || text === 'then' || text === 'else');
    if (opened === undefined || opened.text === 'else') return false;
    if (token !== undefined && beginsOperand(token) && (opened.text === 'then' || token.text === '['))
      return false;
    if (
      !scene.before ||
      !endsOperand(scene.before) ||
      comparisons.has(token?.text ?? '') ||
      token?.text === '='
    )
      return false;
    const missing = opened.text === 'if' ? 'then' : 'else';
    const start = opened.text === 'if' ? opened : scene.back(({ text }) => text === 'if');
    return scene.report(syntaxCatalog.incompleteIf, start ?? opened, { missing });
  },
  (scene) => {
    const { token, before } = scene;
    if (token?.kind !== 'word' || before === undefined || endsOperand(before)) return false;
    if (token.text === 'if' || token.text === 'not')
      return before.text === '=' || before.kind === 'word'
        ? false
        : scene.report(syntaxCatalog.wordAsOperand, token, { word: token.text });
    return ['then', 'else', 'and', 'or'].includes(token.text)
      ? false
      : scene.report(syntaxCatalog.reservedWord, token, { word: token.text });
  },
  (scene) =>
    scene.token?.kind === 'word' && isWord(scene.token.text) && scene.before?.text === '.'
      ? scene.report(syntaxCatalog.reservedWord, scene.token, { word: scene.token.text })
      : false,

  // ---- operators ----
  (scene) => {
    const { token } = scene;
    if (token === undefined || !comparisons.has(token.text)) return false;
    const first = scene.back(({ text }) => comparisons.has(text));
    return first === undefined
      ? false
      : scene.report(syntaxCatalog.chainedComparison, token, { first: first.text, second: token.text });
  },
  // `fn k(u) = round(u) with derivative`, and an equation on the next line.
  (scene) => {
    const { rule, token, before, tokens, at } = scene;
    const word = tokens[at - 2];
    if (rule !== 'Function' || token?.text !== '=' || word?.text !== 'derivative' || !before?.newlines)
      return false;
    return scene.report(syntaxCatalog.unfinished, word, { last: word.text, expected: derivativeFormula });
  },
  (scene) =>
    scene.token?.text === '=' && scene.inExpression && scene.before !== undefined && endsOperand(scene.before)
      ? scene.report(syntaxCatalog.singleEquals, scene.token, {})
      : false,
  (scene) => (scene.token?.text === '->' ? scene.report(syntaxCatalog.arrow, scene.token, {}) : false),
  (scene) =>
    scene.token?.kind === 'string' && scene.rule !== 'Import'
      ? scene.report(syntaxCatalog.textInEquation, scene.token, {})
      : false,

  // ---- inside brackets ----
  (scene) => {
    const { token, before } = scene;
    const open = token?.text === ':' && before?.text === '[';
    const end = before?.text === ':' && token?.text === ']';
    return (open || end) && scene.rule === 'Equation'
      ? scene.report(syntaxCatalog.openSlice, open ? token : before, {})
      : false;
  },
  (scene) => {
    const { token, tokens, bracket } = scene;
    if (token?.text !== ',' || bracket === undefined) return false;
    if (bracket.text === '(')
      return tokens.some(({ text }) => text === '->') && scene.report(syntaxCatalog.arrow, bracket, {});
    const indexed = tokens[tokens.indexOf(bracket) - 1];
    if (indexed === undefined || !endsOperand(indexed) || indexed.end !== bracket.start) return false;
    return scene.report(syntaxCatalog.indexList, token, {
      name: indexed.kind === 'name' ? indexed.text : 'W',
    });
  },

  // ---- two operands side by side ----
  (scene) => {
    const { token, before, after } = scene;
    if (token === undefined || before === undefined || !endsOperand(before)) return false;
    if (token.kind === 'name' && token.newlines === 0 && after?.text === '=' && scene.bracket === undefined)
      return scene.report(syntaxCatalog.twoStatements, token, { name: token.text });
    if (
      token.kind === 'word' &&
      !['then', 'else', 'if', 'not'].includes(token.text) &&
      scene.bracket === undefined
    )
      return scene.report(syntaxCatalog.twoStatements, token, { name: token.text });
    if (before.text === 'lambda') return scene.report(syntaxCatalog.arrow, before, {}, token);
    if (!beginsOperand(token) || !scene.inExpression) return false;
    const bracketed = token.text === '(' || token.text === '[';
    if (bracketed && before.kind === 'name' && before.end < token.start) {
      const spaced = token.text === '(' ? `${before.text}(x)` : `${before.text}[0]`;
      return scene.report(
        syntaxCatalog.spaceBeforeBracket,
        before,
        { name: before.text, bracket: token.text, spaced },
        token,
      );
    }
    if (token.text === 'with') return false;
    const [library, dot] = [scene.tokens[scene.at - 3], scene.tokens[scene.at - 2]];
    if (token.text === '(' && dot?.text === '.' && before.kind === 'name' && library?.kind === 'name')
      return scene.report(syntaxCatalog.unexpected, dot, {
        found: '.',
        expected: `the name of a function alone`,
        hint: `Functions belong to no library: write \`${before.text}(...)\`.`,
      });
    const left = before.kind === 'name' || before.kind === 'number' ? before.text : 'a';
    const right = bracketed ? 'b' : token.text;
    return scene.report(syntaxCatalog.missingOperator, before, { left, right }, token);
  },

  // ---- whatever else ----
  (scene) => {
    const { token, before } = scene;
    if (token === undefined && before !== undefined)
      return scene.report(syntaxCatalog.unfinished, before, {
        last: before.text,
        expected: expectedAfter(scene),
      });
    const { text } = token ?? scene.tokens.at(-1)!;
    const hint = memberOutput(scene) ?? hints.find(({ applies }) => applies(scene))?.hint;
    return scene.report(syntaxCatalog.unexpected, token, {
      found: text,
      expected: expectedAfter(scene),
      hint,
    });
  },
];

/** `output n.h` */
function memberOutput({ rule, token, before, after }: Scene): string | undefined {
  if (rule !== 'Output' || token?.text !== '.' || before?.kind !== 'name' || after?.kind !== 'name')
    return undefined;
  return `An output has a name of its own: \`output y = ${before.text}.${after.text}\`.`;
}

/** What helps where the mistake has no name of its own. */
const hints: readonly { readonly applies: (scene: Scene) => boolean; readonly hint: string }[] = [
  {
    applies: ({ token, before }) => token?.text === '+' && (before === undefined || !endsOperand(before)),
    hint: 'There is no plus sign before an operand: leave it out.',
  },
  {
    applies: ({ token, bracket }) => bracket?.text === '[' && (token?.text === ';' || token?.text === ','),
    hint: 'The parts of a stack stand between semicolons, `[a; b]`; the sizes of a `split` between commas.',
  },
  {
    applies: ({ token, bracket }) => bracket?.text === '(' && token?.text === ',',
    hint: 'Brackets hold one expression; `[a; b]` stacks several.',
  },
  {
    applies: ({ token, before }) => token?.text === 'if' && before !== undefined && endsOperand(before),
    hint: 'Write `if c then a else b`.',
  },
  {
    applies: ({ token, before }) => token?.text === '.' && before !== undefined && before.end < token.start,
    hint: 'A member touches what it belongs to: `W.T`.',
  },
  {
    applies: ({ rule, token }) => rule === 'InnerCell' && token?.text === ',',
    hint: 'Every cell is declared on a line of its own.',
  },
  {
    applies: ({ token }) => token?.text === 'with',
    hint: 'A derivative of its own belongs to a function: `fn spike(u) = u > 0 with derivative 1/(1 + u^2)`.',
  },
];

/** What could have stood after the last token that was read. */
function expectedAfter({ before, rule, tokens, at, bracket }: Scene): string {
  if (before === undefined) return 'a name';
  const word = afterWord.get(before.text);
  if (word !== undefined && (before.kind === 'word' || rule === 'Import')) return word;
  if (rule === 'Import') return '`import { Name } from "./file.rnn"`';
  if (rule === 'InnerCell') return '`cell name: Cell(I, H)`';
  if (rule === 'CellHeader') return at <= 2 ? '`cell Name(I, H)`' : 'a size, or `name = value`';
  if (rule === 'Function' && !tokens.slice(0, at).some(({ text }) => text === '='))
    return '`fn name(x) = ...`';
  if (before.text === '.') return 'a name';
  if (rule === 'Function' && before.text === 'derivative' && tokens[at - 2]?.text === 'with')
    return derivativeFormula;
  if (!endsOperand(before)) return 'an expression';
  if (bracket !== undefined) return `an operator or ${bracket.text === '(' ? '`)`' : '`]`'}`;
  return 'an operator, or the end of the statement';
}

const derivativeFormula = 'a formula for each argument, such as `with derivative 1`,';

const afterWord: ReadonlyMap<string, string> = new Map([
  ['input', 'a name'],
  ['target', 'a name'],
  ['state', 'a name'],
  ['param', 'a name'],
  ['const', 'a name'],
  ['noise', 'a name'],
  ['output', 'a name'],
  ['frozen', '`param`'],
]);

/** A shape that begins at the first token, as written; `[H]` where it has no end. */
function shapeText(tokens: readonly Token[]): string {
  const end = tokens.findIndex(({ text }) => text === ']');
  return end < 0
    ? '[H]'
    : tokens
        .slice(0, end + 1)
        .map(({ text }) => text)
        .join('')
        .replaceAll(',', ', ');
}
