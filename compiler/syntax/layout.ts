/*
 * Text that may be broken into lines where it does not fit. A group stands on one line if it fits into the width, else all
 * its own breaks become line ends; groups within it decide for themselves. After Oppen 1980, "Prettyprinting", in the form
 * of Wadler 2003, "A prettier printer".
 */

export type Layout = string | readonly Layout[] | Break | Group | Nest;

/** A line end in a broken group, `flat` otherwise. */
interface Break {
  readonly kind: 'break';
  readonly flat: string;
}

interface Group {
  readonly kind: 'group';
  readonly content: Layout;
}

/** Lines that begin in it are indented: `by` more, or by the column it begins in. */
interface Nest {
  readonly kind: 'nest';
  readonly by: number | 'here';
  readonly content: Layout;
}

/** A line end, or a space. */
export const space: Break = { kind: 'break', flat: ' ' };
/** A line end, or nothing. */
export const nothing: Break = { kind: 'break', flat: '' };

export const group = (content: Layout): Group => ({ kind: 'group', content });
export const nest = (by: Nest['by'], content: Layout): Nest => ({ kind: 'nest', by, content });

/** Parts with a separator between, and a possible line end after it. */
export function separated(parts: readonly Layout[], separator: string): Layout {
  return parts.flatMap((part, i) => (i === 0 ? [part] : [separator, space, part]));
}

/** In brackets; broken, the content stands on lines of its own. */
export function bracketed(open: string, content: Layout, close: string): Layout {
  return group([open, nest(2, [nothing, content]), nothing, close]);
}

/** On one line, however long. */
export function onOneLine(layout: Layout): string {
  if (typeof layout === 'string') return layout;
  if (!('kind' in layout)) return layout.map(onOneLine).join('');
  return layout.kind === 'break' ? layout.flat : onOneLine(layout.content);
}

interface Task {
  readonly layout: Layout;
  readonly indent: number;
  readonly flat: boolean;
}

/**
 * In lines of at most `width` characters where breaks allow it. The first begins in column `indent`; that indentation is
 * part of the text.
 */
export function inLines(layout: Layout, width: number, indent: number): readonly string[] {
  const lines = [' '.repeat(indent)];
  const column = () => lines.at(-1)!.length;
  const tasks: Task[] = [{ layout, indent, flat: false }];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    const { layout: part, flat } = task;
    if (typeof part === 'string') lines.push(lines.pop()! + part);
    else if (!('kind' in part)) tasks.push(...part.map((each) => ({ ...task, layout: each })).reverse());
    else if (part.kind === 'break') {
      if (flat) lines.push(lines.pop()! + part.flat);
      else lines.push(lines.pop()!.trimEnd(), ' '.repeat(task.indent));
    } else if (part.kind === 'nest') {
      const to = part.by === 'here' ? column() : task.indent + part.by;
      tasks.push({ layout: part.content, indent: to, flat });
    } else {
      const room = width - column();
      tasks.push({ ...task, layout: part.content, flat: flat || fits(part.content, tasks, room) });
    }
  }
  return lines;
}

/** Whether it fits on the line, with what follows up to the next line end. */
function fits(layout: Layout, after: readonly Task[], room: number): boolean {
  let left = room;
  let next = after.length;
  const tasks: Pick<Task, 'layout' | 'flat'>[] = [{ layout, flat: true }];
  while (left >= 0) {
    const task = tasks.pop() ?? after[--next];
    if (task === undefined) return true;
    const { layout: part, flat } = task;
    if (typeof part === 'string') left -= part.length;
    else if (!('kind' in part)) tasks.push(...part.map((each) => ({ layout: each, flat })).reverse());
    else if (part.kind === 'break') {
      if (!flat) return true;
      left -= part.flat.length;
    } else tasks.push({ layout: part.content, flat });
  }
  return false;
}
