import { describe, expect, test } from 'vitest';
import { DataError, monthName, parseReadings, readCo2, splitAt, withoutGaps } from '../../demo/series.ts';

const january = (year: number) => 12 * year;
/** Readings from January 2000 on; those of the months listed are missing. */
const readings = (months: number, missing: readonly number[]) =>
  Array.from({ length: months }, (_, i) => ({ month: january(2000) + i, value: 100 + i })).filter(
    (_, i) => !missing.includes(i),
  );

describe('the file', () => {
  test('of vega-datasets: its first and last month, and the gaps that reading its dates shows', () => {
    const co2 = readCo2();
    expect(co2[0]).toEqual({ month: january(1958) + 2, value: 315.7 });
    expect(co2.at(-1)).toEqual({ month: january(2020) + 3, value: 416.18 });
    const series = withoutGaps(co2, january(2000));
    expect(series.missing.map(monthName)).toEqual(['1958-06', '1958-10', '1964-02', '1964-03', '1964-04']);
    expect(monthName(series.firstMonth)).toBe('1958-11');
    expect([...series.filled].map((i) => monthName(series.firstMonth + i))).toEqual([
      '1964-02',
      '1964-03',
      '1964-04',
    ]);
  });

  test('columns in any order, others ignored', () => {
    const text = 'CO2,Date,more\n315.5,1999-12-01,x\n316,2000-01-01,y\n';
    expect(parseReadings(text, 'f')).toEqual([
      { month: january(2000) - 1, value: 315.5 },
      { month: january(2000), value: 316 },
    ]);
  });

  test.each([
    ['a date that is none', 'Date,CO2\n2000-01-01,1\nsoon,2\n', 'row 2'],
    ['a value that is none', 'Date,CO2\n2000-01-01,much\n', 'row 1'],
    ['no value', 'Date,CO2\n2000-01-01,\n', 'row 1'],
    ['another column', 'Date,CO\n2000-01-01,1\n', 'row 1'],
    ['a month twice', 'Date,CO2\n2000-01-01,1\n2000-01-15,2\n', 'row 2: not later'],
    ['nothing', 'Date,CO2\n', 'no rows'],
    ['a quote left open', 'Date,CO2\n"2000-01-01,1\n', 'f.csv is no CSV'],
  ])('%s is refused with its place', (_, text, message) => {
    expect(() => parseReadings(text, 'f.csv')).toThrow(DataError);
    expect(() => parseReadings(text, 'f.csv')).toThrow(message);
  });
});

describe('gaps', () => {
  test('are filled with the mean of the years before and after', () => {
    const series = withoutGaps(readings(60, [20, 21]), january(2004));
    expect(series.firstMonth).toBe(january(2000));
    expect([...series.values.subarray(19, 23)]).toEqual([119, 120, 121, 122]);
    expect([...series.filled]).toEqual([20, 21]);
  });

  test('with no year before them: the series begins after', () => {
    const series = withoutGaps(readings(60, [3, 20]), january(2004));
    expect(series.firstMonth).toBe(january(2000) + 4);
    expect(series.leftOut).toBe(4);
    expect([...series.filled]).toEqual([16]);
    expect(series.values[16]).toBe(120);
  });

  test('that cannot be filled from the training part alone end the run', () => {
    expect(() => withoutGaps(readings(60, [40]), january(2004))).toThrow('2003-05 is missing');
    expect(() => withoutGaps(readings(60, [50]), january(2004))).toThrow(DataError);
  });
});

test('a split needs enough of every part', () => {
  const series = withoutGaps(readings(240, []), january(2012));
  expect(splitAt(series, january(2012), january(2016))).toEqual({
    validationFrom: 144,
    heldOutFrom: 192,
    end: 240,
  });
  expect(() => splitAt(series, january(2009), january(2016))).toThrow(DataError);
  expect(() => splitAt(series, january(2012), january(2020))).toThrow('cannot be split');
});
