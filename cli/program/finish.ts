import type { ExitCode } from '../failure.ts';

/** Takes what the shell is to be told when a command is done. */
export type Finish = (code: ExitCode) => void;
