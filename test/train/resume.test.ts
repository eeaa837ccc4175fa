import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import fc from 'fast-check';
import picocolors from 'picocolors';
import { beforeAll, describe, expect, it } from 'vitest';
import { exitCodes, Failure } from '../../cli/failure.ts';
import { readCheckpoint, writeCheckpoint } from '../../cli/run/checkpoint.ts';
import { optimiserNames } from '../../cli/run/choices.ts';
import { readConfiguration, writeConfiguration } from '../../cli/run/configuration.ts';
import { type Disk, RunFolder } from '../../cli/run/folder.ts';
import type { LogLine } from '../../cli/run/log.ts';
import { type Listener, trainLoop } from '../../cli/run/loop.ts';
import { optimiserOf } from '../../cli/run/optimisers.ts';
import { readRunData } from '../../cli/run/resume.ts';
import { networkOf, train } from '../../cli/run/training.ts';
import { decodeSafetensors, encodeSafetensors } from '../../runtime/safetensors.ts';
import { rnnc } from '../cli/support.ts';
import { csv, filesOf, wave, workshop } from './support.ts';

const { path, put } = workshop();
const keys = [...'aabbbaaacbaccbbaaaabcbcabbbaacabbacbaabcaabbccab'];
const data = put('data.csv', csv({ v: wave(keys.length), who: keys }));
const next = path('next.rnn');

const silent = {
  updated: () => {},
  logged: () => {},
  wantsCheckpoint: () => false,
  checkpoint: () => {},
  interrupted: () => false,
} satisfies Listener;

/** A run that is told everything and has made no step. */
async function prepared(name: string, ...options: readonly string[]): Promise<RunFolder> {
  const run = path(name);
  rmSync(run, { recursive: true, force: true });
  const begun = await rnnc(
    ...['train', next, '--data', data, '--forecast', 'v', '--key', 'who', '--epochs', '1', '--out', run],
    ...options,
  );
  expect({ code: begun.code, err: begun.err }).toEqual({ code: 0, err: '' });
  return new RunFolder(run);
}

/** Trains to the end, or until it has asked `stop` times whether to: after updates, and between pieces of held-out rows. */
async function trainOn(folder: RunFolder, epochs: number, resumed: boolean, stop = Number.POSITIVE_INFINITY) {
  const configuration = readConfiguration(folder);
  const { training } = configuration;
  const made = await readRunData(configuration);
  const network = await networkOf(configuration, made.series);
  const optimiser = optimiserOf(training);
  const from = resumed ? readCheckpoint(folder) : undefined;
  if (from !== undefined) {
    network.setParameters(from.parameters);
    optimiser.load(from.optimiser);
  }
  const log: LogLine[] = [];
  let asked = 0;
  const outcome = await trainLoop(network, optimiser, made, { ...training, epochs }, from, {
    ...silent,
    logged: (line) => void log.push(line),
    interrupted: () => asked++ >= stop,
  });
  writeCheckpoint(folder, outcome.checkpoint, network.manifest);
  return { ...outcome, log };
}

