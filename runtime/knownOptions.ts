import { fail, runtimeErrors } from './errors.ts';

/** Every option of an interface, to list it: a name that is missing or too many is a type error. */
export type OptionNames<Options> = Readonly<Record<keyof Required<Options>, true>>;

/**
 * Refuses misspelled options.
 *
 * @param of     whose options they are, for the message
 * @param names  all there are
 * @throws RuntimeError RNN518 for a name that is not among them, RNN509 where `given` is no record
 */
export function checkOptions<Options extends object>(
  of: string,
  names: OptionNames<Options>,
  given: Options,
): void {
  if (typeof given !== 'object' || given === null) {
    fail(runtimeErrors.badSetting, { name: `the options of ${of}`, value: given, range: 'a record' });
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(names, name)) {
      fail(runtimeErrors.unknownOption, { what: of, name, known: Object.keys(names) });
    }
  }
}
