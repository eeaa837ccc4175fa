import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Choices, forecastCo2 } from '../../demo/job.ts';
import { readCo2 } from '../../demo/series.ts';

const run = (choices?: Choices) => {
  const lines: string[] = [];
  const outcome = forecastCo2(readCo2(), { line: (text) => lines.push(text), terminal: false }, choices);
  return { ...outcome, said: lines.join('\n') };
};

test('at one step the network beats every baseline on years it has not seen', () => {
  const { network, baselines, picture, said } = run();
  expect(baselines).toHaveLength(5);
  for (const { oneStep } of baselines) {
    expect(network.oneStep.mae).toBeLessThan(oneStep.mae);
    expect(network.oneStep.rmse).toBeLessThan(oneStep.rmse);
  }
  expect(said).toContain('5 missing (1958-06, 1958-10, 1964-02, 1964-03, 1964-04)');
  expect(said).toContain('12 months ahead the network');
  expect(picture).toMatch(/^<svg [^>]*>\n<title id="title">[\s\S]*<\/svg>\n$/);
  expect(picture).not.toMatch(/NaN|Infinity|undefined/);
});

test('README tells what this run finds, and shows its picture', () => {
  const { network, baselines, picture } = run();
  const readme = readFileSync('README.md', 'utf8').replaceAll('*', '');
  for (const { oneStep, closedLoop } of [...baselines, network])
    expect(readme).toContain(`| ${oneStep.rmse.toFixed(3)} | ${closedLoop.rmse.toFixed(3)} |\n`);
  expect(readme).toContain(`| ${network.name} |`);
  expect(picture === readFileSync('docs/pictures/forecast.svg', 'utf8')).toBe(true);
});

test('two runs say and draw the same', () => {
  const quick: Choices = {
    hiddenSizes: [4, 6],
    seed: 3,
    epochs: 4,
    lookEvery: 2,
    k1: 24,
    k2: 48,
    learningRate: 0.01,
    clipNorm: 1,
    horizon: 12,
  };
  const { said, picture } = run(quick);
  expect(run(quick)).toMatchObject({ said, picture });
  expect(run({ ...quick, seed: 4 }).said).not.toBe(said);
});

test('what is missing in the held-out years ends the run with a message', () => {
  const readings = readCo2().filter(({ month }) => month !== 12 * 2010 + 4);
  expect(() => forecastCo2(readings, { line: () => {}, terminal: false })).toThrow('2010-05 is missing');
});
