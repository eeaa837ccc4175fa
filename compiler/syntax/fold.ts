import { endsOperand, type Token } from './token.ts';

/**
 * A text for the grammar: a statement, or an expression from deep inside one. Tokens stand apart by one space or none;
 * comments are gone.
 */
export interface Unit {
  readonly text: string;
  /** One per token, in order. */
  readonly places: readonly Place[];
  /** Whether it is an expression inside another unit, rather than the statement. */
  readonly inner: boolean;
}

/** Where a token of a unit's text comes from. */
export interface Place {
  /** Offset and length in the unit's text. */
  readonly at: number;
  readonly length: number;
  /** Offsets in the source. */
  readonly start: number;
  readonly end: number;
  /** Position of this token in the statement; of the first one, for a folded expression. */
  readonly token: number;
  /** For what is folded: the unit that it stands for. */
  readonly unit?: Unit;
}

/** `folded` in rnn.ohm; a private character, so the scanner lets no such name through. */
const placeholder = '\uE000';

/** Levels of brackets that the grammar's parser meets at once; its stack ends at some fifty. */
const levels = 8;

/**
 * Takes expressions that lie deep inside brackets out of a statement, so that no unit nests more than a few levels.
 * `then … else` counts as a pair of brackets.
 *
 * @returns units, inner ones before those they are folded into, the statement last
 */
export function fold(tokens: readonly Token[]): readonly Unit[] {
  const units: Unit[] = [];
  const stack: Group[] = [];
  let group = new Group('');
  const endSegment = (): void => {
    if (group.height < levels) return;
    const unit = group.segment.toUnit(true);
    units.push(unit);
    group.segment = new Draft();
    group.segment.addFolded(unit);
    group.height = 0;
  };
  const close = (): void => {
    endSegment();
    const parent = stack.pop()!;
    parent.segment.append(group.before);
    parent.segment.append(group.segment);
    parent.height = Math.max(parent.height, Math.max(group.height, group.highest) + 1);
    group = parent;
  };
  tokens.forEach((token, index) => {
    const gap = index > 0 && tokens[index - 1]!.end < token.start;
    const { text } = token;
    if (text === 'else' && group.opener === 'then') close();
    if (text === ')' || text === ']') {
      while (group.opener === 'then') close();
      if (stack.length > 0) close();
    }
    const separates = separators.has(text) || isOver(tokens, index);
    if (stack.length > 0 && separates && group.opener !== 'then') {
      endSegment();
      group.segment.addToken(token, index, gap);
      group.finishSegment();
      return;
    }
    group.segment.addToken(token, index, gap);
    if (text === '(' || text === '[' || text === 'then') {
      stack.push(group);
      group = new Group(text);
    }
  });
  while (stack.length > 0) close();
  units.push(group.segment.toUnit(false));
  return units;
}

const separators: ReadonlySet<string> = new Set([',', ';', ':', '=']);

/** The word between a value and the size it varies along, `a*M over S`. */
function isOver(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1];
  return tokens[index]!.text === 'over' && before !== undefined && endsOperand(before);
}

/** An open bracket: the segments (arguments, parts) that are finished, and the one being read. */
class Group {
  before = new Draft();
  segment = new Draft();
  /** Levels of brackets inside the segment, and the most inside any finished one. */
  height = 0;
  highest = 0;

  constructor(readonly opener: string) {}

  finishSegment(): void {
    this.before.append(this.segment);
    this.segment = new Draft();
    this.highest = Math.max(this.highest, this.height);
    this.height = 0;
  }
}

/** A unit being written. */
class Draft {
  #text = '';
  #places: Place[] = [];

  addToken(token: Token, index: number, gap: boolean): void {
    if (gap) this.#text += ' ';
    const { start, end } = token;
    this.#places.push({ at: this.#text.length, length: end - start, start, end, token: index });
    this.#text += token.text;
  }

  addFolded(unit: Unit): void {
    const first = unit.places[0]!;
    const gap = unit.text.startsWith(' ') ? ' ' : '';
    this.#text += gap;
    const { end } = unit.places.at(-1)!;
    this.#places.push({
      at: this.#text.length,
      length: 1,
      start: first.start,
      end,
      token: first.token,
      unit,
    });
    this.#text += placeholder;
  }

  append(other: Draft): void {
    const shift = this.#text.length;
    for (const place of other.#places) this.#places.push({ ...place, at: place.at + shift });
    this.#text += other.#text;
  }

  toUnit(inner: boolean): Unit {
    return { text: this.#text, places: this.#places, inner };
  }
}

/** Where an offset in a unit's text comes from: the place that holds it, or the next one; none at the end. */
export function placeAt(unit: Unit, offset: number): Place | undefined {
  const { places } = unit;
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const place = places[middle]!;
    if (place.at + place.length <= offset) low = middle + 1;
    else high = middle;
  }
  return places[low];
}

/** The range of the source that a non-empty range of a unit's text comes from; whole tokens. */
export function sourceRange(
  unit: Unit,
  start: number,
  end: number,
): { readonly start: number; readonly end: number } {
  const first = placeAt(unit, start)!;
  const last = placeAt(unit, end - 1)!;
  return { start: first.start, end: last.end };
}
