import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { Call } from '../syntax/tree.ts';
import { type Checked, type Env, type FunctionHome, report } from './env.ts';
import { typeOf } from './expressions.ts';
import { extentOf } from './typed.ts';
import { withDerivatives } from './withDerivatives.ts';

/** How many operations, and levels, a call may come to when it is written out. */
const MOST_OPERATIONS = 20_000;
const DEEPEST = 1000;

/** A call of a function that is a formula: its body, with the arguments in place. */
export function writeOut(home: FunctionHome, e: Call, env: Env): Checked {
  const { definition } = home;
  const name = definition.name.name;
  if (e.args.length !== definition.parameters.length) {
    const count = definition.parameters.length;
    const names = definition.parameters.map((parameter) => parameter.name).join(', ');
    const takes = `${count} ${count === 1 ? 'argument' : 'arguments'} (${names})`;
    return report(env, cellCatalog.argumentCount, e.span, { name, takes, given: e.args.length }, [
      { span: definition.name.span, label: `${name} is defined here` },
    ]);
  }
  const running = env.calls.findIndex((call) => call.home.definition === definition);
  if (running >= 0) {
    const names = env.calls.slice(running).map((call) => call.home.definition.name.name);
    return report({ ...env, calls: [] }, cellCatalog.recursiveFunction, e.span, { names });
  }
  const args = e.args.map((arg) => typeOf(arg, env));
  if (args.includes(undefined)) return undefined;
  const inner: Env = {
    ...env,
    module: home.module,
    scope: home.scope,
    locals: new Map(definition.parameters.map((parameter, i) => [parameter.name, args[i]])),
    calls: [...env.calls, { home, span: e.span }],
  };
  const body = typeOf(definition.body, inner);
  const result = definition.derivatives === undefined ? body : withDerivatives(definition, body, args, inner);
  if (result === undefined) return undefined;
  const { count, depth } = extentOf(result.kind === 'stretched' ? result.value : result);
  if (count <= MOST_OPERATIONS && depth <= DEEPEST) return result;
  const limits = `${MOST_OPERATIONS} operations or ${DEEPEST} levels`;
  const what = `Written out, ${name} comes to more than ${limits}`;
  return report(env, cellCatalog.tooComplex, e.span, { what });
}
