import { openStream, type Stream } from '../../runtime/realtime.ts';
import type { Weights } from './scenarios.ts';

/*
 * The audio thread's module. Only what an AudioWorkletGlobalScope has is declared.
 */

declare class AudioWorkletProcessor {}
declare function registerProcessor(
  name: string,
  processor: new (options: { readonly processorOptions: Options }) => AudioWorkletProcessor,
): void;

interface Options {
  /** A WebAssembly.Module, or bytes. */
  readonly code: Uint8Array | object;
  readonly weights: Weights;
}

class CellProcessor extends AudioWorkletProcessor {
  readonly #stream: Stream;

  constructor({ processorOptions }: { readonly processorOptions: Options }) {
    super();
    this.#stream = openStream(processorOptions.code, { weights: processorOptions.weights });
  }

  process([[from]]: [Float32Array[]], [[to]]: [[Float32Array]]): boolean {
    const { inputs, outputs } = this.#stream;
    for (let i = 0; i < to.length; i++) {
      inputs.x![0] = from?.[i] ?? 0;
      this.#stream.step();
      to[i] = outputs.y![0]!;
    }
    return true;
  }
}

registerProcessor('cell', CellProcessor);
