import type { NodeId } from '../../graph/graph.ts';
import { invariant } from '../../support/invariant.ts';
import type { Lifetime } from '../memory.ts';
import { slabOf } from '../slab.ts';
import { placeParts } from './concats.ts';
import type { Draft, Position } from './draft.ts';

/* How long values are kept, and where. */

export type Storage = 'register' | 'step' | 'slab' | 'window';
const storageOrder: readonly Storage[] = ['register', 'step', 'slab', 'window'];

/** How long a value must be kept: in registers, for a step, for a slab, or for the whole window. */
export function storageOfAll(draft: Draft): ReadonlyMap<NodeId, Storage> {
  const storage = new Map<NodeId, Storage>();
  const made = new Map<NodeId, Position & { over: string }>();
  const need = (id: NodeId, wanted: Storage) => {
    const known = storage.get(id) ?? 'register';
    if (storageOrder.indexOf(wanted) > storageOrder.indexOf(known)) storage.set(id, wanted);
  };
  for (const { kernel, position, over } of draft.inOrder()) {
    for (const id of draft.writes(kernel)) {
      const joined = draft.joined.get(id)?.concat;
      const whole = joined ?? id;
      const first = made.get(whole);
      // The parts of one concat may be made in several stages, by themselves or by copies.
      if (first !== undefined && first.stage !== position.stage) need(whole, 'slab');
      made.set(id, { ...position, over });
      if (joined !== undefined) {
        need(id, 'step');
        made.set(joined, { ...position, over });
        if (over === 'slab') need(joined, 'slab');
      }
      if (kernel.kind !== 'group' && kernel.kind !== 'total') need(id, over === 'slab' ? 'slab' : 'step');
      if (over === 'slab' && kernel.kind === 'group' && draft.results.has(id)) need(id, 'slab');
    }
    for (const id of draft.readBy(kernel)) {
      const source = made.get(id);
      if (source === undefined) continue;
      if (source.procedure !== position.procedure)
        need(id, source.procedure === 'forward' ? 'window' : 'step');
      else if (source.stage !== position.stage || source.over === 'slab') need(id, 'slab');
      else need(id, 'step');
    }
  }
  for (const [id, { concat }] of draft.joined) {
    const own = storage.get(id);
    if (own !== undefined) need(concat, own);
  }
  return storage;
}

export function slabLength(draft: Draft, storage: ReadonlyMap<NodeId, Storage>): number {
  const { batch, window } = draft.options;
  const stages = [...draft.stages.forward, ...draft.stages.backward];
  const manySteps = stages.some(({ level, kernels }) => level % 2 === 0 && kernels.length > 0);
  if (!manySteps) return 1;
  let bytesPerStep = 0;
  for (const [id, kept] of storage) {
    if (kept === 'slab' && !draft.places.has(id) && !draft.joined.has(id))
      bytesPerStep += 4 * batch * draft.outside.entries(id);
  }
  return Math.min(window, draft.choices.slab ?? slabOf({ batch, window, bytesPerStep }));
}

export function allocate(draft: Draft, storage: ReadonlyMap<NodeId, Storage>, slab: number): void {
  const { batch, window } = draft.options;
  const lives = lifetimes(draft);
  for (const [id, kept] of storage) {
    if (draft.places.has(id) || draft.joined.has(id) || kept === 'register') continue;
    const phase = draft.phase[id]!;
    const rows = draft.graph.nodes[id]!.type.outer.length > 0;
    const perStep = draft.graph.nodes[id]!.type.outer.length === 2;
    if (!perStep || phase === 'prepare' || kept === 'window') {
      const name = kept === 'window' ? `tape.${id}` : `value.${id}`;
      draft.places.set(
        id,
        draft.outside.allocate(name, id, { slots: kept === 'window' && perStep ? window : 0, rows }),
      );
      continue;
    }
    const row = draft.outside.entries(id);
    const steps = kept === 'slab' ? slab : 1;
    const name = `${kept === 'slab' ? 'slab' : 'value'}.${id}`;
    draft.memory.scratch(name, steps * batch * row, draft.outside.lanes(id), lives.get(id)!);
    const place = {
      buffer: name,
      offset: 0,
      stepStride: kept === 'slab' ? batch * row : 0,
      rowStride: row,
    };
    draft.places.set(id, kept === 'slab' ? { ...place, inSlab: true } : place);
  }
  for (const [id, { concat, offset }] of draft.joined) {
    const place = draft.places.get(concat);
    invariant(place !== undefined, `the concat %${concat} has no place`);
    draft.places.set(id, { ...place, offset: place.offset + offset });
  }
  placeParts(draft);
}

/** From the first kernel that writes a value to the last that reads it; loops around either are counted whole. */
function lifetimes(draft: Draft): ReadonlyMap<NodeId, Lifetime> {
  const lives = new Map<NodeId, Lifetime>();
  const ends = new Map<string, Lifetime>();
  const key = ({ procedure, stage }: Position) => `${procedure} ${stage}`;
  const made = new Map<NodeId, Position>();
  const all = [...draft.inOrder()];
  for (const { position } of all) {
    const known = ends.get(key(position));
    ends.set(key(position), { first: known?.first ?? position.at, last: position.at });
  }
  const extend = (id: NodeId, first: number, last: number) => {
    const known = lives.get(id);
    lives.set(id, {
      first: Math.min(known?.first ?? first, first),
      last: Math.max(known?.last ?? last, last),
    });
  };
  const touch = (id: NodeId, position: Position) => {
    const target = draft.joined.get(id)?.concat ?? id;
    const before = made.get(target);
    if (before === undefined) made.set(target, position);
    if (before === undefined || key(before) === key(position))
      return extend(target, position.at, position.at);
    const own = ends.get(key(position))!;
    const source = ends.get(key(before))!;
    extend(target, Math.min(own.first, source.first), Math.max(own.last, source.last));
  };
  for (const { kernel, position } of all) {
    for (const id of draft.writes(kernel)) touch(id, position);
    for (const id of draft.readBy(kernel))
      if (made.has(draft.joined.get(id)?.concat ?? id)) touch(id, position);
  }
  return lives;
}
