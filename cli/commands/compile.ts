import { basename } from 'node:path';
import { compile } from '../../compiler/compile.ts';
import { bundleModule, bundleScript, bundleWasm } from '../../compiler/module/bundle.ts';
import { type BlockName, registerBlocks } from '../../compiler/plan/blocks.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import { loadImport, readSource, writeAtomically, writeTogether } from '../files.ts';
import type { Io } from '../io.ts';

export interface CompileCommand {
  readonly size: ReadonlyMap<string, number>;
  readonly cell?: string;
  readonly batch: number;
  readonly window?: number;
  readonly inference: boolean;
  readonly inputCotangents?: boolean;
  readonly lengths?: boolean;
  readonly resets?: boolean;
  readonly target: 'js' | 'wasm';
  readonly profile?: 'separate' | 'fused';
  readonly block?: string;
  readonly standalone: boolean;
  readonly out?: string;
}

/** Writes an ES module with its types, a script for pages, or a .wasm file. */
export async function compileFile(path: string, command: CompileCommand, io: Io): Promise<ExitCode> {
  const { size, inference, out, profile, block, standalone, ...options } = command;
  const source = readSource(path);
  const file = out ?? `${path === '-' ? 'cell' : basename(path).replace(/\.rnn$/, '')}.js`;
  const kind = /\.(js|mjs|wasm)$/.exec(file)?.[1];
  if (kind === undefined) {
    throw new Failure(exitCodes.usage, `Cannot write ${file}: name a file that ends in .js, .mjs or .wasm.`);
  }
  if (kind === 'wasm' && command.target === 'js') {
    throw new Failure(
      exitCodes.usage,
      'A .wasm file holds WebAssembly: leave out --target js, or write a .js file.',
    );
  }
  if (kind !== 'js' && standalone) {
    throw new Failure(
      exitCodes.usage,
      `--standalone writes a script: name a file that ends in .js instead of ${file}.`,
    );
  }
  if (block !== undefined && command.target === 'js') {
    throw new Failure(
      exitCodes.usage,
      '--block is for WebAssembly, whose registers hold vectors: leave it out, or leave out --target js.',
    );
  }
  if (block !== undefined && !isBlock(block)) {
    const known = Object.keys(registerBlocks).join(', ');
    throw new Failure(exitCodes.usage, `There is no register block ${block}; there are ${known}.`);
  }
  // A file of one variant goes to hosts unknown.
  const rounding = profile ?? (kind === 'wasm' ? 'separate' : undefined);
  const compiled = compile(source, {
    ...options,
    ...(rounding && { profile: rounding }),
    ...(block && { block }),
    sizes: size,
    training: !inference,
    load: loadImport,
  });
  if (kind === 'wasm') {
    const bytes = bundleWasm(compiled);
    writeAtomically(file, bytes);
    io.out(`${file}: ${bytes.length} bytes\n`);
    return exitCodes.fine;
  }
  if (standalone) {
    const { runtimeScript } = await import('../runtimeScript.generated.ts');
    const script = bundleScript(compiled, runtimeScript);
    writeAtomically(file, script);
    io.out(`${file}: ${Buffer.byteLength(script)} bytes\n`);
    return exitCodes.fine;
  }
  const { js, dts } = bundleModule(compiled);
  const types = file.replace(/\.(m?)js$/, '.d.$1ts');
  writeTogether([
    { path: file, content: js },
    { path: types, content: dts },
  ]);
  io.out(`${file}: ${Buffer.byteLength(js)} bytes\n${types}\n`);
  return exitCodes.fine;
}

const isBlock = (name: string): name is BlockName => Object.hasOwn(registerBlocks, name);
