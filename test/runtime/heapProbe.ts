import { readFileSync } from 'node:fs';
import { instantiateSync, readWasm } from '../../runtime/index.ts';
import { openStream } from '../../runtime/realtime.ts';

/*
 * Run by streamingHeap.test.ts in a process of its own, on a .wasm file of one input, with --expose-gc and a nursery so large that nothing is collected
 * on the way: prints, for each way to make a million steps, how many bytes of heap they took and how many they kept.
 */

declare const gc: () => void;

const file = readFileSync(process.argv[2]!);
const open = () => instantiateSync(readWasm(file));
const [given, named, placed] = [open(), open(), open()];
const stream = openStream(file, { weights: placed.parameters });
const x = new Float32Array(1);
const record = { x };
let kept: unknown;

const ways: Record<string, { step: (t: number) => void; block: ArrayBufferLike }> = {
  array: { step: () => given.step(x), block: given.inputs.x!.buffer },
  record: { step: () => named.step(record), block: named.inputs.x!.buffer },
  inPlace: {
    step: (t) => {
      placed.inputs.x![0] = (t & 255) / 256;
      placed.step();
    },
    block: placed.inputs.x!.buffer,
  },
  realtime: {
    step: (t) => {
      stream.inputs.x![0] = (t & 255) / 256;
      stream.step();
    },
    block: stream.inputs.x!.buffer,
  },
  // The probe itself: 16 bytes per step must show.
  control: {
    step: (t) => {
      kept = { t };
    },
    block: new ArrayBuffer(0),
  },
};

const million = 1_000_000;
const report = Object.entries(ways).map(([way, { step, block }]) => {
  for (let t = 0; t < 50_000; t++) step(t);
  gc();
  const [before, bytes] = [process.memoryUsage().heapUsed, block.byteLength];
  for (let t = 0; t < million; t++) step(t);
  const taken = process.memoryUsage().heapUsed - before;
  gc();
  return [
    way,
    { taken, held: process.memoryUsage().heapUsed - before, grown: block.byteLength - bytes },
  ] as const;
});
console.log(JSON.stringify({ report: Object.fromEntries(report), last: stream.outputs.h![0], kept }));
