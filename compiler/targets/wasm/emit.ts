import type { Buffer, Procedure, Program } from '../../program/program.ts';
import { pageBytes } from '../../support/webassembly.ts';
import { cutKernels, type Piece } from '../kernels.ts';
import type { Target } from '../target.ts';
import { BodyEmitter } from './body.ts';
import { checkModule } from './check.ts';
import { encodeModule } from './encode.ts';
import { FunctionBuilder } from './functionBuilder.ts';
import type { WasmFunction, WasmModule } from './instruction.ts';
import { LoopWriter } from './loop.ts';
import { fusedSpellings, type Spellings, spellings } from './spelling.ts';

export const wasm: Target = {
  name: 'wasm',
  doc: 'WebAssembly with 128-bit vectors; under the profile `fused`, with relaxed multiply-add.',
  ships: true,
  emit: (program, block = 'scalar') => ({
    kind: 'wasm',
    variants: [{ profile: program.profile, block, bytes: encodeModule(emitWasm(program)) }],
  }),
};

/** The program's instructions: a function per kernel, named after the user's equation, and one per procedure. */
export function emitWasm(program: Program): WasmModule {
  const emitter = new ModuleEmitter(program);
  const module: WasmModule = {
    pages: Math.max(1, Math.ceil(program.memoryBytes / pageBytes)),
    exports: program.procedures.map((procedure) => ({
      name: procedure.name,
      function: emitter.procedure(procedure),
    })),
    functions: emitter.functions,
  };
  checkModule(module);
  return module;
}

class ModuleEmitter {
  readonly functions: WasmFunction[] = [];
  readonly #buffers: ReadonlyMap<string, Buffer>;
  readonly #spellings: Spellings;

  constructor(program: Program) {
    this.#buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]));
    this.#spellings = program.profile === 'fused' ? fusedSpellings : spellings;
  }

  procedure({ name, takesSteps, body }: Procedure): number {
    const builder = new FunctionBuilder(takesSteps, []);
    this.#pieces(cutKernels({ name, takesSteps, body }), takesSteps, builder);
    return this.functions.push(builder.build(name)) - 1;
  }

  #pieces(pieces: readonly Piece[], takesSteps: boolean, builder: FunctionBuilder): void {
    for (const piece of pieces) this.#piece(piece, takesSteps, builder);
  }

  #piece(piece: Piece, takesSteps: boolean, builder: FunctionBuilder): void {
    switch (piece.kind) {
      case 'kernel': {
        const called = this.#kernel(piece, takesSteps);
        if (takesSteps) builder.code.push({ op: 'local.get', local: 0 });
        for (const index of piece.indices)
          builder.code.push({ op: 'local.get', local: builder.index(index) });
        builder.code.push({ op: 'call', function: called });
        break;
      }
      case 'loop':
        new LoopWriter(builder).write(piece.loop, () => this.#pieces(piece.pieces, takesSteps, builder));
        break;
      case 'inline':
        new BodyEmitter(piece.body, this.#buffers, this.#spellings, builder).emit();
        break;
    }
  }

  #kernel(piece: Piece & { kind: 'kernel' }, takesSteps: boolean): number {
    const builder = new FunctionBuilder(takesSteps, piece.indices);
    new BodyEmitter(piece.body, this.#buffers, this.#spellings, builder).emit();
    return this.functions.push(builder.build(piece.name)) - 1;
  }
}
