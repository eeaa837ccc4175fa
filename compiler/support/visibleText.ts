/**
 * A user's text as a terminal may be shown it: control, format and lone surrogate characters, tabs and line ends become
 * one space each, so that nothing steers the terminal and columns stay.
 */
export function visibleText(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ');
}
