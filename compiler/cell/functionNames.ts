import { callableFunctions } from '../ops/index.ts';
import { distributionNames } from './draws.ts';
import type { Env, FunctionHome } from './env.ts';
import { libraryFunction, libraryNames } from './prelude.ts';

/** Functions whose result follows from shapes or places in the text rather than from a table of ops. */
export const specialNames: readonly string[] = [
  'dot',
  'reshape',
  'block_diagonal',
  'outer',
  'col',
  'row',
  'one_hot',
  'prev',
  'split',
  'clip_gradient',
];

/** Functions that the whole language has and this version does not. */
export const laterFunctions: ReadonlyMap<string, string> = new Map([
  ['reverse', 'whole sequences'],
  ['last', 'whole sequences'],
]);

/** What libraries have and this language says in another way. */
export const foreignFunctions: ReadonlyMap<string, string> = new Map([
  ...['zeros', 'zeros_like'].map(
    (name) => [name, 'A number fills the shape it stands in: write 0.'] as const,
  ),
  ...['ones', 'ones_like', 'full'].map(
    (name) => [name, 'A number fills the shape it stands in: write 1.'] as const,
  ),
  ...['gaussian', 'randn'].map((name) => [name, 'Draws are written ~ normal(0, 1).'] as const),
  ...['rand', 'random'].map(
    (name) =>
      [
        name,
        'Draws are declared: noise e: [H] ~ uniform(0, 1) per step, or a parameter ~ uniform(-1, 1).',
      ] as const,
  ),
  ...['concat', 'concatenate', 'cat', 'hstack', 'vstack', 'stack'].map(
    (name) => [name, 'Write [a; b] to stack along the first axis.'] as const,
  ),
  ...['matmul', 'mm', 'mv'].map((name) => [name, 'Write W @ x.'] as const),
  ['where', 'Write if c then a else b.'],
  ['transpose', 'Write W.T.'],
]);

/** The user's function of this name, else the library's. */
export function findFunction(name: string, env: Env): FunctionHome | undefined {
  const own = env.scope?.functions.get(name);
  if (own !== undefined) return { definition: own, module: env.module, scope: env.scope };
  return env.module.functions.get(name) ?? libraryFunction(name);
}

export function isFunctionName(name: string, env: Env): boolean {
  return functionNames(env).includes(name);
}

/** Everything that can be called here, for "did you mean". */
export function functionNames(env: Env): readonly string[] {
  return [
    ...(env.scope?.functions.keys() ?? []),
    ...env.module.functions.keys(),
    ...callableFunctions.keys(),
    ...libraryNames,
    ...specialNames,
    ...(env.role === 'draw' ? distributionNames : []),
  ];
}
