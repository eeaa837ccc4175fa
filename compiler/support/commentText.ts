/**
 * A user's text, harmless in a comment or a name: one line, no control, format or surrogate characters, and nothing
 * that ends a block comment or a script element. Readable text stays as it is.
 */
export function commentText(text: string): string {
  return text
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ')
    .replaceAll('*/', '* /')
    .replaceAll('</', '< /')
    .replaceAll('<!', '< !')
    .trim();
}
