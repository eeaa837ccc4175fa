import { fusesMultiplyAdd } from '../../runtime/host.ts';
import { sweep, tone, training, type Weights } from './scenarios.ts';

/*
 * The page's script: the scenarios by the address of a .wasm file, for the test to call. Only what it uses of a browser is
 * declared.
 */

declare function fetch(url: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> }>;
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> };

interface AudioNode {
  connect(to: AudioNode): AudioNode;
}
interface AudioBuffer {
  getChannelData(channel: number): Float32Array;
}
declare class OfflineAudioContext {
  constructor(channels: number, length: number, sampleRate: number);
  readonly audioWorklet: { addModule(url: string): Promise<void> };
  readonly destination: AudioNode;
  createBuffer(channels: number, length: number, sampleRate: number): AudioBuffer;
  createBufferSource(): AudioNode & { buffer: AudioBuffer; start(): void };
  startRendering(): Promise<AudioBuffer>;
}
declare const AudioWorkletNode: new (
  context: OfflineAudioContext,
  name: string,
  options: { readonly outputChannelCount: readonly number[]; readonly processorOptions: object },
) => AudioNode & { onprocessorerror: (event: unknown) => void };

const bytesOf = async (url: string): Promise<Uint8Array> =>
  new Uint8Array(await (await fetch(url)).arrayBuffer());

async function audio(
  url: string,
  weights: Weights,
  count: number,
  as: 'module' | 'bytes',
): Promise<readonly number[]> {
  const bytes = await bytesOf(url);
  const sampleRate = 44_100;
  const context = new OfflineAudioContext(1, count, sampleRate);
  await context.audioWorklet.addModule('/worklet.js');
  const code = as === 'module' ? await WebAssembly.compile(bytes) : bytes;
  const node = new AudioWorkletNode(context, 'cell', {
    outputChannelCount: [1],
    processorOptions: { code, weights },
  });
  const failed = new Promise<never>((_, reject) => {
    node.onprocessorerror = () => reject(new Error('The processor threw.'));
  });
  const source = context.createBufferSource();
  source.buffer = context.createBuffer(1, count, sampleRate);
  source.buffer.getChannelData(0).set(tone(count));
  source.connect(node).connect(context.destination);
  source.start();
  const rendered = await Promise.race([context.startRendering(), failed]);
  return [...new Int32Array(rendered.getChannelData(0).slice().buffer)];
}

const calls = {
  fuses: async () => fusesMultiplyAdd(),
  sweep: async (url: string, weights: Weights, seed: number) => sweep(await bytesOf(url), weights, seed),
  training: async (url: string, weights: Weights) => training(await bytesOf(url), weights),
  audio,
};
export type Calls = typeof calls;
(globalThis as unknown as { calls: Calls }).calls = calls;
