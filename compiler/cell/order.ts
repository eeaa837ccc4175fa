/** Something that defines names and reads others. */
export interface Dependent {
  readonly defines: readonly string[];
  readonly reads: ReadonlySet<string>;
}

export interface Ordered<T> {
  /** Each after what it reads, else in the given order; members of cycles stand somewhere. */
  readonly sorted: readonly T[];
  /** Cycles, each as its members in the order of reading; no member stands in two. */
  readonly cycles: readonly (readonly T[])[];
}

/** Puts definitions into an order in which each reads only earlier ones. */
export function inOrder<T extends Dependent>(items: readonly T[]): Ordered<T> {
  const definer = new Map<string, T>();
  for (const item of items) for (const name of item.defines) definer.set(name, item);
  const needs = (item: T): T[] => [...item.reads].flatMap((name) => definer.get(name) ?? []);

  const sorted: T[] = [];
  const cycles: (readonly T[])[] = [];
  const inCycle = new Set<T>();
  const state = new Map<T, 'open' | 'done'>();
  // The path from a root to the item at hand, with what each still has to look at.
  const path: { readonly item: T; readonly rest: T[] }[] = [];
  const open = (item: T) => {
    state.set(item, 'open');
    path.push({ item, rest: needs(item).reverse() });
  };
  for (const root of items) {
    if (!state.has(root)) open(root);
    while (path.length > 0) {
      const { item, rest } = path.at(-1)!;
      const next = rest.pop();
      if (next === undefined) {
        state.set(item, 'done');
        sorted.push(item);
        path.pop();
      } else if (!state.has(next)) {
        open(next);
      } else if (state.get(next) === 'open') {
        const from = path.findIndex((step) => step.item === next);
        const cycle = path.slice(from).map((step) => step.item);
        if (!cycle.some((member) => inCycle.has(member))) cycles.push(cycle);
        for (const member of cycle) inCycle.add(member);
      }
    }
  }
  return { sorted, cycles };
}
