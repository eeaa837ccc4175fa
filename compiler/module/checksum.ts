/*
 * Against damage on the way, not against forgery. Each step of the sum can be undone, so that a single byte that differs
 * always makes another sum.
 */

/** FNV-1a of 32 bits (Fowler, Noll & Vo), of bytes or of ASCII; from 0 to 2^32 - 1. */
export function checksum(data: Uint8Array | string): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < data.length; i++) {
    sum = Math.imul(sum ^ (typeof data === 'string' ? data.charCodeAt(i) : data[i]!), 16777619);
  }
  return sum >>> 0;
}

/**
 * For generated modules: gives a text back if it is whole.
 *
 * @param cell  its name as a string literal
 */
export const intactText = (cell: string): string => `function intact(text, expected) {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 16777619);
  if (sum >>> 0 === expected) return text;
  const message = 'RNN515  The module of ' + ${cell} + ' is damaged; compile it again.';
  throw Object.assign(new Error(message), { name: 'RuntimeError', code: 'RNN515' });
}`;
