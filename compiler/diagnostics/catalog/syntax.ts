import { didYouMean, entry, hinted, inCell } from './entry.ts';

/** A piece of the user's text, shortened where it would drown the message. */
const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

const quoted = (text: string): string => `\`${shown(text)}\``;

/** RNN1xx: text that does not read as the language. */
export const syntaxCatalog = {
  unexpected: entry<{ found: string; expected: string; hint?: string | undefined }>(
    'RNN101',
    'Something that cannot stand where it stands; the message says what could.',
    inCell('input x: [I]', 'y = (x * / 2)', 'output y'),
    ({ found, expected, hint }) => ({
      message: `Unexpected ${quoted(found)}`,
      label: `expected ${expected}`,
      ...hinted(hint),
    }),
  ),
  unfinished: entry<{ last: string; expected: string; hint?: string | undefined }>(
    'RNN102',
    'A statement that ends too early.',
    inCell('input x: [I]', 'y = tanh(x) +', 'output y'),
    ({ last, expected, hint }) => ({
      message: `The statement ends after ${quoted(last)}`,
      label: `expected ${expected} after this`,
      ...hinted(hint),
    }),
  ),
  foreignSymbol: entry<{ text: string; hint?: string | undefined }>(
    'RNN103',
    'A character or an operator that the language does not have.',
    inCell('input x: [I]', 'y = x ** 2', 'output y'),
    ({ text, hint }) => ({ message: `${quoted(text)} has no meaning here`, ...hinted(hint) }),
  ),
  foreignComment: entry<{ text: string }>(
    'RNN104',
    'A comment in the manner of another language.',
    inCell('input x: [I]  // one step', 'output x'),
    ({ text }) => ({
      message: `${quoted(text)} does not begin a comment`,
      hint: 'Comments begin with `#` and go to the end of the line. For whole division write `floor(a/b)`.',
    }),
  ),
  semicolon: entry<Record<string, never>>(
    'RNN105',
    'A semicolon at the end of a statement.',
    inCell('input x: [I]', 'y = tanh(x);', 'output y'),
    () => ({
      message: 'No semicolon ends a statement',
      hint: 'It ends with its line: remove the `;`, and write what follows on a line of its own.',
    }),
  ),
  twoStatements: entry<{ name: string }>(
    'RNN106',
    'Two statements on one line.',
    inCell('input x: [I]', 'y = tanh(x) z = 2*y', 'output z'),
    ({ name }) => ({
      message: `A second statement begins at ${quoted(name)}`,
      hint: 'Write each statement on a line of its own.',
    }),
  ),
  unclosedBracket: entry<{ bracket: string; closer: string }>(
    'RNN107',
    'A bracket that is never closed.',
    inCell('input x: [I]', 'y = tanh(x', 'output y'),
    ({ bracket, closer }) => ({
      message: `This ${quoted(bracket)} is never closed`,
      label: `needs a ${quoted(closer)}`,
    }),
  ),
  strayBracket: entry<{ bracket: string }>(
    'RNN108',
    'A closing bracket without an opening one.',
    inCell('input x: [I]', 'y = tanh(x))', 'output y'),
    ({ bracket }) => ({ message: `Nothing is open that this ${quoted(bracket)} could close` }),
  ),
  mismatchedBracket: entry<{ bracket: string; closer: string; found: string }>(
    'RNN109',
    'A bracket closed by one of another kind.',
    inCell('input x: [I]', 'y = tanh(x]', 'output y'),
    ({ bracket, closer, found }) => ({
      message: `${quoted(found)} cannot close ${quoted(bracket)}`,
      label: `expected ${quoted(closer)}`,
    }),
  ),
  braceInExpression: entry<Record<string, never>>(
    'RNN110',
    'A brace where only round and square brackets stand.',
    inCell('state h: [H]', 'h = tanh(h_{t-1})'),
    () => ({
      message: 'Braces enclose the body of a cell, and nothing in an equation',
      hint: 'Group with `( )`, stack with `[a; b]`; the value one step back is called `h_prev`.',
    }),
  ),
  outsideCell: entry<{ text: string }>(
    'RNN111',
    'A statement that does not stand in a cell.',
    'input x: [I]\n',
    ({ text }) => ({
      message: `${quoted(text)} stands outside of a cell`,
      hint: 'A file holds `import`, `fn` and `cell Name(I, H) { ... }`; all else stands between the braces of a cell.',
    }),
  ),
  unknownStatement: entry<{ word: string; nearest?: string | undefined; hint?: string | undefined }>(
    'RNN112',
    'A statement that begins with an unknown word.',
    inCell('parm W: [H, I]', 'output W'),
    ({ word, nearest, hint }) => ({
      message: `No statement begins with ${quoted(word)}`,
      ...(hint === undefined ? didYouMean(nearest) : hinted(hint)),
    }),
  ),
  declarationWithoutWord: entry<{ name: string }>(
    'RNN113',
    'A declaration that does not say what it declares.',
    inCell('x: [I]', 'output x'),
    ({ name }) => ({
      message: `What is ${quoted(name)}?`,
      hint: `Begin the line with \`input\`, \`state\`, \`param\` or \`const\`.`,
    }),
  ),
  missingColon: entry<{ names: string; given: string }>(
    'RNN114',
    'A declaration without a colon and a shape.',
    inCell('input x [I]', 'output x'),
    ({ names, given }) => ({
      message: `The declaration of ${quoted(names)} needs a colon and a shape`,
      label: 'expected `:` before this',
      hint: `Write \`${shown(names)}: ${shown(given)}\`; a scalar has the shape \`[]\`.`,
    }),
  ),
  missingShape: entry<{ found: string }>(
    'RNN115',
    'A declaration whose shape does not stand in square brackets.',
    inCell('input x: I', 'output x'),
    ({ found }) => ({
      message: 'A shape stands in square brackets',
      label: 'expected a shape',
      hint: /^[\p{L}_0-9]+$/u.test(found)
        ? `Write \`[${shown(found)}]\`; a scalar has the shape \`[]\`, a class \`index(V)\`.`
        : 'Write `[H]` for a vector, `[H, I]` for a matrix, `[]` for a scalar, `index(V)` for a class.',
    }),
  ),
  noise: entry<{ ended: boolean; isNoise: boolean }>(
    'RNN175',
    'Noise that does not say how it is drawn or how often.',
    inCell('input x: [H]', 'noise m: [H] ~ bernoulli(0.9)', 'output y = m*x'),
    ({ ended, isNoise }) => ({
      message: isNoise ? 'Noise says how it is drawn, and how often' : '`per` belongs to noise',
      label: ended ? 'expected more after this' : 'cannot be read',
      hint: 'Write `noise m: [H] ~ bernoulli(0.9) per step`; `normal(0, 1)` or `uniform(0, 1)` also draw, `per sequence` or `per update` less often.',
    }),
  ),
  missingEquals: entry<{ left: string }>(
    'RNN116',
    'A line that is neither a declaration nor an equation.',
    inCell('input x: [I]', 'tanh(x)', 'output x'),
    ({ left }) => ({
      message: 'This is not an equation: it has no `=`',
      hint: `Name the value, \`y = ${shown(left)}\`, or remove the line.`,
    }),
  ),
  doubleEquals: entry<{ name: string }>(
    'RNN117',
    'An equation written with `==`, or a comparison with `=`.',
    inCell('input x: [I]', 'y == tanh(x)', 'output y'),
    ({ name }) => ({
      message: '`==` compares; an equation has one `=`',
      hint: `Write \`${shown(name)} = ...\`.`,
    }),
  ),
  singleEquals: entry<Record<string, never>>(
    'RNN118',
    'A single `=` inside an expression.',
    inCell('input x: []', 'y = if x = 0 then 1 else 2', 'output y'),
    () => ({
      message: '`=` cannot stand inside an expression',
      hint: 'Compare with `==`. An equation defines one name, so `a = b = c` is two equations.',
    }),
  ),
  indexEquation: entry<{ name: string; indices: string }>(
    'RNN119',
    'An equation by several indices, `S[i, j] = ...`, or by time, `h[t] = ...`; equations are about whole arrays or their first axis.',
    inCell('input x: [I]', 'S[i, j] = x[i]*x[j]', 'output S'),
    ({ name, indices }) => ({
      message: `${quoted(`${name}[${indices}]`)} cannot be defined entry by entry`,
      label: 'an equation defines a whole array, or one entry along its first axis',
      hint: /^t\b/.test(indices)
        ? `Write \`${shown(name)} = ...\` for the value at this step; the one before is \`${shown(name)}_prev\`.`
        : `Write \`${shown(name)} = ...\` with \`outer(a, b)\`, \`row(v)\`, \`col(v)\` or \`@\`.`,
    }),
  ),
  leftSide: entry<{ hint?: string | undefined }>(
    'RNN120',
    'An equation whose left side is not a name.',
    inCell('input x: [I]', '2*y = x', 'output x'),
    ({ hint }) => ({
      message: 'The left side of an equation is one name',
      ...hinted(hint ?? 'Solve the equation for one name: `y = x/2`.'),
    }),
  ),
  chainedComparison: entry<{ first: string; second: string }>(
    'RNN121',
    'Comparisons in a chain.',
    inCell('input x: [I]', 'y = if 0 < x < 1 then x else 0', 'output y'),
    ({ first, second }) => ({
      message: 'Comparisons cannot be chained',
      label: 'a second comparison',
      hint: `Join two comparisons with \`and\`: \`a ${first} b and b ${second} c\`.`,
    }),
  ),
  missingOperator: entry<{ left: string; right: string }>(
    'RNN122',
    'Two operands without an operator between them.',
    inCell('input x: [I]', 'y = 2x', 'output y'),
    ({ left, right }) => ({
      message: 'An operator is missing',
      hint: /^[0-9]/.test(left)
        ? `Write \`${shown(left)}*${shown(right)}\` for the product.`
        : `Write \`${shown(left)}*${shown(right)}\` for the elementwise product, \`${shown(left)} @ ${shown(right)}\` for the matrix product.`,
    }),
  ),
  spaceBeforeBracket: entry<{ name: string; bracket: string; spaced: string }>(
    'RNN123',
    'A space before an argument list or an index.',
    inCell('input x: [I]', 'y = tanh (x)', 'output y'),
    ({ name, bracket, spaced }) => ({
      message: `A space stands between ${quoted(name)} and ${quoted(bracket)}`,
      hint: `An argument list or an index touches its name, \`${shown(spaced)}\`; a product needs \`*\` or \`@\`.`,
    }),
  ),
  incompleteIf: entry<{ missing: 'then' | 'else' }>(
    'RNN124',
    'An `if` without `then` or without `else`.',
    inCell('input x: [I]', 'y = if x > 0 then x', 'output y'),
    ({ missing }) => ({
      message: `This \`if\` has no \`${missing}\``,
      hint: 'Write `if c then a else b`: an equation has a value in both cases.',
    }),
  ),
  wordAsOperand: entry<{ word: string }>(
    'RNN125',
    '`if` or `not` as an operand without brackets.',
    inCell('input x: [I]', 'y = 1 + if x > 0 then x else 0', 'output y'),
    ({ word }) => ({
      message: `\`${shown(word)}\` needs brackets when it is an operand`,
      hint: word === 'if' ? 'Write `(if c then a else b)`.' : 'Write `(not a)`.',
    }),
  ),
  reservedWord: entry<{ word: string; hint?: string | undefined }>(
    'RNN126',
    'A word of the language used as a name.',
    inCell('input x: [I]', 'y = x + state', 'output y'),
    ({ word, hint }) => ({
      message: `\`${shown(word)}\` is a word of the language and cannot be a name`,
      hint: hint ?? `Choose another name, such as \`${shown(word)}_value\`.`,
    }),
  ),
  malformedNumber: entry<{ text: string }>(
    'RNN127',
    'A number that is not written as the language writes numbers.',
    inCell('input x: [I]', 'y = .5*x', 'output y'),
    ({ text }) => ({
      message: `${quoted(text)} is not a number`,
      hint: 'Write digits, a fraction and an exponent: `1`, `0.5`, `1e-5`.',
    }),
  ),
  numberTooLarge: entry<{ text: string }>(
    'RNN128',
    'A number too large for a double.',
    inCell('input x: [I]', 'y = 1e400*x', 'output y'),
    ({ text }) => ({ message: `${quoted(text)} is too large`, hint: 'The largest number is about 1.8e308.' }),
  ),
  badText: entry<{ single: boolean }>(
    'RNN129',
    'A text that is not closed on its line, or stands between single quotes.',
    `import { LSTM } from './lstm.rnn'\n`,
    ({ single }) => ({
      message: single ? 'Texts stand between double quotes' : 'This text is not closed',
      hint: single ? 'Write `"` in place of `\'`.' : 'Close it with `"` on the same line.',
    }),
  ),
  textInEquation: entry<Record<string, never>>(
    'RNN130',
    'A text outside of an import.',
    inCell('input x: [I]', 'y = "x"', 'output y'),
    () => ({ message: 'A text stands in `import ... from "..."` only' }),
  ),
  openSlice: entry<Record<string, never>>(
    'RNN131',
    'A slice without start or end.',
    inCell('input x: [2*I]', 'y = x[I:]', 'output y'),
    () => ({
      message: 'A slice needs both ends',
      hint: 'Write `z[0:H]` for the first H entries, `z[H:2*H]` for the next; the end is excluded.',
    }),
  ),
  indexList: entry<{ name: string }>(
    'RNN132',
    'An index with several parts.',
    inCell('input x: [I]', 'param W: [H, I] = 0', 'y = W[0, 1]*x', 'output y'),
    ({ name }) => ({
      message: 'An index has one part, along the first axis',
      hint: `Index one axis after the other: \`${shown(name)}[i][j]\`.`,
    }),
  ),
  transposed: entry<{ object: string }>(
    'RNN133',
    'A transpose written as a power.',
    inCell('state h: [H]', 'param W: [H, H] = 0', 'h = W^T @ h_prev'),
    ({ object }) => ({
      message: '`^T` is a power, and nothing is called `T`',
      hint: `Write \`${shown(object)}.T\` for the transpose.`,
    }),
  ),
  timeIndex: entry<{ name: string; write: string }>(
    'RNN134',
    'A value at another step written as an index of time.',
    inCell('state h: [H]', 'h = tanh(h[t-1])'),
    ({ name, write }) => ({
      message: `Equations have no time index: \`${shown(name)}\` is the value at this step`,
      hint: `Write \`${shown(write)}\`.`,
    }),
  ),
  tooDeep: entry<{ limit: number }>(
    'RNN135',
    'An expression nested too deeply: brackets, or a very long chain of operators.',
    inCell('input x: [I]', `y = ${'-'.repeat(1200)}x`, 'output y'),
    ({ limit }) => ({
      message: `This expression is nested more than ${limit} levels deep`,
      hint: 'Give parts of it names in equations of their own.',
    }),
  ),
  tooLong: entry<{ limit: number }>(
    'RNN136',
    'A statement of extreme length.',
    inCell('input x: [I]', `y = [${'0; '.repeat(26_000)}0]`, 'output y'),
    ({ limit }) => ({
      message: `This statement is longer than ${limit} characters`,
      hint: 'Give parts of it names in equations of their own.',
    }),
  ),
  notYet: entry<{ what: string }>(
    'RNN137',
    'A part of the language that this version does not have yet.',
    'network Tagger(I, H) {\n  input x: [I] over T\n}\n',
    ({ what }) => ({ message: `${what} is not in the language yet` }),
  ),
  misplaced: entry<{ word: string; where: string }>(
    'RNN138',
    'A statement in the wrong place.',
    inCell('import { LSTM } from "./lstm.rnn"', 'input x: [I]', 'output x'),
    ({ word, where }) => ({ message: `${quoted(word)} cannot stand here`, hint: `It stands ${where}.` }),
  ),
  cellWithoutBody: entry<{ name: string }>(
    'RNN139',
    'A cell without a body.',
    'cell Example(I, H)\n',
    ({ name }) => ({
      message: `The cell ${name} has no body`,
      label: 'expected `{` after this',
      hint: `Write its statements between braces: \`cell ${shown(name)}(...) { ... }\`.`,
    }),
  ),
  cellHeader: entry<{ name: string }>(
    'RNN140',
    'A cell without a list of sizes.',
    'cell Example {\n  input x: []\n  output x\n}\n',
    ({ name }) => ({
      message: `The sizes of ${name} are missing`,
      label: 'expected `(` after this',
      hint: `Name them in round brackets, \`cell ${shown(name)}(I, H) {\`; write \`()\` where there are none.`,
    }),
  ),
  arrow: entry<Record<string, never>>(
    'RNN141',
    'A function by index where none can stand.',
    inCell('input x: [I]', 'y = (i) -> i', 'output y'),
    () => ({
      message: '`->` stands in the initialiser of a `param` or a `const` only',
      hint: 'Write `const k: [H] = (i) -> i`, or `fn f(x) = ...` for a function.',
    }),
  ),
  loopHeader: entry<Record<string, never>>(
    'RNN160',
    'A loop whose first line does not read `for l in 0..L {`.',
    inCell('input x: [I]', 'for l in range(3) {', '  s[l] = x', '}', 'output x'),
    () => ({
      message: 'A loop names its index and where that runs',
      hint: 'Write `for l in 0..L {`, for l = 0 to L - 1; both ends are sizes.',
    }),
  ),
  loopWithoutBody: entry<Record<string, never>>(
    'RNN161',
    'A loop without equations in braces.',
    inCell('input x: [I]', 'for l in 0..3', 's[0] = x', 'output x'),
    () => ({
      message: 'This loop has no body',
      label: 'expected `{` after this',
      hint: 'Write the equations it repeats between braces: `for l in 0..L { ... }`.',
    }),
  ),
  loopsTooDeep: entry<{ limit: number }>(
    'RNN162',
    'Loops nested too deeply.',
    inCell(
      'input x: [I]',
      ...Array.from({ length: 21 }, (_, i) => `for i${i} in 0..1 {`),
      ...Array.from({ length: 21 }, () => '}'),
      'output x',
    ),
    ({ limit }) => ({ message: `Loops stand more than ${limit} deep inside one another here` }),
  ),
  more: entry<{ count: number }>(
    'RNN199',
    'More mistakes than are worth listing.',
    inCell(...Array.from({ length: 60 }, () => '?')),
    ({ count }) => ({
      message: count === 1 ? 'There is 1 more error' : `There are ${count} more errors`,
      hint: 'They begin here, and are listed once the others are mended.',
    }),
  ),
};