describe('a run that is interrupted', () => {
  const settings = fc.record({
    window: fc.integer({ min: 1, max: 9 }),
    every: fc.integer({ min: 1, max: 9 }),
    batch: fc.integer({ min: 1, max: 4 }),
    target: fc.constantFrom('js', 'wasm'),
    optimiser: fc.constantFrom(...optimiserNames),
    schedule: fc.constantFrom('constant', 'cosine', 'step'),
    warmup: fc.nat(5),
    // With the greater one the first epochs are the best.
    'learning-rate': fc.constantFrom(0.001, 0.7),
    stops: fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 4 }),
  });

  it('anywhere goes on to the numbers of one go, bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(settings, async ({ every, stops, ...others }) => {
        const options = Object.entries({
          ...others,
          'update-every': Math.min(every, others.window),
          ...(others.schedule === 'step' && { 'step-epochs': 1 }),
        });
        const folder = await prepared(
          'any-run',
          ...options.flatMap(([name, value]) => [`--${name}`, String(value)]),
        );
        const whole = await trainOn(folder, 3, false);
        const wholeBytes = readFileSync(folder.file('checkpoint'));
        const log: LogLine[] = [];
        for (const [i, stop] of [...stops, Number.POSITIVE_INFINITY].entries()) {
          const part = await trainOn(folder, 3, i > 0, stop);
          log.push(...part.log);
          if (part.ending !== 'interrupted') break;
        }
        expect(log).toEqual(whole.log);
        expect(log.length).toBe(3);
        expect(readFileSync(folder.file('checkpoint')).equals(wholeBytes)).toBe(true);
      }),
      { numRuns: 10, seed: 1 },
    );
  });

  it('goes on without the files of its cell', async () => {
    const gru = path('gru.rnn');
    const cell = put(
      'layered.rnn',
      `import { GRU } from "./gru.rnn"
cell Layered(H = 3) {
  input x: []
  target y: []
  cell gru: GRU(1, H)
  memory = gru([x])
  y_hat = sum(memory.h)
  output y_hat
  loss (y_hat - y)^2
}
`,
    );
    const run = path('layered-run');
    const begun = await rnnc('train', cell, '--data', data, '--forecast', 'v', '--epochs', '1', '--out', run);
    expect(begun.code).toBe(0);
    for (const file of [cell, gru]) rmSync(file);
    expect(await rnnc('train', '--resume', run, '--epochs', '2')).toMatchObject({ code: 0, err: '' });
  });

  it('is told so by a signal, says how to go on, and loses nothing', async () => {
    const options = ['--data', data, '--forecast', 'v', '--key', 'who', '--window', '2'];
    const one = path('signal-one');
    const two = path('signal two');
    expect((await rnnc('train', next, ...options, '--epochs', '1000', '--out', one)).code).toBe(0);
    const began = rnnc('train', next, ...options, '--epochs', '1000', '--out', two);
    while (!existsSync(join(two, 'config.json'))) await new Promise((resolve) => setTimeout(resolve, 1));
    process.emit('SIGINT');
    const { code, err } = await began;
    expect(code).toBe(exitCodes.interrupted);
    expect(err).toContain(`Go on with: rnnc train --resume '${two}'`);
    expect(process.listenerCount('SIGINT')).toBe(0);
    expect((await rnnc('train', '--resume', two)).code).toBe(0);
    expect(filesOf(two)).toEqual(filesOf(one));
  });
});

describe('two processes that write one file', () => {
  it('do not mix, and what a dead one left is swept away', () => {
    const folder = new RunFolder(path('shared'));
    folder.create();
    folder.unlock();
    folder.write('log', 'whole\n');
    put(`shared/log.jsonl.${process.pid}.tmp`, 'half');
    put('shared/weights.safetensors.4194305.tmp', 'half');
    put('shared/notes.tmp', 'mine');
    folder.sweep();
    expect([...filesOf(folder.path).keys()].sort()).toEqual([
      'log.jsonl',
      `log.jsonl.${process.pid}.tmp`,
      'notes.tmp',
    ]);
    expect(readFileSync(folder.file('log'), 'utf8')).toBe('whole\n');
  });
});

describe('two processes that train in one folder', () => {
  it('do not: the second is refused, unless the first is dead', async () => {
    const { path: run } = await prepared('locked');
    const before = filesOf(run);
    expect(before.has('run.lock')).toBe(false);
    put('locked/run.lock', String(process.ppid));
    const refused = await rnnc('train', '--resume', run, '--epochs', '2');
    expect(refused).toMatchObject({ code: exitCodes.failed, out: '' });
    expect(refused.err).toContain(`${run} is in use: process ${process.ppid} trains there.`);
    const { 'run.lock': lock, ...rest } = Object.fromEntries(filesOf(run));
    expect(lock).toBeDefined();
    expect(rest).toEqual(Object.fromEntries(before));
    put('locked/run.lock', '4194305');
    expect(await rnnc('train', '--resume', run, '--epochs', '2')).toMatchObject({ code: 0, err: '' });
    expect(existsSync(join(run, 'run.lock'))).toBe(false);
  });

  it.skipIf(!existsSync('/proc/self/stat'))(
    'are told from later ones of the same number, and from ones that nobody has buried',
    async () => {
      const { path: run } = await prepared('numbers');
      // Of this number, but it began at another time.
      put('numbers/run.lock', `${process.pid} 1`);
      expect(await rnnc('train', '--resume', run, '--epochs', '2')).toMatchObject({ code: 0, err: '' });
      // A child of a process that never asks for its end.
      const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 30'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      try {
        const child = await new Promise<number>((resolve) => {
          parent.stdout.once('data', (text) => resolve(Number(String(text))));
        });
        const state = () => /\) (\w)/.exec(readFileSync(`/proc/${child}/stat`, 'latin1'))?.[1];
        while (state() !== 'Z') await new Promise((resolve) => setTimeout(resolve, 5));
        put('numbers/run.lock', String(child));
        expect(await rnnc('train', '--resume', run, '--epochs', '3')).toMatchObject({ code: 0, err: '' });
      } finally {
        parent.kill('SIGKILL');
      }
    },
  );

  it('nor does a second begin in a folder where the first has no checkpoint yet', async () => {
    const run = path('just-begun');
    new RunFolder(run).create();
    put('just-begun/config.json', '{}');
    put('just-begun/run.lock', String(process.ppid));
    const command = ['train', next, '--data', data, '--forecast', 'v', '--epochs', '1', '--out', run];
    expect((await rnnc(...command)).err).toContain('is in use');
    expect(readFileSync(join(run, 'config.json'), 'utf8')).toBe('{}');
    rmSync(join(run, 'run.lock'));
    expect(await rnnc(...command)).toMatchObject({ code: 0, err: '' });
  });
});

