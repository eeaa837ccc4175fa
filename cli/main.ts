#!/usr/bin/env node
import picocolors from 'picocolors';
import { exitCodes } from './failure.ts';
import { main } from './rnnc.ts';

// A reader that has seen enough (`rnnc … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.fine);
  throw error;
});

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  colour: picocolors.createColors(picocolors.isColorSupported && process.stderr.isTTY === true),
});
