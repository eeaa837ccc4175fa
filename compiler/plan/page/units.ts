/** `7`, `524 k`, `2.10 M`: three figures that a person compares at a glance. */
export const formatCount = (count: number): string => scaled(count, 1000, ['', 'k', 'M', 'G', 'T', 'P']);

/** `96 B`, `16 KiB`, `1.56 MiB`. */
export const formatBytes = (bytes: number): string =>
  scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);

function scaled(value: number, step: number, units: readonly string[]): string {
  let unit = 0;
  let rest = value;
  while ((rest >= step || Number(rest.toPrecision(3)) >= step) && unit < units.length - 1) {
    rest /= step;
    unit++;
  }
  const whole = Number.isInteger(rest) || rest >= 100;
  const figures = whole ? String(Math.round(rest)) : rest.toPrecision(3);
  return units[unit] === '' ? figures : `${figures} ${units[unit]}`;
}

/** `1 row`, `32 rows`. */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `a`, `a and b`, `a, b and c`. */
export function listing(items: readonly string[]): string {
  if (items.length <= 1) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