describe('a run without a checkpoint', () => {
  it('starts from the beginning, says so, and comes to the same', async () => {
    const { path: run } = await prepared('no-checkpoint', '--profile', 'separate');
    const whole = filesOf(run);
    rmSync(join(run, 'checkpoint.safetensors'));
    const again = await rnnc('train', '--resume', run);
    expect(again.code).toBe(0);
    expect(again.err).toBe(
      `There is no ${join(run, 'checkpoint.safetensors')}: the run starts from the beginning, and does again what was done.\n`,
    );
    expect(filesOf(run)).toEqual(whole);
    for (const name of whole.keys()) if (name !== 'config.json') rmSync(join(run, name));
    expect((await rnnc('train', '--resume', run)).err).toMatch(/: the run starts from the beginning\.\n$/);
  });
});

describe('a run that is killed', () => {
  const program = path('rnnc.mjs');
  beforeAll(async () => {
    await build({
      entryPoints: [fileURLToPath(new URL('../../cli/main.ts', import.meta.url))],
      outfile: program,
      bundle: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'silent',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
  }, 60_000);

  const start = (...args: readonly string[]) =>
    spawn(process.execPath, [program, 'train', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

  async function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly err: string }> {
    let err = '';
    child.stdout!.resume();
    child.stderr!.on('data', (text) => {
      err += text;
    });
    return new Promise((resolve) => void child.on('close', (code) => resolve({ code, err })));
  }

  /** Nothing in the folder is half of what it should be. */
  function checkWhole(run: string): void {
    for (const name of ['weights.safetensors', 'checkpoint.safetensors']) {
      if (existsSync(join(run, name))) decodeSafetensors(readFileSync(join(run, name)));
    }
    for (const name of ['config.json'])
      if (existsSync(join(run, name))) JSON.parse(readFileSync(join(run, name), 'utf8'));
    if (!existsSync(join(run, 'log.jsonl'))) return;
    const text = readFileSync(join(run, 'log.jsonl'), 'utf8');
    expect(text === '' || text.endsWith('\n')).toBe(true);
    for (const line of text.split('\n').slice(0, -1)) JSON.parse(line);
  }

  it('at random moments has whole files, and goes on to the numbers of one go', async () => {
    const options = [
      '--data',
      data,
      '--forecast',
      'v',
      '--key',
      'who',
      '--window',
      '3',
      '--profile',
      'separate',
    ];
    const [one, two] = [path('killed-one'), path('killed-two')];
    const command = [next, ...options, '--epochs', '60', '--checkpoint-every', '0'];
    expect(await ended(start(...command, '--out', one))).toEqual({ code: 0, err: '' });
    const moments = [40, 210, 260, 310, 400, 600];
    let done = false;
    let kills = 0;
    for (const moment of [...moments, 60_000]) {
      const begun = existsSync(join(two, 'config.json'));
      if (!begun) rmSync(two, { recursive: true, force: true });
      const resume = ['--resume', two, '--checkpoint-every', '0'];
      const child = start(...(begun ? resume : [...command, '--out', two]));
      const timer = setTimeout(() => child.kill('SIGKILL'), moment);
      const { code, err } = await ended(child);
      clearTimeout(timer);
      checkWhole(two);
      if (code === null) kills++;
      else expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/^(There is no .*\n)?$/) });
      done = code === 0;
      if (done) break;
    }
    expect(done).toBe(true);
    expect(kills).toBeGreaterThan(0);
    expect(filesOf(two)).toEqual(filesOf(one));
  }, 120_000);
});

