import { exitCodes, Failure } from '../failure.ts';

/** A mistake in the data: the message names the file and the place. */
export function dataFailure(file: string, message: string): Failure {
  return new Failure(exitCodes.failed, `${file}: ${message}`);
}
