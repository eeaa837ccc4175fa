import { InvalidArgumentError } from 'commander';

/** `--size H=4,I=3`, may be given several times: names to numbers. */
export function collectSizes(
  text: string,
  before: ReadonlyMap<string, number> = new Map(),
): Map<string, number> {
  const sizes = new Map(before);
  for (const part of text.split(',')) {
    const [, name, value] = /^\s*([^=\s]+)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
    const number = Number(value);
    if (name === undefined || Number.isNaN(number)) {
      throw new InvalidArgumentError(`Write NAME=VALUE, for example H=16; "${part}" is not that.`);
    }
    const known = sizes.get(name.normalize('NFC'));
    if (known !== undefined && known !== number)
      throw new InvalidArgumentError(`${name} is given twice, as ${known} and as ${number}.`);
    sizes.set(name.normalize('NFC'), number);
  }
  return sizes;
}

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!Number.isSafeInteger(number) || number < least || number > most || text.trim() === '') {
      const open = most === Number.MAX_SAFE_INTEGER && !(number > most);
      const range = open ? `of at least ${least}` : `from ${least} to ${most}`;
      throw new InvalidArgumentError(`It must be a whole number ${range}.`);
    }
    return number;
  };
}

export function positiveNumber(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError('It must be a number above 0.');
  return number;
}

/** A number from 0 to below 1. */
export function share(text: string): number {
  const number = Number(text);
  if (!(number >= 0 && number < 1) || text.trim() === '')
    throw new InvalidArgumentError('It must be a number from 0 to below 1, for example 0.2.');
  return number;
}

export function atLeastZero(text: string): number {
  const number = Number(text);
  if (!(number >= 0 && number < Number.POSITIVE_INFINITY) || text.trim() === '')
    throw new InvalidArgumentError('It must be a number of at least 0.');
  return number;
}

/** May be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  if (text.trim() === '') throw new InvalidArgumentError('Name columns, for example a,b.');
  return [...before, text];
}

/** `a,b`, may be given several times. */
export function collectNames(text: string, before: readonly string[] = []): readonly string[] {
  const names = text.split(',').map((name) => name.trim().normalize('NFC'));
  if (names.includes('')) throw new InvalidArgumentError('Write names between commas, for example a,b.');
  return [...before, ...names];
}

/** One character, or `tab`. */
export function delimiter(text: string): string {
  const character = text === 'tab' || text === '\\t' ? '\t' : text;
  if (character.length !== 1 || /["\r\n]/.test(character))
    throw new InvalidArgumentError('It must be one character, or tab.');
  return character;
}

/** `beta1=0.8,centred=true`, may be given several times. */
export function collectOptions(
  text: string,
  before: ReadonlyMap<string, number | boolean> = new Map(),
): Map<string, number | boolean> {
  const options = new Map(before);
  for (const part of text.split(',')) {
    const [, name, value] = /^\s*([^=\s]+)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
    const read = value === 'true' || value === 'false' ? value === 'true' : Number(value);
    if (name === undefined || Number.isNaN(read)) {
      throw new InvalidArgumentError(`Write NAME=VALUE, for example beta1=0.8; "${part}" is not that.`);
    }
    options.set(name, read);
  }
  return options;
}

export function nonEmpty(text: string): string {
  if (text === '') throw new InvalidArgumentError('It must have a name.');
  return text;
}