describe('a disk that is full', () => {
  /** Takes so many bytes, then says what a full disk says. */
  function fullAfter(bytes: number): Disk {
    let left = bytes;
    return {
      write(descriptor, content, from) {
        if (left === 0)
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
        const count = Math.min(left, content.length - from, 100);
        left -= count;
        return writeSync(descriptor, content, from, count);
      },
    };
  }

  it('leaves the file before, or the new one, and nothing beside', () => {
    const name = path('full');
    rmSync(name, { recursive: true, force: true });
    const made = new RunFolder(name);
    made.create();
    made.unlock();
    const old = 'old '.repeat(200);
    const fresh = 'new '.repeat(300);
    for (let bytes = 0; bytes <= 1300; bytes += 50) {
      new RunFolder(name).write('log', old);
      const folder = new RunFolder(name, fullAfter(bytes));
      const write = () => folder.write('log', fresh);
      if (bytes < fresh.length) {
        expect(write).toThrow(`Cannot write ${folder.file('log')}: no space is left on the disk.`);
        expect(write).toThrow(Failure);
      } else write();
      expect([...filesOf(name).keys()]).toEqual(['log.jsonl']);
      expect(readFileSync(folder.file('log'), 'utf8')).toBe(bytes < fresh.length ? old : fresh);
    }
  });

  it('ends a run with a message; its files are whole, and with room again it goes on to the numbers of one go', async () => {
    const command = [...['train', next, '--data', data, '--forecast', 'v', '--key', 'who'], '--epochs', '20'];
    const one = path('room-one');
    expect((await rnnc(...command, '--out', one)).code).toBe(0);
    const whole = filesOf(one);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 200_000 }), async (bytes) => {
        const two = path('room-two');
        rmSync(two, { recursive: true, force: true });
        const { path: run } = await prepared('room-two', '--epochs', '20', '--out', two);
        for (const name of whole.keys()) if (name !== 'config.json') rmSync(join(run, name));
        const configuration = { ...readConfiguration(new RunFolder(run)), checkpointEvery: 0 };
        const folder = new RunFolder(run, fullAfter(bytes));
        const made = await readRunData(configuration);
        const network = await networkOf(configuration, made.series);
        const begun = { folder, configuration, data: made };
        const plain = picocolors.createColors(false);
        const io = { out: () => {}, err: () => {}, terminal: false, colours: { out: plain, err: plain } };
        await expect(train(begun, network, io)).rejects.toThrow(
          /^Cannot write .*: no space is left on the disk\./,
        );
        for (const [name, content] of filesOf(run)) {
          const file = Buffer.from(content, 'base64');
          if (name.endsWith('.safetensors')) decodeSafetensors(file);
          else expect(file.toString('utf8')).toMatch(/(^|[\n}])$/);
        }
        expect((await rnnc('train', '--resume', run)).code).toBe(0);
        expect(filesOf(run)).toEqual(whole);
      }),
      { numRuns: 5, seed: 3 },
    );
  });

  it.skipIf(!existsSync('/dev/full'))('is told apart from our own mistakes by the system, too', () => {
    const folder = new RunFolder(path('device'), {
      write: (_, content, from) => {
        const full = openSync('/dev/full', 'w');
        try {
          return writeSync(full, content, from);
        } finally {
          closeSync(full);
        }
      },
    });
    folder.create();
    expect(() => folder.write('checkpoint', 'x')).toThrow('no space is left on the disk');
    expect(folder.has('checkpoint')).toBe(false);
    folder.abandon();
    expect(existsSync(folder.path)).toBe(false);
  });
});

