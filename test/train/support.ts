import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { examples } from '../cli/support.ts';

/** A recurrent cell whose target may be its input's next value. */
export const cellText = `cell Next(I, H = 4) {
  input  x: [I]
  target y: []
  param  h0: [H] = 0.1
  state  h: [H] = h0
  param  W: [H, I] ~ glorot
  param  U: [H, H] ~ orthogonal
  param  w: [H] ~ uniform(-0.5, 0.5)
  param  b: [] = 0

  h = tanh(W @ x + U @ h_prev)
  y_hat = dot(w, h) + b

  output y_hat
  loss   0.5*(y_hat - y)^2
}
`;

/** Numbers that a small network can learn, the same every time. */
export const wave = (rows: number, shift = 0): number[] =>
  Array.from({ length: rows }, (_, t) =>
    Number((3 + Math.sin(0.7 * t + shift) + 0.3 * Math.cos(2 * t)).toFixed(4)),
  );

/** Columns as a CSV file. */
export function csv(columns: Readonly<Record<string, readonly (number | string)[]>>): string {
  const names = Object.keys(columns);
  const rows = columns[names[0]!]!.map((_, row) => names.map((name) => columns[name]![row]).join(','));
  return `${[names.join(','), ...rows].join('\n')}\n`;
}

/** A folder with the cell and whatever a test puts there. */
export function workshop() {
  const folder = mkdtempSync(join(tmpdir(), 'rnnc-train-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  const put = (name: string, content: string | Uint8Array) => {
    writeFileSync(path(name), content);
    return path(name);
  };
  put('next.rnn', cellText);
  cpSync(join(examples, 'gru.rnn'), path('gru.rnn'));
  return { folder, path, put };
}

/** Every file of a run, by name. */
export function filesOf(run: string): Map<string, string> {
  return new Map(readdirSync(run).map((name) => [name, readFileSync(join(run, name)).toString('base64')]));
}
