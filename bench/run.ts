import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.ts';
import { bundleRnnc } from './bundle.ts';
import { allCases, type Case, chooseCases, nameOf, quickCases } from './cases.ts';
import { measureCompile, measureMemory, measureSizes } from './extras.ts';
import { install } from './install.ts';
import { slugOf, thisMachine } from './machine.ts';
import { choosePeers, peers, quickPeers } from './peers.ts';
import type { BenchResult, CaseResult } from './result.ts';
import { measureCase, startWorkers, summaryOf } from './rounds.ts';
import { hasTaskset } from './workerProcess.ts';

/*
 * npm run bench: rnnc, as it stands in this tree, and its peers on the same cases, round by round.
 */

const usage = `npm run bench -- [OPTION...]

  --quick               a few cases and peers, two rounds: about two minutes
  --cases WORD,...      cases whose name (lstm/train/128x100x32: cell, operation, state x steps x batch), or a part of it after
                        a slash, begins with one of these; FILE.rnn, a path in the project, adds a cell of your own with
                        sizes I and H
  --peers NAME,...      ${peers.map(({ name }) => name).join(', ')}
  --parts NAME,...      cases, memory, compile, sizes; all by default
  --rounds N            visits to every peer per case (5; 2 with --quick)
  --milliseconds N      of a visit (150; 40 with --quick)
  --cpu N               which CPU the workers run on, where there is taskset (0)
  --into FILE           an earlier result, in which the cases and parts of this run, all lines of each, take the place of the first
  --out FILE            bench/results/DATE-MACHINE.json, with -quick if it is quick
  --list                the names of all cases, and nothing else

RNNC_BENCH_PYTHON names a Python interpreter that has torch or jax.
`;

const { values: options } = readArguments({
  options: {
    quick: { type: 'boolean', default: false },
    cases: { type: 'string' },
    peers: { type: 'string' },
    parts: { type: 'string', default: 'cases,memory,compile,sizes' },
    rounds: { type: 'string' },
    milliseconds: { type: 'string' },
    cpu: { type: 'string', default: '0' },
    into: { type: 'string' },
    out: { type: 'string' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string) => void process.stderr.write(`${line}\n`);
const out = fileURLToPath(new URL('.', import.meta.url));
const bench = dirname(out.replace(/\/$/, ''));
const root = dirname(bench);
const folders = { root, bench, workers: join(out, 'workers'), module: join(out, 'rnnc-tree.mjs') };

function commitOf(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  try {
    const changed = git('status', '--porcelain', '--', 'compiler', 'runtime') === '' ? '' : '+';
    return `${git('rev-parse', '--short=10', 'HEAD')}${changed}`;
  } catch {
    return 'unknown';
  }
}

/** JSON with what is innermost on one line. */
function asText(result: BenchResult): string {
  let text = JSON.stringify(result, undefined, 1);
  const innermost = /\[[^[\]{}]*\]|\{[^{}[\]]*\}/g;
  text = text.replace(innermost, (part) => part.replace(/\s*\n\s*/g, ' '));
  return `${text}\n`;
}

/** `earlier` with what was measured again. */
function replaced(earlier: BenchResult, later: BenchResult): BenchResult {
  const key = (entry: { peer: string; case: Case }) => `${entry.peer} ${nameOf(entry.case)}`;
  const parts = (['memory', 'compile'] as const).filter((part) => later[part].length > 0);
  const merge = <T extends { peer: string; case: Case }>(first: readonly T[], again: readonly T[]): T[] =>
    first.map((entry) => again.find((other) => key(other) === key(entry)) ?? entry);
  const what = [...later.cases.map((entry) => nameOf(entry.case)), ...parts];
  const stillThere = (earlier.again ?? [])
    .map(({ commit, what: before }) => ({ commit, what: before.filter((name) => !what.includes(name)) }))
    .filter((entry) => entry.what.length > 0);
  return {
    ...earlier,
    again: [...stillThere, { commit: later.commit, what }],
    cases: earlier.cases.map(
      (entry) => later.cases.find((other) => nameOf(other.case) === nameOf(entry.case)) ?? entry,
    ),
    memory: merge(earlier.memory, later.memory),
    compile: merge(earlier.compile, later.compile),
    sizes: later.sizes.length > 0 ? later.sizes : earlier.sizes,
  };
}

async function run(): Promise<void> {
  const { quick } = options;
  const cases = options.cases === undefined ? (quick ? quickCases : allCases) : chooseCases(options.cases);
  const wanted = choosePeers(options.peers ?? (quick ? quickPeers : peers.map(({ name }) => name).join(',')));
  const parts = new Set(options.parts.split(','));
  const settings = {
    rounds: Number(options.rounds ?? (quick ? 2 : 5)),
    milliseconds: Number(options.milliseconds ?? (quick ? 40 : 150)),
    warmUp: quick ? 400 : 1000,
    cpu: Number(options.cpu),
  };
  const machine = thisMachine();
  const date = new Date().toISOString().slice(0, 10);
  const file = resolve(
    options.into ??
      options.out ??
      join(bench, 'results', `${date}-${slugOf(machine)}${quick ? '-quick' : ''}.json`),
  );

  const earlier =
    options.into === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as BenchResult);
  install(bench);
  say('Bundling rnnc from its sources ...');
  await bundleRnnc(root, folders.module);
  const { running, results } = await startWorkers(wanted, folders, settings.cpu, say);
  const measured: CaseResult[] = [];
  if (parts.has('cases')) {
    for (const [index, one] of cases.entries()) {
      say(`[${index + 1}/${cases.length}] ${nameOf(one)}`);
      measured.push(await measureCase(one, running, settings));
      say(`  ${summaryOf(measured.at(-1)!)}`);
    }
  }
  for (const { worker } of running) worker.close();
  const extra = { rounds: quick ? 1 : 5, cpu: settings.cpu, say };
  const result: BenchResult = {
    format: 1,
    date,
    machine,
    commit: commitOf(),
    settings: {
      rounds: settings.rounds,
      milliseconds: settings.milliseconds,
      quick,
      pinned: hasTaskset(),
    },
    peers: results,
    cases: measured,
    memory: parts.has('memory') ? await measureMemory(wanted, folders, extra) : [],
    compile: parts.has('compile') ? await measureCompile(wanted, folders, extra) : [],
    sizes: parts.has('sizes') ? await measureSizes(wanted, folders) : [],
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, asText(earlier === undefined ? result : replaced(earlier, result)));
  say(`Written to ${file}`);
}

if (options.help) process.stdout.write(usage);
else if (options.list) process.stdout.write(`${allCases.map(nameOf).join('\n')}\n`);
else await run();