describe('a run that is gone on with', () => {
  it('keeps how often it was told to save', async () => {
    const folder = await prepared('pace', '--checkpoint-every', '3.5');
    expect(readConfiguration(folder).checkpointEvery).toBe(3.5);
    expect((await rnnc('train', '--resume', folder.path, '--epochs', '2')).code).toBe(0);
    expect(readConfiguration(folder).checkpointEvery).toBe(3.5);
    expect((await rnnc('train', '--resume', folder.path, '--checkpoint-every', '7')).code).toBe(0);
    expect(readConfiguration(folder).checkpointEvery).toBe(7);
  });

  it('is told where nothing is left to do, or less than is done is asked for', async () => {
    const { path: run } = await prepared('done');
    expect((await rnnc('train', '--resume', run, '--epochs', '3')).out).not.toContain('nothing left');
    const before = filesOf(run);
    const again = await rnnc('train', '--resume', run);
    expect(again.out).toContain(
      `There was nothing left to do; rnnc train --resume ${run} goes on with --epochs above 3.`,
    );
    const fewer = await rnnc('train', '--resume', run, '--epochs', '2');
    expect(fewer).toMatchObject({ code: exitCodes.usage, out: '' });
    expect(fewer.err).toContain('--epochs 2: 3 epochs are done already.');
    expect(filesOf(run)).toEqual(before);
  });

  it('whose learning rate has gone down to 0 is not told to go on', async () => {
    const { path: run } = await prepared('cosine', '--schedule', 'cosine');
    const { code, out } = await rnnc('train', '--resume', run);
    expect(code).toBe(0);
    expect(out).toContain(
      'There was nothing left to do: the learning rate has gone down to 0 at epoch 1. For more epochs begin a new run',
    );
    expect(out).not.toContain('--epochs above');
  });

  it('has weights and configuration that belong together', async () => {
    const folder = await prepared('normalised');
    const configuration = readConfiguration(folder);
    const [column, ...rest] = configuration.columns;
    writeConfiguration(folder, {
      ...configuration,
      columns: [{ ...column!, mean: column!.mean + 1 }, ...rest],
    });
    const { code, err } = await rnnc('predict', folder.path);
    expect(code).toBe(exitCodes.failed);
    expect(err).toContain('do not belong together: their normalisations differ');
  });

  const { parse, stringify } = JSON;
  const damages: readonly (readonly [field: string, value: unknown])[] = [
    ['window', 0],
    ['updateEvery', 33],
    ['clip', 'much'],
    ['optimiser', 'magic'],
    ['optimiserOptions', [['beta1', null]]],
    ['learningRate', null],
    ['schedule', 'sometimes'],
    ['stepEpochs', 1.5],
    ['stepFactor', 0],
    ['warmup', -1],
    ['epochs', '7'],
    ['batch', undefined],
    ['seed', -1],
    ['patience', 0],
  ];
  it('has a configuration as it was written, in every field', async () => {
    const folder = await prepared('fields');
    const whole = readFileSync(folder.file('configuration'), 'utf8');
    expect(Object.keys(readConfiguration(folder).training).length).toBeGreaterThan(10);
    for (const [field, value] of [...damages, ['training', null]] as const) {
      const damaged = parse(whole) as Record<string, Record<string, unknown>>;
      if (field === 'training') delete damaged.training;
      else damaged.training![field] = value;
      put('fields/config.json', stringify(damaged));
      const answer = await rnnc('train', '--resume', folder.path);
      expect(answer).toMatchObject({ code: exitCodes.failed, out: '' });
      const part = field === 'training' ? field : `training.${field}`;
      expect(answer.err).toContain(`${folder.file('configuration')} is damaged: ${part} is not as`);
    }
  });

  it('has a checkpoint and a log that fit, or the file is named', async () => {
    const folder = await prepared('misfits');
    const file = folder.file('checkpoint');
    const log = folder.file('log');
    const [bytes, lines] = [readFileSync(file), readFileSync(log, 'utf8')];
    const { tensors, metadata: sealed } = decodeSafetensors(bytes);
    const metadata = new Map([...sealed].filter(([name]) => name !== 'sha256'));
    const without = (name: string) => new Map([...tensors].filter(([one]) => one !== name));
    const position = (text: string) => new Map([...metadata, ['position', text]]);
    const misfits = [
      { tensors: without('parameters/U'), metadata },
      { tensors: without('best/U'), metadata },
      { tensors: without('optimiser/mean/U'), metadata },
      { tensors, metadata: position('{') },
      { tensors, metadata: position('null') },
      { tensors, metadata: position(metadata.get('position')!.replace('"epoch":2', '"epoch":0')) },
      { tensors, metadata: position(metadata.get('position')!.replace('"sums"', '"sum"')) },
      {
        tensors,
        metadata: position(metadata.get('position')!.replace(/}$/, ',"window":{"first":2,"from":1}}')),
      },
    ];
    for (const misfit of misfits) {
      writeFileSync(file, encodeSafetensors(misfit));
      const answer = await rnnc('train', '--resume', folder.path, '--epochs', '2');
      expect(answer).toMatchObject({ code: exitCodes.failed, out: '' });
      expect(answer.err).toContain(`${file} is damaged: `);
    }
    writeFileSync(file, bytes);
    writeFileSync(log, lines.replace(/"heldOutLoss":[^,]*/, '"heldOutLoss":null'));
    const answer = await rnnc('train', '--resume', folder.path, '--epochs', '2');
    expect(answer).toMatchObject({ code: exitCodes.failed, out: '' });
    expect(answer.err).toContain(`${log} is damaged`);
  });
});

