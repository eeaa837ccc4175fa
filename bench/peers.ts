import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from './cases.ts';

/** How to start a worker. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Peer {
  readonly name: string;
  readonly title: string;
  /** `rnnc` itself, other packages for JavaScript, and packages of native code called from Python. */
  readonly family: 'rnnc' | 'npm' | 'native';
  /** What stands in the way on this machine is a string. */
  launch(folders: Folders): Launch | string;
  /** Cases that would take minutes are left out; what a peer does not know its worker says. */
  readonly most?: (wanted: Case) => boolean;
}

export interface Folders {
  /** The project. */
  readonly root: string;
  /** This bench. */
  readonly bench: string;
  /** Bundled workers. */
  readonly workers: string;
  /** The bundle of rnnc that is measured. */
  readonly module: string;
}

type Version = 20 | 24 | 26;
export const relaxedFlag = '--experimental-wasm-relaxed-simd';
export const wideFlag = '--experimental-wasm-revectorize';

/** A Node of this version, installed with the bench; 20 is the one that runs it, if it is of that version. */
export function nodeOf(version: Version, { bench }: Pick<Folders, 'bench'>): string | undefined {
  const [own] = process.versions.node.split('.');
  if (Number(own) === version) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const folder = join(bench, 'node_modules', `node-${version}-${platform}-${process.arch}`, 'bin');
  return [join(folder, 'node'), join(folder, 'node.exe')].find((file) => existsSync(file));
}

interface RnncOptions {
  readonly version?: Version;
  readonly profile?: 'separate' | 'fused';
  readonly target?: 'wasm' | 'js' | 'scalar';
  readonly wide?: boolean;
}

/** The command of a program among the workers that takes the options of rnncCase.ts. */
export function launchRnnc(
  program: string,
  { version = 24, profile = 'fused', target = 'wasm', wide = false }: RnncOptions,
  folders: Folders,
): Launch | string {
  const command = nodeOf(version, folders);
  if (command === undefined) return `no Node ${version} for ${process.platform} ${process.arch}`;
  const flags = [
    ...(version === 20 && profile === 'fused' ? [relaxedFlag] : []),
    ...(wide ? [wideFlag] : []),
  ];
  const options = ['--module', folders.module, '--root', folders.root, '--profile', profile];
  const args = [...flags, join(folders.workers, program), ...options, '--target', target];
  return { command, args };
}

function rnnc(name: string, title: string, options: RnncOptions, most?: Peer['most']): Peer {
  return {
    name,
    title,
    family: 'rnnc',
    launch: (folders) => launchRnnc('rnnc.mjs', options, folders),
    ...(most === undefined ? {} : { most }),
  };
}

function npm(name: string, title: string, worker: string, argument?: string, most?: Peer['most']): Peer {
  return {
    name,
    title,
    family: 'npm',
    launch: (folders) => {
      const command = nodeOf(24, folders);
      if (command === undefined) return `no Node 24 for ${process.platform} ${process.arch}`;
      const args = [join(folders.workers, `${worker}.mjs`), ...(argument === undefined ? [] : [argument])];
      return { command, args };
    },
    ...(most === undefined ? {} : { most }),
  };
}

function python(name: string, title: string, module: string, ...args: string[]): Peer {
  return {
    name,
    title,
    family: 'native',
    launch: ({ bench }) => {
      const command = pythonWith(module);
      if (command === undefined) return 'not on this machine';
      const worker = join(bench, 'workers', `${module}_worker.py`);
      return { command, args: ['-B', worker, ...args], env: { ...oneThread, ...openBlas() } };
    },
  };
}

const oneThread = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

/** An interpreter that can import the module: the one that RNNC_BENCH_PYTHON names, or the usual ones. */
function pythonWith(module: string): string | undefined {
  const { RNNC_BENCH_PYTHON: named } = process.env;
  const candidates = named === undefined ? ['python3', '/usr/bin/python3'] : [named];
  return candidates.find((command) => spawnSync(command, ['-c', `import ${module}`]).status === 0);
}

/** OpenBLAS falls back to kernels of 2004 on CPUs younger than itself, unless told which kernels to take. */
function openBlas(): Readonly<Record<string, string>> {
  if (process.env.OPENBLAS_CORETYPE !== undefined || !existsSync('/proc/cpuinfo')) return {};
  const flags = new Set(/^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' '));
  if (flags.has('avx512f')) return { OPENBLAS_CORETYPE: 'SkylakeX' };
  return flags.has('avx2') ? { OPENBLAS_CORETYPE: 'Haswell' } : {};
}

const work = ({ hidden, steps, batch }: Case) => steps * batch * hidden * hidden;
const upTo = (most: number) => (wanted: Case) => work(wanted) <= most;

export const peers: readonly Peer[] = [
  rnnc('rnnc', 'rnnc', {}),
  rnnc('rnnc-wide', 'rnnc, 256 bits', { wide: true }),
  rnnc('rnnc-separate', 'rnnc, no relaxed SIMD', { profile: 'separate' }),
  rnnc('rnnc-node26', 'rnnc, Node 26', { version: 26 }),
  rnnc('rnnc-node26-wide', 'rnnc, Node 26, 256 bits', { version: 26, wide: true }),
  rnnc('rnnc-node20', 'rnnc, Node 20', { version: 20 }),
  rnnc('rnnc-node20-separate', 'rnnc, Node 20, no relaxed SIMD', { version: 20, profile: 'separate' }),
  rnnc('rnnc-scalar', 'rnnc, no SIMD', { profile: 'separate', target: 'scalar' }, upTo(6e7)),
  rnnc('rnnc-js', 'rnnc, JavaScript', { profile: 'separate', target: 'js' }, upTo(6e7)),
  python('torch', 'PyTorch, torch.nn', 'torch', 'layers'),
  python('torch-eager', 'PyTorch, by hand', 'torch', 'eager'),
  python('torch-jit', 'PyTorch, TorchScript', 'torch', 'jit'),
  python('jax', 'JAX', 'jax'),
  npm('tfjs', 'TensorFlow.js, by hand', 'tensorflow', 'hand', upTo(1.5e8)),
  npm('tfjs-layers', 'TensorFlow.js, layers', 'tensorflow', 'layers', upTo(1.5e8)),
  // It unrolls the loop over steps, and takes long to trace it.
  npm('jax-js', 'jax-js', 'jaxjs', undefined, (wanted) => wanted.steps <= 100 && work(wanted) <= 1.5e8),
  npm('onnx-node', 'ONNX Runtime, native', 'onnxruntime', 'node'),
  npm('onnx-web', 'ONNX Runtime, wasm', 'onnxruntime', 'web'),
  npm('brain', 'brain.js 1', 'brain', 'brain.js'),
  npm('brain-2', 'brain.js 2 beta', 'brain', 'brain.js-2'),
];

export const quickPeers =
  'rnnc,rnnc-wide,rnnc-js,rnnc-scalar,torch,torch-jit,jax,tfjs,jax-js,onnx-node,brain';

/** In the table's order. @param names  separated by commas */
export function choosePeers(names: string): Peer[] {
  const wanted = new Set(names.split(','));
  const unknown = [...wanted].filter((name) => !peers.some((peer) => peer.name === name));
  if (unknown.length > 0) {
    const known = peers.map(({ name }) => name).join(', ');
    throw new Error(`There is no peer ${unknown.join(', ')}. Known: ${known}.`);
  }
  return peers.filter(({ name }) => wanted.has(name));
}
