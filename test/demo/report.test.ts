import { expect, test } from 'vitest';
import { errorTable, type Row, verdict } from '../../demo/report.ts';

const row = (name: string, one: number, twelve: number): Row => ({
  name,
  oneStep: { mae: one / 2, rmse: one },
  closedLoop: { mae: twelve / 2, rmse: twelve },
});

test('the table marks the lowest of each column, whoever it belongs to', () => {
  expect(errorTable([row('line', 2, 1), row('network', 1, 3)], 12)).toBe(`\
                1 month ahead   12 months ahead
error in ppm     MAE     RMSE      MAE     RMSE
------------------------------------------------
line           1.000    2.000    0.500*   1.000*
network        0.500*   1.000*   1.500    3.000
------------------------------------------------
* lowest of its column`);
});

test('the verdict names who is not beaten', () => {
  const baselines = [row('line', 2, 1), row('wave', 4, 5)];
  expect(verdict(row('network', 1, 3), baselines, 12)).toEqual([
    '1 month ahead the network beats every baseline (RMSE 50 % below line).',
    '12 months ahead the network does not beat: line.',
  ]);
});
