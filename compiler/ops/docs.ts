import { arrayFunctions } from './array.ts';
import { argument } from './expression.ts';
import { callableFunctions } from './index.ts';
import { machineOps } from './machine.ts';
import { mathOps } from './math.ts';
import type { MathOp } from './mathOp.ts';
import { printScalar } from './printScalar.ts';

/** docs/ops.md, from the tables. */
export function opsPage(): string {
  const named = [...mathOps.values()].filter((op) => op.inLanguage);
  const others = [...mathOps.values()].filter((op) => !op.inLanguage);
  return [
    '# Operations',
    'Made from the tables in `compiler/ops`; to change it, change them and run `UPDATE=1 npx vitest run test/ops`.',
    '## Functions of numbers',
    'Called by name, applied element by element. In derivatives `y` is the result. The error is that of the f32 kernels against the exact value, in units of the last place; half a unit is what one rounding costs. Bounds of ops of one argument have been tried on every f32, subnormals, infinities and NaN included (`npm run sweep`); others on samples.',
    table(scalarHead, named.map(scalarRow)),
    '## Functions of arrays',
    'Of all entries, or along one axis, given as one more argument and counted from 0; `max` and `min` with two arguments go element by element.',
    table(
      ['function', 'meaning', 'result'],
      [...arrayFunctions.values()].map(({ name, doc, result }) => [
        callableFunctions.get(name)?.takesAxis ? `\`${name}(x)\`, \`${name}(x, axis)\`` : `\`${name}(x)\``,
        doc,
        result === 'same' ? 'shape of x' : 'the axis goes away',
      ]),
    ),
    '## Operators, and what the compiler puts in itself',
    table(scalarHead, others.map(scalarRow)),
    '## Machine operations',
    'What the f32 kernels are made of. Every target gives the same bits.',
    table(
      ['operation', 'takes', 'gives', 'meaning'],
      Object.entries(machineOps).map(([name, { args, result, doc }]) => [
        `\`${name}\``,
        args.join(', '),
        result,
        doc,
      ]),
    ),
    '',
  ].join('\n\n');
}

const scalarHead = ['function', 'meaning', 'derivative', 'error'];

function scalarRow(op: MathOp): string[] {
  return [`\`${op.name}(${op.parameters.join(', ')})\``, op.doc, derivative(op), error(op)];
}

function derivative(op: MathOp): string {
  const { parameters } = op;
  const partials = op.partials(
    parameters.map((_, index) => argument(index)),
    argument(-1),
  );
  if (op.derivativeIsNot !== undefined) return op.derivativeIsNot;
  if (partials.every((partial) => partial === null)) return '0';
  return partials
    .map((partial, index) => {
      const text = `\`${partial ? printScalar(partial, parameters) : '0'}\``;
      return parameters.length === 1 ? text : `by ${parameters[index]}: ${text}`;
    })
    .join('<br>');
}

function error({ lowering, maxError, accurateWhere }: MathOp): string {
  const bound = 'machine' in lowering ? 'one machine operation' : `${maxError}`;
  return accurateWhere ? `${bound} for ${accurateWhere.doc}` : bound;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
