import { caseErrors } from './errors.ts';
import type { Reporter } from './reporter.ts';

/** The members of a JSON object; `__proto__` is a name like any other. Names are compared in NFC. */
export type Members = ReadonlyMap<string, unknown>;

/** @returns the value, or undefined after a report */
export function parseJson(text: string, reporter: Reporter): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    const position = /at position (\d+)/.exec(message)?.[1];
    reporter.report(caseErrors.notJson, {
      reason: message.replace(/ (in JSON )?at position \d+.*$/s, ''),
      place: position === undefined ? undefined : lineAndColumn(text, Number(position)),
      bareNumber: /[[,:\s]-?(NaN|Infinity)\s*[\],}]/.test(text),
    });
    return undefined;
  }
}

function lineAndColumn(text: string, position: number): string {
  const before = text.slice(0, position).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function membersOf(value: object): Members {
  return new Map(Object.entries(value).map(([name, member]) => [name.normalize('NFC'), member]));
}

/** A JSON value in a few words, for messages. */
export function describeJson(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
  return 'an object';
}