describe('a byte that has changed', () => {
  /** Changes the last one, which is of an array. */
  const spoil = (file: string) => {
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 4;
    writeFileSync(file, bytes);
  };

  it('of the weights is noticed by predict; the checkpoint writes them again', async () => {
    const folder = await prepared('flipped');
    const [file, before] = [folder.file('weights'), filesOf(folder.path)];
    spoil(file);
    const { code, out, err } = await rnnc('predict', folder.path);
    expect({ code, out }).toEqual({ code: exitCodes.failed, out: '' });
    expect(err).toContain(`${file} is damaged`);
    expect(err).toContain(`rnnc train --resume ${folder.path}\n`);
    expect((await rnnc('train', '--resume', folder.path)).code).toBe(0);
    expect(filesOf(folder.path)).toEqual(before);
  });

  it('on purpose says so: the metadata name no checksum', async () => {
    const folder = await prepared('own');
    const { tensors, metadata } = decodeSafetensors(readFileSync(folder.file('weights')));
    expect(metadata.get('sha256')).toMatch(/^[0-9a-f]{64}$/);
    const own = new Map(tensors);
    own.set('b', { shape: [], values: Float32Array.of(5) });
    const write = (texts: ReadonlyMap<string, string>) =>
      writeFileSync(folder.file('weights'), encodeSafetensors({ tensors: own, metadata: texts }));
    write(metadata);
    expect((await rnnc('predict', folder.path)).err).toContain('leave sha256 out of the metadata');
    write(new Map([...metadata].filter(([name]) => name !== 'sha256')));
    expect((await rnnc('predict', folder.path)).err).not.toContain('sha256');
    write(new Map());
    expect((await rnnc('predict', folder.path)).err).not.toContain('sha256');
  });

  it('of a checkpoint is noticed before the run goes on', async () => {
    const folder = await prepared('flipped-checkpoint');
    spoil(folder.file('checkpoint'));
    const { code, err } = await rnnc('train', '--resume', folder.path, '--epochs', '4');
    expect(code).toBe(exitCodes.failed);
    expect(err).toContain(`${folder.file('checkpoint')} is damaged: it does not hold`);
  });
});

describe('what cannot be gone on with', () => {
  it.each([
    ['no folder', 'nowhere', [], exitCodes.usage, 'holds no run'],
    ['other data', 'changed', [], exitCodes.failed, 'is not the file that the run began with'],
    [
      'data that are gone',
      'gone',
      ['--data', 'nowhere.csv'],
      exitCodes.file,
      'nowhere.csv: there is no such file',
    ],
    ['a damaged checkpoint', 'damaged', [], exitCodes.failed, 'checkpoint.safetensors: '],
    ['a damaged configuration', 'foreign', [], exitCodes.failed, 'is no configuration of this version'],
    [
      'options of another run',
      'changed',
      ['--seed', '2'],
      exitCodes.usage,
      '--resume does not go with --seed',
    ],
    ['a .rnn file', 'changed', [next], exitCodes.usage, '--resume takes no .rnn file'],
  ])('is %s', async (_, name, more, code, message) => {
    const folder = await prepared('refused-run');
    const run = path(name);
    if (name !== 'nowhere') cpSync(folder.path, run, { recursive: true, force: true });
    if (name === 'changed') put('data.csv', readFileSync(data, 'utf8').replace('a\n', 'b\n'));
    if (name === 'damaged')
      put(
        'damaged/checkpoint.safetensors',
        readFileSync(join(run, 'checkpoint.safetensors')).subarray(0, -5),
      );
    if (name === 'foreign') put('foreign/config.json', '{"format": "rnnc-run-0"}');
    const answer = await rnnc('train', '--resume', run, ...more);
    put('data.csv', csv({ v: wave(keys.length), who: keys }));
    expect(answer).toEqual({ code, out: '', err: expect.stringContaining(message) });
  });
});
