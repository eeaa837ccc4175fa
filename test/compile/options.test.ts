import { describe, expect, it } from 'vitest';
import { CompileError, type CompileOptions, compile, compileStages, dump } from '../../compiler/index.ts';

/*
 * What a caller in plain JavaScript gives wrongly is told with a code, the option, what was given and what is possible.
 */

const source = {
  name: 'tone.rnn',
  text: 'cell First(H) {\n  state h: [H]\n  h = 0.5*h_prev\n}\n\ncell Tone(H) {\n  state h: [H]\n  h = 0.5*h_prev\n}\n',
};
const sizes = { H: 2 };
const withOption = (option: object) => ({ sizes, ...option }) as CompileOptions;

const refusals: readonly [what: string, given: object, says: readonly string[]][] = [
  ['a target', { target: 'x' }, ['RNN408', 'target cannot be "x"', '"interpreter", "js", "wasm"']],
  ['nearly a target', { target: 'wsam' }, ['RNN408', 'target cannot be "wsam"', 'Did you mean "wasm"?']],
  ['a profile', { profile: 'x' }, ['RNN408', 'profile cannot be "x"', '"separate", "fused"']],
  ['a block', { block: '9x9' }, ['RNN408', 'block cannot be "9x9"', '"6x2", "3x3", "4x2", "4x4"']],
  ['a plan', { plan: 'x' }, ['RNN408', 'plan cannot be "x"', '"fast", "naive"']],
  ['a name of Object', { block: 'constructor' }, ['RNN408', 'block cannot be "constructor"']],
  ['training as a number', { training: 1 }, ['RNN408', 'training cannot be 1', 'true, false']],
  ['cotangents as a text', { inputCotangents: 'yes' }, ['RNN408', 'inputCotangents cannot be "yes"']],
  ['sizes as a number', { sizes: 3 }, ['RNN408', 'sizes cannot be 3', 'numbers by name']],
  ['a cell that is no text', { cell: 3 }, ['RNN408', 'cell cannot be 3', 'the name of a cell']],
  ['load as a text', { load: './' }, ['RNN408', 'load cannot be "./"', 'a function']],
  ['a batch of a half', { batch: 0.5 }, ['RNN407', 'batch cannot be 0.5']],
  ['a batch as a text', { batch: '8' }, ['RNN407', 'batch cannot be "8"', 'a string, not a number']],
  ['a misspelled option', { bach: 3 }, ['RNN409', 'no option bach', 'Did you mean batch?']],
  ['an unknown option', { zzzzzz: 3 }, ['RNN409', 'no option zzzzzz', 'batch', 'inputCotangents']],
  ['a size as a text', { sizes: { H: '8' } }, ['RNN403', '"8"', 'a string, not a number']],
];

/** The message of the CompileError that `run` throws. */
function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(CompileError);
    return (error as CompileError).message;
  }
  throw new Error('nothing is refused');
}

describe('options of compile, compileStages and dump', () => {
  it.each(refusals)('%s', (_, given, says) => {
    const options = withOption(given);
    const roads = [
      () => compile(source, options),
      () => compileStages(source, options),
      () => dump(source, 'program', options),
    ];
    for (const road of roads) for (const part of says) expect(refusal(road)).toContain(part);
  });

  it('takes all that there are, undefined where one is left out', () => {
    const all: Required<CompileOptions> = {
      sizes: new Map([['H', 2]]),
      cell: 'First',
      batch: 2,
      window: 3,
      training: true,
      noise: 'expected',
      target: 'js',
      profile: 'separate',
      block: '4x2',
      inputCotangents: true,
      lengths: true,
      resets: true,
      plan: 'naive',
      load: () => undefined,
    };
    expect(compile(source, all).manifest).toMatchObject({ cell: 'First', batch: 2, window: 3 });
    const none = Object.fromEntries(Object.keys(all).map((name) => [name, undefined]));
    expect(compile(source, withOption({ ...none, sizes })).manifest.cell).toBe('Tone');
  });

  it('tells of everything wrong at once', () => {
    const message = refusal(() => compile(source, withOption({ plan: 'x', profile: 'y', bach: 1 })));
    expect(message.match(/RNN40[89]/g)).toHaveLength(3);
  });
});

it.each([
  ['a name without a text', { name: 'a' }],
  ['a text alone', 'cell'],
  ['nothing', undefined],
  ['null', null],
  ['a text without a name', { text: source.text }],
])('refuses %s as a source', (_, given) => {
  for (const road of [
    () => compile(given as never),
    () => compileStages(given as never),
    () => dump(given as never, 'syntax'),
  ]) {
    expect(refusal(road)).toMatch(/RNN410 .*\n.*\{ name: 'cell\.rnn', text: .* \}/s);
  }
});

it('refuses a stage that there is none of', () => {
  const message = refusal(() => dump(source, 'plans' as never, { sizes }));
  expect(message).toContain('RNN408');
  expect(message).toContain('The stage cannot be "plans"');
  expect(message).toContain('Did you mean "plan"?');
});

it('lists the cells of a file where the one asked for is not there', () => {
  const message = refusal(() => compile(source, { cell: 'Foo', sizes }));
  expect(message).toMatch(/RNN304 {2}There is no cell Foo\n.*First, Tone/s);
  expect(refusal(() => compile(source, { cell: 'Tune', sizes }))).toMatch(/Did you mean Tone\?.*First, Tone/);
});

it('says how a cell that is too large can be made smaller', () => {
  const large = refusal(() => compile(source, { sizes: { H: 2 ** 20 }, window: 2 ** 16, training: false }));
  expect(large).toMatch(/RNN404 .* 256(\.\d+)? GiB.* 4 GiB.*\n.*smaller window, batch or sizes/s);
  const many = refusal(() => compile(source, { sizes: { H: 2 ** 30 } }));
  expect(many).toMatch(/RNN404 .*1073741824.*16777216.*smaller/s);
});

it('gives states, outputs and parameters their axes in the words of the cell', () => {
  const text = 'cell Tone(H) {\n  param w: [H] = 1\n  state h: [H]\n  h = w*h_prev\n  output y = [h; h]\n}\n';
  const { states, outputs, parameters } = compile({ name: 'tone.rnn', text }, { sizes: { H: 8 } }).manifest;
  expect(states.map(({ axes, shape }) => [axes, shape])).toEqual([[['H'], [8]]]);
  expect(outputs.map(({ axes, shape }) => [axes, shape])).toEqual([[['2*H'], [16]]]);
  expect(parameters[0]!.axes).toEqual(['H']);
});
