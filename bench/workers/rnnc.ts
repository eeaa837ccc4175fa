import { gzipSync } from 'node:zlib';
import type * as Compiler from '../../compiler/index.ts';
import type * as Runtime from '../../runtime/index.ts';
import type { Case } from '../cases.ts';
import { median } from '../statistics.ts';
import { multiplyAddPeak } from './peak.ts';
import { type Prepared, randomValues, serve } from './protocol.ts';
import {
  type Bundle,
  compileCase,
  instantiate,
  loadBundle,
  profile,
  questionOf,
  target,
} from './rnncCase.ts';

/*
 * rnnc as its users have it: `compile`, `instantiate`, `forward`, `backward`, `step`.
 */

const compileRounds = 15;

async function prepare(bundle: Bundle, wanted: Case): Promise<Prepared> {
  const { operation, steps } = wanted;
  const compiled = compileCase(bundle, wanted);
  const instance = await instantiate(bundle, compiled);
  const note = noteOf(instance);
  const inputs = filled(compiled.manifest.inputs, wanted);
  if (operation === 'step') return { run: () => void instance.step(inputs), note };
  if (operation === 'infer') {
    const run = () => {
      instance.start();
      instance.forward(inputs, steps);
    };
    return { run, note };
  }
  const run = trainingStep(bundle, compiled, instance, wanted);
  run();
  checkGradients(instance);
  return { run, note };
}

/** A new instance has its sequences at their start; every later call begins them anew. */
function trainingStep(
  { runtime }: Bundle,
  { manifest }: Compiler.CompiledCell,
  instance: Runtime.Instance,
  wanted: Case,
): () => void {
  const { steps, batch } = wanted;
  const inputs = filled(manifest.inputs, wanted);
  if (manifest.loss !== undefined) {
    const targets = filled(manifest.targets, wanted);
    return () => {
      instance.start();
      instance.forward(inputs, steps, { targets });
      instance.backward();
    };
  }
  const [first] = manifest.outputs;
  const goal = randomValues(steps * batch * entries(first!.shape));
  return () => {
    instance.start();
    const output = instance.forward(inputs, steps)[first!.name]!;
    const { cotangent } = runtime.squaredError(output, goal, steps * batch);
    instance.backward({ outputCotangents: { [first!.name]: cotangent } });
  };
}

/** A bench of a step that computes nothing would be a fine one. */
function checkGradients({ gradients }: Runtime.Instance): void {
  for (const [name, gradient] of Object.entries(gradients)) {
    if (!gradient.some((entry) => entry !== 0) || !gradient.every(Number.isFinite))
      throw new Error(`the gradient of ${name} is all zero or not finite`);
  }
}

/** The register block, where the tree has a choice of them. */
function noteOf({ variant }: Runtime.Instance): string {
  return variant === undefined ? target : `${variant.profile} ${variant.block}`;
}

/** [steps, batch, ...shape] for each. */
function filled(inputs: Compiler.Manifest['inputs'], { steps, batch }: Case) {
  return Object.fromEntries(
    inputs.map(({ name, shape, classes }) => {
      const values = randomValues(steps * batch * entries(shape));
      const scale = (classes ?? 0) / 2;
      const array = classes === undefined ? values : Int32Array.from(values, (v) => (v + 1) * scale);
      return [name, array];
    }),
  );
}

function entries(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Milliseconds from text to an instance: of the first time in this process, and the median of later ones. */
async function compileTimes(bundle: Bundle, wanted: Case): Promise<Readonly<Record<string, number>>> {
  const { source, options } = questionOf(bundle, wanted, { trained: false });
  const once = async () => {
    const start = performance.now();
    const compiled = bundle.compiler.compile(source, options);
    const compiledAt = performance.now();
    await instantiate(bundle, compiled);
    const end = performance.now();
    // The register block is chosen by a measurement, once per compiled cell.
    await instantiate(bundle, compiled);
    return { compile: compiledAt - start, whole: end - start, again: performance.now() - end };
  };
  const first = await once();
  for (let i = 0; i < 5; i++) await once();
  const warm = [];
  for (let i = 0; i < compileRounds; i++) warm.push(await once());
  return {
    first: first.whole,
    warm: median(warm.map(({ whole }) => whole)),
    warmCompile: median(warm.map(({ compile }) => compile)),
    warmAgain: median(warm.map(({ again }) => again)),
  };
}

/** Bytes of what is emitted: of the code of one variant, and of the file with its manifest, plain and by gzip. */
function sizesOf(bundle: Bundle, wanted: Case): Readonly<Record<string, number>> {
  const compiled = compileCase(bundle, wanted);
  const { code } = compiled;
  const isJs = code.kind === 'js';
  const bytes = isJs ? Buffer.from(code.source) : code.variants[0]!.bytes;
  const file = isJs
    ? Buffer.from(bundle.compiler.bundleModule(compiled).js)
    : bundle.compiler.bundleWasm(compiled);
  return {
    variants: isJs ? 1 : code.variants.length,
    code: bytes.length,
    codeGzip: gzipSync(bytes, { level: 9 }).length,
    file: file.length,
    fileGzip: gzipSync(file, { level: 9 }).length,
  };
}

await serve(async () => {
  const bundle = await loadBundle();
  return {
    ready: `Node ${process.versions.node}, V8 ${process.versions.v8}`,
    prepare: (wanted) => prepare(bundle, wanted),
    compile: (wanted) => compileTimes(bundle, wanted),
    sizes: (wanted) => sizesOf(bundle, wanted),
    ...(target === 'wasm' ? { peak: multiplyAddPeak(profile === 'fused' ? 'relaxed' : 'separate') } : {}),
  };
});
