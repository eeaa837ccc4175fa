import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.ts';
import { bundleRnnc } from './bundle.ts';
import { type Case, chooseCases, nameOf } from './cases.ts';
import { install } from './install.ts';
import { choosePeers, type Peer } from './peers.ts';
import { formatMicroseconds, measureCase, type Running, startWorkers } from './rounds.ts';
import { pairedRatios, spreadOf } from './statistics.ts';

/*
 * npm run bench:regress -- A B: two commits of rnnc on the same cases, round by round. It is information: the exit code is
 * 0 whatever it finds. Cells, cases and workers are those of this tree; what an earlier commit does not know is said.
 */

const usage = `npm run bench:regress -- [OPTION...] A [B]

  A, B                  commits, or "." for the tree as it stands; B is "." by default
  --cases WORD,...      as in npm run bench (a few of LSTM, GRU, peephole LSTM and minGRU)
  --line NAME           which line of rnnc: rnnc, rnnc-wide, rnnc-separate, rnnc-node20, rnnc-js, ... (rnnc)
  --rounds N            (9)
  --milliseconds N      of a visit (100)
  --cpu N               (0)
`;

const { values: options, positionals } = readArguments({
  allowPositionals: true,
  options: {
    cases: { type: 'string' },
    line: { type: 'string', default: 'rnnc' },
    rounds: { type: 'string', default: '9' },
    milliseconds: { type: 'string', default: '100' },
    cpu: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
});

const usualCases =
  'lstm/train/16x64x1,lstm/train/64x64x16,lstm/train/128x100x32,lstm/infer/64x64x16,lstm/step/40x1x1,' +
  'gru/train/64x64x16,peephole_lstm/train/64x64x16,mingru/train/64x64x16';

const say = (line: string) => void process.stderr.write(`${line}\n`);
const out = fileURLToPath(new URL('.', import.meta.url));
const bench = dirname(out.replace(/\/$/, ''));
const root = dirname(bench);

/** A bundle of a commit, made from its own sources in a folder that is removed again. */
async function bundleCommit(commit: string, outfile: string): Promise<void> {
  if (commit === '.') return bundleRnnc(root, outfile);
  const folder = mkdtempSync(join(tmpdir(), 'rnnc-regress-'));
  try {
    const archive = execFileSync('git', ['archive', '--format=tar', commit], {
      cwd: root,
      maxBuffer: 2 ** 30,
    });
    execFileSync('tar', ['-x', '-C', folder], { input: archive });
    if (!existsSync(join(folder, 'node_modules')))
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
    await bundleRnnc(folder, outfile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function nameOfCommit(commit: string): string {
  if (commit === '.') return 'the tree as it stands';
  const format = '--format=%h %s';
  return execFileSync('git', ['log', '-1', format, commit], { cwd: root, encoding: 'utf8' }).trim();
}

async function startCommit(commit: string, label: string, line: Peer): Promise<readonly Running[]> {
  const module = join(out, `rnnc-${label}.mjs`);
  await bundleCommit(commit, module);
  const folders = { root, bench, workers: join(out, 'workers'), module };
  const peer = { ...line, name: label, title: commit };
  const { running } = await startWorkers([peer], folders, Number(options.cpu), say);
  return running;
}

function report(one: Case, result: Awaited<ReturnType<typeof measureCase>>): string {
  const name = nameOf(one).padEnd(30);
  const failed = result.timings.find((timing) => timing.failed !== undefined);
  if (failed !== undefined) return `${name} ${failed.peer} failed: ${failed.failed}`;
  const [a, b] = result.timings;
  if (a?.rounds === undefined || b?.rounds === undefined) return `${name} not offered`;
  const { median, lower, upper, least, most } = spreadOf(pairedRatios(b.rounds, a.rounds));
  const times = [a, b].map(({ spread }) => formatMicroseconds(spread!.median).padStart(8));
  const spread = `quartiles ${lower.toFixed(3)} to ${upper.toFixed(3)}, all ${least.toFixed(3)} to ${most.toFixed(3)}`;
  const verdict = upper < 1 ? 'faster' : lower > 1 ? 'slower' : 'no difference seen';
  return `${name} A ${times[0]}   B ${times[1]}   B/A ${median.toFixed(3)}  (${spread})  ${verdict}`;
}

async function regress(): Promise<void> {
  const [a, b = '.'] = positionals;
  if (a === undefined || positionals.length > 2) {
    process.stderr.write(usage);
    process.exitCode = 2;
    return;
  }
  const cases = chooseCases(options.cases ?? usualCases);
  const [line] = choosePeers(options.line);
  install(bench);
  say(`A: ${nameOfCommit(a)}\nB: ${nameOfCommit(b)}\nBundling both ...`);
  mkdirSync(out, { recursive: true });
  const running = [...(await startCommit(a, 'A', line!)), ...(await startCommit(b, 'B', line!))];
  const settings = {
    rounds: Number(options.rounds),
    milliseconds: Number(options.milliseconds),
    warmUp: 600,
    cpu: Number(options.cpu),
  };
  for (const one of cases) {
    process.stdout.write(`${report(one, await measureCase(one, running, settings))}\n`);
  }
  for (const { worker } of running) worker.close();
}

if (options.help) process.stdout.write(usage);
else await regress();
