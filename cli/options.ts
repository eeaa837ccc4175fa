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
    sizes.set(name.normalize('NFC'), number);
  }
  return sizes;
}

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!Number.isSafeInteger(number) || number < least || number > most || text.trim() === '') {
      const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
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
