import { entry, hinted, inCell } from './entry.ts';

/** What inputs, states, parameters and constants start with. */
export const startCatalog = {
  startReads: entry<{ text: string; kind: string }>(
    'RNN229',
    'A start value of a state that depends on the step.',
    inCell('input x: [H]', 'state h: [H] = x', 'h = 0.5*h_prev + x'),
    ({ text, kind }) => ({
      message: `A start value cannot depend on ${text}, ${kind}`,
      hint: 'It is known before the first step: use parameters, constants, numbers, and inputs that are declared `per sequence`.',
    }),
  ),
  formulaReads: entry<{ text: string; kind: string }>(
    'RNN232',
    'A constant or the start of a parameter that depends on more than sizes, numbers and indices.',
    inCell('input x: [H]', 'param b: [H] = sum(x)', 'output y = b + x'),
    ({ text, kind }) => ({
      message: `This is computed before anything runs, so it cannot depend on ${text}, ${kind}`,
      hint: 'Use sizes, numbers and indices.',
    }),
  ),
  noiseDistribution: entry<{ text: string; nearest?: string | undefined }>(
    'RNN275',
    'Noise that is drawn from something else than a distribution for noise.',
    inCell('input x: [H]', 'noise m: [H] ~ glorot per step', 'output y = m*x'),
    ({ text, nearest }) => ({
      message: `Noise is not drawn from ${text}`,
      hint:
        nearest === undefined
          ? 'It is bernoulli(probability), normal(mean, deviation) or uniform(low, high); what is made of it is an equation.'
          : `Did you mean ${nearest}?`,
    }),
  ),
  noiseNumbers: entry<{ text: string; problem: string }>(
    'RNN276',
    'Noise with numbers that nothing can be drawn with, such as a probability above 1.',
    inCell('input x: [H]', 'noise m: [H] ~ bernoulli(1.1) per step', 'output y = m*x'),
    ({ text, problem }) => ({ message: `Nothing can be drawn from ${text}: ${problem}` }),
  ),
  missingInitialiser: entry<{ name: string; example: string }>(
    'RNN231',
    'A parameter or constant without a word on how it starts.',
    inCell('input x: [I]', 'param W: [H, I]', 'output y = W @ x'),
    ({ name, example }) => ({
      message: `Say how ${name} starts`,
      hint: `For example ${example}.`,
    }),
  ),
  drawMisplaced: entry<{ name: string; isNoise: boolean }>(
    'RNN233',
    'A random draw anywhere but after ~ in a param or in noise.',
    inCell('input x: [H]', 'y = x + normal(0, 1)', 'output y'),
    ({ name, isNoise }) => ({
      message: isNoise
        ? `${name} is a random draw, which is declared as noise`
        : `${name} is a random draw, which stands only behind ~`,
      hint: isNoise
        ? `Write noise n: [H] ~ ${name}(...) per step, and read n.`
        : `As in param W: [H, H] ~ ${name}.`,
    }),
  ),
  drawShape: entry<{ name: string; needs: string; shape: string; hint?: string | undefined }>(
    'RNN234',
    'A draw that does not fit the shape it is for.',
    inCell('input x: [H]', 'param b: [H] ~ glorot', 'output y = b + x'),
    ({ name, needs, shape, hint }) => ({
      message: `${name} needs ${needs}, and this is ${shape}`,
      ...hinted(hint),
    }),
  ),
  notConstant: entry<{ text: string; what: string }>(
    'RNN235',
    'Something that must be a plain number, and is not.',
    inCell('input x: [H] = H', 'output x'),
    ({ text, what }) => ({ message: `${what} is a plain number, and ${text} is not` }),
  ),
  badDefault: entry<{ name: string; text: string }>(
    'RNN238',
    'A default for a size that is not a positive whole number.',
    'cell Example(H = 2.5) {\n  state h: [H]\n  h = 0.5*h_prev\n}\n',
    ({ name, text }) => ({
      message: `The size ${name} cannot be ${text}`,
      hint: 'A size is a whole number of at least 1.',
    }),
  ),
  initialiserMisplaced: entry<{ what: string; hint?: string | undefined }>(
    'RNN242',
    'A start that this kind of declaration does not take.',
    inCell('input x: [H] ~ normal(0, 1)', 'output x'),
    ({ what, hint }) => ({ message: what, ...hinted(hint) }),
  ),
  indexCount: entry<{ indices: number; rank: number; shape: string }>(
    'RNN244',
    'A formula by indices with more or fewer indices than the array has axes.',
    inCell('const A: [H, H] = (i) -> i', 'output y = A'),
    ({ indices, rank, shape }) => ({
      message: `${indices} ${indices === 1 ? 'index' : 'indices'} for ${shape}, which needs ${rank}`,
    }),
  ),
  formulaShape: entry<{ found: string }>(
    'RNN245',
    'A formula for the entries of an array that is not a single number.',
    inCell('input x: [H]', 'param b: [2] = [1; 2]', 'output x, y = b'),
    ({ found }) => ({
      message: `A value for every entry is a single number, and this is ${found}`,
      hint: 'To say each entry, write a formula of its indices: = (i) -> ...',
    }),
  ),
  startShape: entry<{ name: string; declared: string; found: string }>(
    'RNN247',
    'A start value of another shape than its state.',
    inCell('state h: [H] = h0', 'param h0: [I] = 0', 'h = 0.5*h_prev'),
    ({ name, declared, found }) => ({
      message: `These shapes differ: the state ${name} is ${declared}, its start is ${found}`,
    }),
  ),
  indexStart: entry<{ name: string }>(
    'RNN248',
    '_prev of a class number without a start.',
    'cell Example(V, D) {\n  input token: index(V)\n  param E: [V, D] ~ glorot\n  output y = E[token_prev]\n}\n',
    ({ name }) => ({
      message: `${name}_prev: before the first step there is no class`,
      hint: `Say which one stands for it: input ${name}: index(...) = 0.`,
    }),
  ),
};
