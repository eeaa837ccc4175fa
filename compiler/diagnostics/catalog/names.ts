import { didYouMean, entry, hinted, inCell } from './entry.ts';

/** RNN201-RNN229: names, what they stand for, and where they may stand. */
export const nameCatalog = {
  unknownName: entry<{ name: string; nearest?: string | undefined; hint?: string | undefined }>(
    'RNN201',
    'A name that nothing declares or defines.',
    inCell('input x: [I]', 'state h: [I]', 'h = tanh(xx)'),
    ({ name, nearest, hint }) => ({
      message: `Nothing is called ${name} here`,
      ...(hint === undefined ? didYouMean(nearest) : hinted(hint)),
    }),
  ),
  duplicateName: entry<{ name: string; kind: string; isSize: boolean; hint?: string | undefined }>(
    'RNN202',
    'A name that is declared or defined twice; sizes, numbers, values and parameters share one name space.',
    inCell('input x: [I]', 'param x: [H] = 0', 'output x'),
    ({ name, kind, isSize, hint }) => ({
      message: `${name} is already ${kind}`,
      label: 'second definition',
      hint:
        hint ??
        (isSize
          ? `Sizes and values share one name space: call this one by another name, such as ${name.toLowerCase()}_gate.`
          : 'Every name is declared or defined once: choose another one here.'),
    }),
  ),
  reservedName: entry<{ name: string; why: string }>(
    'RNN203',
    'A name that the language keeps for itself: step, prev, and what ends in _prev.',
    inCell('input x: [I]', 'z_prev = 2*x', 'output z_prev'),
    ({ name, why }) => ({ message: `${name} cannot be defined: ${why}` }),
  ),
  cycle: entry<{ names: readonly string[] }>(
    'RNN207',
    'Equations that need each other within one step.',
    inCell('input x: [H]', 'a = tanh(b)', 'b = x + a', 'output b'),
    ({ names }) => ({
      message:
        names.length === 1
          ? `${names[0]} is defined by itself`
          : `These equations need each other: ${[...names, names[0]].join(' -> ')}`,
      hint: `A cycle has to pass through the previous step: declare one of them as a state and read its _prev.`,
    }),
  ),
  stateWithoutEquation: entry<{ name: string }>(
    'RNN208',
    'A state that no equation gives a new value.',
    inCell('input x: [H]', 'state h: [H], c: [H]', 'h = x + c_prev'),
    ({ name }) => ({
      message: `The state ${name} has no equation`,
      label: `${name} is declared here`,
      hint: `Add an equation ${name} = ..., which says its value at this step.`,
    }),
  ),
  cannotDefine: entry<{ name: string; kind: string }>(
    'RNN209',
    'An equation for something that gets its value from elsewhere: an input, a parameter, a size.',
    inCell('input x: [I]', 'x = 2', 'output x'),
    ({ name, kind }) => ({
      message: `${name} is ${kind}, so no equation can define it`,
      hint: 'Give the result of this equation a name of its own.',
    }),
  ),
  notAState: entry<{ name: string; kind: string; canBeState: boolean }>(
    'RNN211',
    '_prev of something that is neither a state nor an input.',
    inCell('input x: [I]', 'z = 2*x', 'y = z + z_prev', 'output y'),
    ({ name, kind, canBeState }) => ({
      message: `${name}_prev: ${name} is ${kind}, and only states and inputs have a previous value`,
      ...(!canBeState
        ? {}
        : kind === 'noise'
          ? {
              hint: `Carry it in a state: state s: [...] and s = ${name}; then s_prev is what was drawn before.`,
            }
          : { hint: `Declare ${name} as a state to carry it to the next step.` }),
    }),
  ),
  unknownFunction: entry<{ name: string; nearest?: string | undefined; hint?: string | undefined }>(
    'RNN216',
    'A call of a function that does not exist.',
    inCell('input x: [I]', 'y = tahn(x)', 'output y'),
    ({ name, nearest, hint }) => ({
      message: `There is no function ${name}`,
      ...(hint === undefined ? didYouMean(nearest) : hinted(hint)),
    }),
  ),
  argumentCount: entry<{ name: string; takes: string; given: number }>(
    'RNN217',
    'A function called with too many or too few arguments.',
    inCell('input x: [I]', 'y = tanh(x, x)', 'output y'),
    ({ name, takes, given }) => ({
      message: `${name} takes ${takes}, not ${given}`,
      label: given === 1 ? '1 argument' : `${given} arguments`,
    }),
  ),
  recursiveFunction: entry<{ names: readonly string[] }>(
    'RNN218',
    'A function that calls itself.',
    'fn f(x) = f(x) + 1\n\ncell Example(I) {\n  input x: [I]\n  y = f(x)\n  output y\n}\n',
    ({ names }) => ({
      message: `A function cannot call itself: ${[...names, names[0]].join(' -> ')}`,
      hint: 'Functions are written out where they are called, so they must come to an end.',
    }),
  ),
  functionAsValue: entry<{ name: string }>(
    'RNN243',
    'The name of a function where a value is needed.',
    inCell('input x: [I]', 'y = x + tanh', 'output y'),
    ({ name }) => ({ message: `${name} is a function`, hint: `Call it: ${name}(...).` }),
  ),
  namedArgument: entry<{ name: string; callee: string; hint?: string | undefined }>(
    'RNN246',
    'An argument by name where the function has none of that name.',
    inCell('input x: [I]', 'y = tanh(x, gain = 2)', 'output y'),
    ({ name, callee, hint }) => ({
      message: `${callee} has no argument called ${name}`,
      ...hinted(hint),
    }),
  ),
  notYet: entry<{ what: string; hint?: string | undefined }>(
    'RNN237',
    'Something that the language is to have, and does not have yet.',
    inCell('input x: [H]', 'target y: [H]', 'z = x + y_prev', 'output z'),
    ({ what, hint }) => ({ message: `Not in the language yet: ${what}`, ...hinted(hint) }),
  ),
  tooComplex: entry<{ what: string; hint?: string | undefined }>(
    'RNN239',
    'An expression past the stated limits of nesting or size, its functions written out.',
    [
      'fn f(x) = x*x*x*x*x*x*x*x',
      'fn g(x) = f(f(f(f(f(x)))))',
      inCell('input x: [H]', 'output y = g(x)'),
    ].join('\n'),
    ({ what, hint }) => ({ message: what, hint: hint ?? 'Give parts of it names of their own.' }),
  ),
  lag: entry<{ text: string; longest: number }>(
    'RNN240',
    'A lag that is not a whole number of at least 1, or a very long one.',
    inCell('state h: [H]', 'h = prev(h, 0)'),
    ({ text, longest }) => ({
      message: `${text} is no lag`,
      hint: `A lag is the number of steps back, a whole number from 1 to ${longest}.`,
    }),
  ),
  nothingToSee: entry<{ name: string }>(
    'RNN236',
    'A cell without states, outputs and loss: nothing comes out of it.',
    inCell('input x: [I]', 'y = 2*x'),
    ({ name }) => ({
      message: `The cell ${name} has neither states nor outputs`,
      hint: 'Say what a caller sees: output y.',
    }),
  ),
  lossTwice: entry<Record<never, never>>(
    'RNN228',
    'A second loss in a cell.',
    inCell('state h: [H]', 'h = 0.5*h_prev', 'loss sum(h)', 'loss sum(h*h)'),
    () => ({
      message: 'A cell has one loss',
      label: 'second loss',
      hint: 'Add the two: loss a + b.',
    }),
  ),
  unusedParameter: entry<{ name: string }>(
    'RNN241',
    'A parameter that nothing uses; its gradient is zero.',
    inCell('state h: [H]', 'param W: [H, H] ~ glorot', 'h = 0.5*h_prev'),
    ({ name }) => ({ message: `Nothing uses the parameter ${name}`, label: 'its gradient is zero' }),
    { severity: 'warning' },
  ),
  derivativeCount: entry<{ name: string; needs: number; given: number }>(
    'RNN265',
    'A function with derivatives of its own that has another number of them than of arguments.',
    'fn gate(a, b) = a*b with derivative b\n\ncell Example(H) {\n  input x: [H]\n  output y = gate(x, x)\n}\n',
    ({ name, needs, given }) => ({
      message: `${name} has ${needs} ${needs === 1 ? 'argument' : 'arguments'} and ${given} ${given === 1 ? 'derivative' : 'derivatives'}`,
      label: 'one derivative for each argument, with commas between them',
      hint: 'An argument that nothing shall go back to has the derivative 0.',
    }),
  ),
  derivativeShape: entry<{ name: string; value: string; part: string; found: string }>(
    'RNN266',
    'A function with a derivative of its own that does not go entry by entry.',
    'fn total(x) = sum(x) with derivative 1\n\ncell Example(H) {\n  input x: [H]\n  output y = total(x)\n}\n',
    ({ name, value, part, found }) => ({
      message: `A function with a derivative of its own goes entry by entry: ${name} gives ${value}, ${part} is ${found}`,
      hint: 'Give the part that goes entry by entry a function of its own, and sum outside of it.',
    }),
  ),
  clipLimit: entry<{ text: string; found: string }>(
    'RNN267',
    'A limit of clip_gradient that is no positive number.',
    inCell('state h: [H]', 'h = tanh(clip_gradient(h_prev, -1))'),
    ({ text, found }) => ({
      message: `${text} is ${found}: clip_gradient needs a positive number, or a number of the cell's header, as its limit`,
      hint: 'clip_gradient(h, 1) keeps every entry of the gradient that arrives at h between -1 and 1.',
    }),
  ),
};
