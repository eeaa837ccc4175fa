import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The command line's options; where they are wrong, one line says so, and the process ends with 2. */
export function readArguments<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message.split('. ')[0]}. --help shows the options.\n`);
    process.exit(2);
  }
}
