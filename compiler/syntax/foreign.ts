/** What other languages, LaTeX and paper write, and what to write here. */
const table: readonly (readonly [symbols: string, write: string])[] = [
  ['**', 'Write `^` for a power.'],
  ['.^', 'Write `^`: powers are elementwise.'],
  ['.*', 'Write `*` for the elementwise product, `@` for the matrix product.'],
  ['./', 'Write `/`: division is elementwise.'],
  [':= ← ⟵ ≔', 'Write `=`.'],
  ['=== ≡', 'Write `==`.'],
  ['!== <> ≠', 'Write `!=`.'],
  ['=> → ⟶ ↦', 'Write `->`; it stands in initialisers by index only, `= (i, j) -> i + j`.'],
  ['&& & ∧', 'Write `and`.'],
  ['|| | ∨', 'Write `or`, and `abs(x)` or `norm(x)` for bars.'],
  ['! ¬', 'Write `not`.'],
  ['+= -= *= /= ++', 'Nothing is assigned twice: write an equation with a name of its own on the left.'],
  ['− – —', 'Write the minus sign of the keyboard, `-`.'],
  ['× · ⋅ ∗ ⊙ ∘ ⨀', 'Write `*` for the elementwise product, `@` for the matrix product.'],
  ['⊗', 'Write `outer(a, b)`.'],
  ['÷ ∕', 'Write `/`.'],
  ['≤', 'Write `<=`.'],
  ['≥', 'Write `>=`.'],
  ['∼', 'Write `~`.'],
  ['√', 'Write `sqrt(x)`.'],
  ['∑', 'Write `sum(x)`.'],
  ['‖', 'Write `norm(x)`.'],
  ['²', 'Write `^2`.'],
  ['³', 'Write `^3`.'],
  ['ᵀ ⊤', 'Write `.T` for the transpose, as in `W.T`.'],
  ['?', 'Write `if c then a else b`.'],
  ['%', 'Comments begin with `#`; the remainder is `mod(a, b)`.'],
  ['\\', 'Names and functions are written without a backslash: `sigmoid(x)`, `tanh(x)`.'],
  ['“ ” „ «', 'Write the quotation mark of the keyboard, `"`.'],
  ["' ′ ’", ''],
];

const hints = new Map(
  table.flatMap(([symbols, write]) => symbols.split(' ').map((s) => [s, write] as const)),
);

/** Longest first, so that `===` is not read as `==` and `=`. */
export const foreignSymbols: readonly string[] = [...hints.keys()].sort((a, b) => b.length - a.length);

/** What to write instead; `before` is the text of the token it touches. */
export function foreignHint(symbol: string, before: string | undefined): string | undefined {
  const hint = hints.get(symbol);
  if (hint !== '') return hint;
  if (before === undefined || !/^[\p{L}_]/u.test(before)) return 'Texts stand between double quotes.';
  return `Write \`${before}.T\` for the transpose, and another name, such as \`${before}_new\`, for a primed one.`;
}
