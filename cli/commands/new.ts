import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { checkSource } from '../../compiler/compile.ts';
import { nearest } from '../../compiler/diagnostics/suggest.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import { writeAtomically } from '../files.ts';
import type { Io } from '../io.ts';
import { templateTexts } from '../templates.generated.ts';

export interface NewCommand {
  readonly template: string;
  readonly list: boolean;
  readonly force: boolean;
}

/** Writes a cell from a template into a file of its name, or shows the templates. */
export function newCell(path: string | undefined, command: NewCommand, io: Io): ExitCode {
  if (command.list) {
    io.out(templateList());
    return exitCodes.fine;
  }
  if (path === undefined) {
    throw new Failure(exitCodes.usage, `Say how the cell is called: rnnc new MyCell\n\n${templateList()}`);
  }
  const name = basename(path)
    .replace(/\.rnn$/, '')
    .normalize('NFC');
  const file = join(dirname(path), `${name}.rnn`);
  const text = writtenCell(name, templateText(command.template));
  if (existsSync(file) && !command.force) {
    throw new Failure(
      exitCodes.file,
      `${file} is already there and stays as it is: choose another name, or add --force to overwrite it.`,
    );
  }
  writeAtomically(file, text);
  io.out(`${file}: a cell from the template ${command.template}\n`);
  const commands = ['check', 'gradcheck', ...(/^ {2}loss /m.test(text) ? ['train'] : [])];
  io.out(`next: ${commands.map((word) => `rnnc ${word} ${quoted(file)}`).join(', ')}\n`);
  return exitCodes.fine;
}

/** The names with what their first line says. */
function templateList(): string {
  const width = Math.max(...[...templateTexts.keys()].map((name) => name.length));
  const lines = [...templateTexts].map(
    ([name, text]) => `  ${name.padEnd(width)}  ${text.slice('# '.length, text.indexOf('\n'))}\n`,
  );
  return `templates:\n${lines.join('')}`;
}

function templateText(name: string): string {
  const text = templateTexts.get(name);
  if (text !== undefined) return text;
  const meant = nearest(name, templateTexts.keys());
  const question = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw new Failure(exitCodes.usage, `There is no template ${name}.${question}\n\n${templateList()}`);
}

/** @throws Failure (usage) where the cell cannot be called so, with a name that it can have */
function writtenCell(name: string, template: string): string {
  const wrong = whyNot(name, template);
  if (wrong === undefined) return named(name, template);
  const fitting = [respelled(name), `${respelled(name)}Cell`, 'MyCell'].find(
    (other) => whyNot(other, template) === undefined,
  );
  throw new Failure(exitCodes.usage, `${wrong} Write, for example: rnnc new ${fitting}`);
}

function whyNot(name: string, template: string): string | undefined {
  if (!/^[\p{L}_][\p{L}\p{Mn}\d_]*$/u.test(name)) {
    const shown = name === '' || name === '.' || name === '..' ? 'That' : JSON.stringify(name);
    return `${shown} cannot name a cell: a name is a letter or _, then letters, digits and _.`;
  }
  const { diagnostics } = checkSource({ name: `${name}.rnn`, text: named(name, template) });
  if (diagnostics.length === 0) return undefined;
  return `${name} cannot name this cell: the language, or the template, uses that name otherwise.`;
}

const named = (name: string, template: string): string =>
  template.replace('cell NAME(', () => `cell ${name}(`);

/** With `_` for what no name may hold. */
function respelled(name: string): string {
  const clean = name.replace(/[^\p{L}\d_]+/gu, '_').replace(/^_+(?=.)|_+$/g, '');
  return /^[\p{L}_]/u.test(clean) ? clean : `cell_${clean}`;
}

/** For a shell. */
const quoted = (file: string): string =>
  /^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
