import {
  callee,
  type Instruction,
  isLaneStore,
  isMemory,
  type WasmFunction,
  type WasmModule,
} from './instruction.ts';

/** A module in WebAssembly's text format; read back, it gives the bytes of `encodeCode`. */
export function printModule(module: WasmModule): string {
  return [
    '(module',
    `  (import "rnnc" "memory" (memory ${module.pages}))`,
    ...module.functions.flatMap((fn, index) => printFunction(fn, index, module)),
    ...module.exports.map((exported) => `  (export "${exported.name}" (func ${exported.function}))`),
    ')',
    '',
  ].join('\n');
}

function printFunction(fn: WasmFunction, index: number, module: WasmModule): string[] {
  const { parameters, result, locals, body } = fn;
  const declared = [
    ...parameters.map(({ name, type }) => `(param $${name} ${type})`),
    ...(result === undefined ? [] : [`(result ${result})`]),
  ];
  let depth = 2;
  return [
    `  ;; ${index}: ${fn.name}`,
    `  ${['(func', ...declared].join(' ')}`,
    ...locals.map(({ name, type }) => `    (local $${name} ${type})`),
    ...body.map((instruction) => {
      if (instruction.op === 'end') depth -= 1;
      const line = `${'  '.repeat(depth)}${printInstruction(instruction, fn, module)}`;
      if (instruction.op === 'if' || instruction.op === 'loop') depth += 1;
      return line;
    }),
    '  )',
  ];
}

function printInstruction(instruction: Instruction, fn: WasmFunction, module: WasmModule): string {
  if (isMemory(instruction)) return printMemory(instruction);
  if (isLaneStore(instruction)) return `${printMemory(instruction)} ${instruction.lane}`;
  switch (instruction.op) {
    case 'i32.const':
      return `i32.const ${instruction.value}`;
    case 'f32.const':
      return `f32.const ${printFloat(instruction.value)}`;
    case 'v128.const': {
      const { lanes, value } = instruction;
      const lane = lanes === 'f32x4' ? printFloat(value) : value;
      return `v128.const ${lanes} ${lane} ${lane} ${lane} ${lane}`;
    }
    case 'f32x4.extract_lane':
    case 'f64x2.extract_lane':
      return `${instruction.op} ${instruction.lane}`;
    case 'i8x16.shuffle':
      return `i8x16.shuffle ${instruction.bytes.join(' ')}`;
    case 'local.get':
    case 'local.set':
    case 'local.tee':
      return `${instruction.op} $${[...fn.parameters, ...fn.locals][instruction.local]!.name}`;
    case 'call':
      return `call ${instruction.function} ;; ${callee(module, instruction.function).name}`;
    case 'br_if':
      return `br_if ${instruction.depth}`;
    default:
      return instruction.op;
  }
}

const longerThanFourBytes = ['v128.load', 'v128.store', 'v128.load64_zero', 'v128.store64_lane'];

/** The text format takes an access to be aligned to its size where it does not say so. */
const printMemory = ({ op, offset }: { readonly op: string; readonly offset: number }): string =>
  `${op} offset=${offset}${longerThanFourBytes.includes(op) ? ' align=4' : ''}`;

function printFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}
