import type { Procedures } from '../../module/manifest.ts';
import { fusedMultiplyAdd } from '../../ops/fused.ts';
import { machineOps } from '../../ops/machine.ts';
import { printProgram } from '../../program/print.ts';
import type {
  Address,
  Affine,
  Extent,
  For,
  Program,
  ProgramExpression,
  ProgramStatement,
} from '../../program/program.ts';
import { scalarise } from '../../program/scalarise.ts';
import { InvariantError, invariant } from '../../support/invariant.ts';
import type { Target } from '../target.ts';

/** What programs mean: the other targets are compared with it, bit for bit. */
export const interpreter: Target = {
  name: 'interpreter',
  doc: 'Runs the program by the definitions of the machine operations; slow, and right by inspection.',
  ships: false,
  emit: (program) => ({
    kind: 'js',
    create: (memory) => run(scalarise(program), memory),
    source: printProgram(program),
  }),
};

type Evaluate = () => number;
type Execute = () => void;

/** One procedure's variables, by name. A name means one thing at a time, so a flat table does. */
interface Frame {
  readonly program: Program;
  readonly memory: ArrayBuffer;
  readonly variables: Map<string, Variable>;
  readonly steps: Variable;
}

interface Variable {
  value: number;
}

/** The procedures of a scalar program, working on `memory`: each statement is turned into a closure once, here. */
function run(program: Program, memory: ArrayBuffer): Procedures {
  const procedures = new Map(
    program.procedures.map(({ name, body }) => {
      const frame: Frame = { program, memory, variables: new Map(), steps: { value: 0 } };
      const execute = compileBlock(body, frame);
      const call = (steps: number) => {
        frame.steps.value = steps;
        execute();
      };
      return [name, call];
    }),
  );
  const call = (name: keyof Procedures, steps: number) => procedures.get(name)!(steps);
  return {
    prepare: () => call('prepare', 0),
    start: () => call('start', 0),
    forward: (steps) => call('forward', steps),
    backward: (steps) => call('backward', steps),
    finish: () => call('finish', 0),
  };
}

function compileBlock(block: readonly ProgramStatement[], frame: Frame): Execute {
  const executes = block.flatMap((statement) => compileStatement(statement, frame));
  return () => {
    for (const execute of executes) execute();
  };
}

function compileStatement(statement: ProgramStatement, frame: Frame): Execute[] {
  switch (statement.kind) {
    case 'for':
      return [compileLoop(statement, frame)];
    case 'let':
    case 'set': {
      const value = compileExpression(statement.value, frame);
      const local = variable(`local ${statement.name}`, frame);
      return [
        () => {
          local.value = value();
        },
      ];
    }
    case 'store': {
      const [view, place] = compileAddress(statement.address, frame);
      const value = compileExpression(statement.value, frame);
      return [
        () => {
          view[place()] = value();
        },
      ];
    }
    case 'comment':
      return [];
  }
}

function compileLoop({ index, extent, direction, body }: For, frame: Frame): Execute {
  const { first, end } = bounds(extent, frame.steps);
  const counter = variable(`index ${index}`, frame);
  const execute = compileBlock(body, frame);
  return direction === 'up'
    ? () => {
        for (let i = first(), last = end(); i < last; i++) {
          counter.value = i;
          execute();
        }
      }
    : () => {
        for (let i = end() - 1, last = first(); i >= last; i--) {
          counter.value = i;
          execute();
        }
      };
}

/** The least index and one more than the largest. */
function bounds(extent: Extent, steps: Variable): { first: Evaluate; end: Evaluate } {
  if (typeof extent === 'number') return { first: () => 0, end: () => extent };
  if (extent === 'steps') return { first: () => 0, end: () => steps.value };
  const slabs = () => Math.floor(steps.value / extent.size);
  return extent.of === 'slabs'
    ? { first: () => 0, end: slabs }
    : { first: () => slabs() * extent.size, end: () => steps.value };
}

function compileExpression(expression: ProgramExpression, frame: Frame): Evaluate {
  switch (expression.kind) {
    case 'load': {
      const [view, place] = compileAddress(expression.address, frame);
      return () => view[place()]!;
    }
    case 'constant': {
      const value = expression.lanes === 'f32' ? Math.fround(expression.value) : expression.value;
      return () => value;
    }
    case 'index':
      return compileAffine(expression.value, 0, frame);
    case 'local': {
      const local = variable(`local ${expression.name}`, frame);
      return () => local.value;
    }
    case 'apply': {
      const args = expression.args.map((argument) => compileExpression(argument, frame));
      const fused = expression.op === 'mulAdd' && frame.program.profile === 'fused';
      const evaluate: (...args: number[]) => number = fused
        ? fusedMultiplyAdd
        : machineOps[expression.op].evaluate;
      const [a, b, c] = args;
      if (c !== undefined) return () => evaluate(a!(), b!(), c());
      if (b !== undefined) return () => evaluate(a!(), b());
      return () => evaluate(a!());
    }
    default:
      throw new InvariantError(`a scalar program holds ${expression.kind}`);
  }
}

function compileAddress(address: Address, frame: Frame): [Float32Array | Int32Array, Evaluate] {
  const buffer = frame.program.buffers.find(({ name }) => name === address.buffer);
  invariant(buffer !== undefined, `there is no buffer ${address.buffer}`);
  const view = new (buffer.lanes === 'f32' ? Float32Array : Int32Array)(frame.memory);
  const place = compileAffine(address.at, buffer.offset / 4, frame);
  if (address.row === undefined) return [view, place];
  const { stride, count } = address.row;
  const row = compileExpression(address.row.index, frame);
  return [view, () => Math.min(Math.max(row(), 0), count - 1) * stride + place()];
}

function compileAffine({ constant, terms }: Affine, base: number, frame: Frame): Evaluate {
  const factors = terms.map(({ index, stride }) => ({ index: variable(`index ${index}`, frame), stride }));
  return () => {
    let sum = base + constant;
    for (const { index, stride } of factors) sum += index.value * stride;
    return sum;
  };
}

function variable(name: string, { variables }: Frame): Variable {
  const known = variables.get(name) ?? { value: 0 };
  variables.set(name, known);
  return known;
}
