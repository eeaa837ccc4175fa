#!/usr/bin/env node
import { once } from 'node:events';
import picocolors from 'picocolors';
import { exitCodes } from './failure.ts';
import { main } from './rnnc.ts';

let outlives = false;
let unread = false;

// A reader that has seen enough (`rnnc … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') {
    if (!outlives) process.exit(exitCodes.fine);
    if (!unread) process.stderr.write('Nobody reads standard output any more; training goes on.\n');
    unread = true;
    return;
  }
  process.stderr.write(`Cannot write to standard output: ${error.message}.\n`);
  process.exit(exitCodes.file);
});

// Where nobody reads what is wrong, nothing more can be said.
process.stderr.on('error', () => {});

/** On a terminal only, unless NO_COLOR, TERM=dumb or --no-color says no. */
function coloursOf(stream: NodeJS.WriteStream) {
  const { NO_COLOR = '', TERM } = process.env;
  const unwanted = NO_COLOR !== '' || TERM === 'dumb' || process.argv.includes('--no-color');
  return picocolors.createColors(stream.isTTY === true && !unwanted);
}

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => {
    if (!unread) process.stdout.write(text);
  },
  err: (text) => void process.stderr.write(text),
  drained: async () => {
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
  },
  outlive: () => {
    outlives = true;
  },
  terminal: process.stderr.isTTY === true,
  colours: { out: coloursOf(process.stdout), err: coloursOf(process.stderr) },
});
