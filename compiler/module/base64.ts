const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes as base64 without padding. RFC 4648, section 4. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i]!, bytes[i + 1] ?? 0, bytes[i + 2] ?? 0];
    const group = (a << 16) | (b << 8) | c;
    const count = Math.min(4, bytes.length - i + 1);
    for (let k = 0; k < count; k++) text += digits[(group >> (18 - 6 * k)) & 63];
  }
  return text;
}

/** The way back, for generated modules: audio worklets have no `atob`. */
export const decodeBase64Text = `function decodeBase64(text) {
  const digits = '${digits}';
  const values = new Uint8Array(128);
  for (let i = 0; i < 64; i++) values[digits.charCodeAt(i)] = i;
  const bytes = new Uint8Array(Math.floor(text.length * 3 / 4));
  let bits = 0, held = 0, length = 0;
  for (let i = 0; i < text.length; i++) {
    bits = bits << 6 & 65535 | values[text.charCodeAt(i)];
    held += 6;
    if (held >= 8) bytes[length++] = bits >> (held -= 8);
  }
  return bytes;
}`;
