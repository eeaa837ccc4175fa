import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { Call, Expression, Identifier, Index } from '../syntax/tree.ts';
import { quote } from './describe.ts';
import { type Frame, type LoopName, pathOf } from './loopNames.ts';
import { namesIn } from './staticNumber.ts';
import type { LoopWriter } from './writeOut.ts';

/** An expression of one iteration: indices are numbers, names their paths, decided branches alone. */
export function substituted(e: Expression, frame: Frame, writer: LoopWriter): Expression {
  if (!writer.count(e)) return nothing(e);
  const read = (part: Expression) => substituted(part, frame, writer);
  switch (e.kind) {
    case 'number':
      return e;
    case 'identifier':
      return nameHere(e, frame, writer);
    case 'unary':
      return { ...e, operand: read(e.operand) };
    case 'binary':
      return { ...e, left: read(e.left), right: read(e.right) };
    case 'if': {
      const decided = writer.decided(e.condition, frame);
      if (decided !== undefined) return read(decided ? e.then : e.otherwise);
      // biome-ignore lint/suspicious/noThenProperty: no promise, the word of the language
      return { ...e, condition: read(e.condition), then: read(e.then), otherwise: read(e.otherwise) };
    }
    case 'call':
      return callHere(e, frame, writer);
    case 'member':
      return { ...e, object: read(e.object) };
    case 'indexing':
      return indexHere(e, frame, writer);
    case 'slice':
      return { ...e, object: read(e.object), start: read(e.start), end: read(e.end) };
    case 'stack':
      return { ...e, parts: e.parts.map(read) };
    case 'list':
      return { ...e, elements: e.elements.map(read) };
  }
}

/** In the place of what has been reported; reading it is no further mistake. */
const nothing = (e: Expression): Identifier => ({ kind: 'identifier', span: e.span, name: '' });

function nameHere(e: Identifier, frame: Frame, writer: LoopWriter): Expression {
  const { name } = e;
  if (frame.hidden.has(name)) return e;
  const index = frame.indices.get(name);
  if (index !== undefined) return { kind: 'number', span: e.span, value: index, text: String(index) };
  const known = writer.names.names.get(name);
  if (known !== undefined) return knownHere(known, e, frame, writer) ?? nothing(e);
  if (writer.names.indices.has(name)) {
    writer.report(cellCatalog.outsideIteration, e, { name, index: name, isIndex: true });
    return nothing(e);
  }
  const before = name.endsWith('_prev') ? writer.names.names.get(name.slice(0, -'_prev'.length)) : undefined;
  if (before === undefined || (before.kind === 'list' && writer.isState(before.name))) return e;
  const kind = before.kind === 'cells' ? 'a list of cells' : 'a value';
  writer.report(cellCatalog.notAState, e, { name: before.name, kind, canBeState: before.kind !== 'cells' });
  return nothing(e);
}

function knownHere(known: LoopName, e: Identifier, frame: Frame, writer: LoopWriter): Expression | undefined {
  if (writer.isElsewhere(known, frame)) {
    const { name } = known;
    const index = known.loops.at(-1)!.index.name;
    return writer.report(cellCatalog.outsideIteration, e, { name, index, isIndex: false });
  }
  return known.kind === 'value' ? { ...e, name: pathOf(known, frame) } : writer.whole(known, e, frame);
}

/** `s[l]` of a list, else an index into an array. */
function indexHere(e: Index, frame: Frame, writer: LoopWriter): Expression {
  const { object, index } = e;
  const list =
    object.kind === 'identifier' && !frame.hidden.has(object.name)
      ? writer.names.names.get(object.name)
      : undefined;
  const value = writer.valueOf(index, frame);
  if (
    list !== undefined &&
    list.kind !== 'value' &&
    value !== undefined &&
    !writer.isElsewhere(list, frame)
  ) {
    return writer.entry(list, value, e, frame) ?? nothing(e);
  }
  const isOfLoop = namesIn(index).some((name) => frame.indices.has(name));
  const known = isOfLoop && value !== undefined && Number.isSafeInteger(value) && value >= 0;
  return {
    ...e,
    object: substituted(object, frame, writer),
    index: known
      ? { kind: 'number', span: index.span, value, text: String(value) }
      : substituted(index, frame, writer),
  };
}

/** `layer[l](x)`: one cell of several; any other call keeps what it calls. */
function callHere(e: Call, frame: Frame, writer: LoopWriter): Expression {
  const args = e.args.map((arg) => substituted(arg, frame, writer));
  const named = e.named.map((part) => ({ ...part, value: substituted(part.value, frame, writer) }));
  const list = writer.names.names.get(e.callee.name);
  if (e.entry === undefined) {
    if (list?.kind !== 'cells') return { ...e, args, named };
    writer.whole(list, e.callee, frame);
    return nothing(e);
  }
  if (list?.kind !== 'cells') {
    writer.report(cellCatalog.cellList, e.callee, { name: e.callee.name, count: 0, isList: false });
    return nothing(e);
  }
  const which = writer.valueOf(e.entry, frame);
  if (which === undefined) {
    writer.report(cellCatalog.loopBound, e.entry, { text: quote(e.entry.span) });
    return nothing(e);
  }
  const cell = writer.entry(list, which, { ...e.callee, span: e.entry.span }, frame);
  if (cell === undefined) return nothing(e);
  return { kind: 'call', span: e.span, callee: { ...cell, span: e.callee.span }, args, named };
}
