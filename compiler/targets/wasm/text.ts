import { callee, type Instruction, isMemory, type WasmFunction, type WasmModule } from './instruction.ts';

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
    `  (func ${declared.join(' ')}`,
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
  if (isMemory(instruction)) return `${instruction.op} offset=${instruction.offset}`;
  switch (instruction.op) {
    case 'i32.const':
    case 'i64.const':
      return `${instruction.op} ${instruction.value}`;
    case 'f32.const':
      return `f32.const ${printFloat(instruction.value)}`;
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

function printFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}
