import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { templateTexts } from '../../cli/templates.generated.ts';
import { compile, format } from '../../compiler/index.ts';
import { adam, instantiateSync, trainEpoch } from '../../runtime/index.ts';
import { numbersFrom } from '../support/numbersFrom.ts';
import { rnnc, scratch } from './support.ts';

const { folder, file } = scratch();
const at = (name: string) => join(folder, name);
const templates = readdirSync(fileURLToPath(new URL('../../cli/templates/', import.meta.url))).map((name) =>
  name.replace('.rnn', ''),
);

describe.each(templates)('rnnc new --template %s', (template) => {
  const name = `My_${template}`;
  const path = at(`${name}.rnn`);

  it('writes a cell that checks, is formatted, and has the right gradient', async () => {
    const made = await rnnc('new', at(name), '--template', template);
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toContain(path);
    const hasLoss = /^ {2}loss /m.test(templateTexts.get(template)!);
    expect(made.out.includes(`rnnc train ${path}`)).toBe(hasLoss);
    const { out } = await rnnc('check', path);
    expect(out).toMatch(new RegExp(`ok, cell ${name}\\(`));
    const text = readFileSync(path, 'utf8');
    expect(format({ name, text })).toBe(text);
    expect((await rnnc('gradcheck', path)).code).toBe(0);
  });

  it('trains, where it has a loss', () => {
    const text = readFileSync(path, 'utf8');
    const [batch, steps] = [4, 24];
    const sizes = Object.fromEntries(
      [...(/cell \w+\(([^)]*)\)/.exec(text)?.[1] ?? '').matchAll(/(\w+)(?: = (\d+))?/g)].map(
        ([, size, value]) => [size!, Number(value ?? 3)],
      ),
    );
    const compiled = compile({ name, text }, { sizes, batch, window: 8 });
    const { inputs, targets, loss } = compiled.manifest;
    if (loss === undefined) return expect(targets).toEqual([]);
    const next = numbersFrom(5);
    const drawn = (list: typeof inputs) =>
      Object.fromEntries(
        list.map(({ name: input, shape, classes }) => [
          input,
          Array.from({ length: steps * batch * shape.reduce((n, axis) => n * axis, 1) }, (_, i) =>
            classes ? Math.floor(i / batch) % classes : next(),
          ),
        ]),
      );
    const sequence = { inputs: drawn(inputs), targets: drawn(targets), steps };
    const cell = instantiateSync(compiled, { seed: 1 });
    const options = { k1: 8, optimiser: adam({ learningRate: 0.03 }) };
    const losses = Array.from({ length: 60 }, () => trainEpoch(cell, sequence, options).loss);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
  });
});

describe('rnnc new', () => {
  it('shows its templates, each with a line', async () => {
    const { code, out, err } = await rnnc('new', '--list');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.match(/^ {2}\w+ {2,}\S.*$/gm)).toHaveLength(templates.length);
    for (const template of templates) expect(out).toMatch(new RegExp(`^  ${template} +\\S`, 'm'));
    expect([...templateTexts.keys()].sort()).toEqual([...templates].sort());
  });

  it('takes elman, and a name with or without its ending', async () => {
    expect((await rnnc('new', at('Plain.rnn'))).code).toBe(0);
    expect(readFileSync(at('Plain.rnn'), 'utf8')).toContain('cell Plain(I, H)');
    expect(existsSync(at('Plain.rnn.rnn'))).toBe(false);
  });

  it('never overwrites without --force', async () => {
    const path = file('Kept.rnn', '# mine\n');
    const refused = await rnnc('new', at('Kept'));
    expect(refused.code).toBe(3);
    expect(refused.err).toContain('--force');
    expect(readFileSync(path, 'utf8')).toBe('# mine\n');
    expect((await rnnc('new', at('Kept'), '--force')).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toContain('cell Kept(');
  });

  it('keeps names of JavaScript and of the templates harmless', async () => {
    for (const name of ['__proto__', 'constructor', 'größe', 'h']) {
      const { code, err } = await rnnc('new', at(name), '--template', 'gru');
      expect({ name, code, err }).toEqual({ name, code: 0, err: '' });
      expect((await rnnc('check', at(`${name}.rnn`))).code).toBe(0);
    }
  });

  it.each(['my-cell', '2nd', 'a b', 'state', 'if', '.rnn', '', 'x.y', "d'oh", '-'])(
    'refuses the name "%s" and gives one that works',
    async (name) => {
      const { code, err } = await rnnc('new', '--template', 'lstm', '--', `${folder}/${name}`);
      expect({ name, code }).toEqual({ name, code: 2 });
      const [, other] = /Write, for example: rnnc new (\S+)$/m.exec(err) ?? [];
      expect(existsSync(at(`${name}.rnn`))).toBe(false);
      expect((await rnnc('new', at(other!), '--template', 'lstm', '--force')).code).toBe(0);
      expect((await rnnc('check', at(`${other}.rnn`))).code).toBe(0);
    },
  );

  it('says which templates there are, where one is misspelled or no name is given', async () => {
    const misspelled = await rnnc('new', at('Other'), '--template', 'lsmt');
    expect(misspelled.code).toBe(2);
    expect(misspelled.err).toContain('Did you mean lstm?');
    expect(existsSync(at('Other.rnn'))).toBe(false);
    const bare = await rnnc('new');
    expect(bare.code).toBe(2);
    expect(bare.err).toMatch(/rnnc new MyCell[\s\S]*forecaster/);
  });

  it('says that a folder is not there', async () => {
    const { code, err } = await rnnc('new', at('nowhere/Cell'));
    expect({ code, err }).toEqual({
      code: 3,
      err: `Cannot write ${at('nowhere/Cell.rnn')}: the folder ${at('nowhere')} does not exist.\n`,
    });
  });
});
