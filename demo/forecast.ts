import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CompileError } from '../compiler/index.ts';
import { RuntimeError } from '../runtime/index.ts';
import { ForecastError } from './evaluate.ts';
import { forecastCo2 } from './job.ts';
import { projectFolder } from './network.ts';
import { DataError, readCo2 } from './series.ts';

// What `npm start` runs: the main job, its picture in out/forecast.svg. Exit code 1 where it cannot be done.

const picturePath = join('out', 'forecast.svg');

/** The picture cannot be kept; the message is for the user. */
class WriteError extends Error {}

function write(path: string, content: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  } catch (error) {
    throw new WriteError(`cannot write ${path} (${(error as NodeJS.ErrnoException).code})`);
  }
}

const known = [WriteError, DataError, ForecastError, RuntimeError, CompileError];

try {
  const say = { line: (text: string) => console.log(text), terminal: process.stdout.isTTY === true };
  const { picture } = forecastCo2(readCo2(), say);
  write(join(projectFolder, picturePath), picture);
  console.log(`\nForecast against truth: ${picturePath}`);
} catch (error) {
  if (!known.some((kind) => error instanceof kind)) throw error;
  console.error(`forecast: ${(error as Error).message}`);
  process.exitCode = 1;
}
