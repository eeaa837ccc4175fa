import { setFlagsFromString } from 'node:v8';

/* Node 20 has relaxed SIMD behind a flag, which counts from the first module that is compiled after it. */
if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');
