import type { NodeId } from '../../graph/graph.ts';
import type { PlanOptions } from '../naive.ts';
import type { RegisterBlock } from '../plan.ts';

/**
 * What a plan is free to decide. Every answer gives a valid plan; the tests draw them at random and compare with the naive
 * plan.
 */
export interface Choices {
  /** Whether a product with something shared leaves the loop that its other operand is made in. */
  readonly mayHoist: (id: NodeId) => boolean;
  /** Whether a cheap value is computed inside the loop that reads it. */
  readonly maySink: (id: NodeId) => boolean;
  /** Whether a node joins the group of nodes before it. */
  readonly mayFuse: (id: NodeId) => boolean;
  /** Whether a matrix of parameters is laid in panels. */
  readonly mayPack: (id: NodeId) => boolean;
  /** Steps of a slab; by default as many as stay in cache. */
  readonly slab?: number;
}

const always = () => true;
/** Those that are meant to be fast. */
export const bestChoices: Choices = { mayHoist: always, maySink: always, mayFuse: always, mayPack: always };

export interface ChosenPlanOptions extends PlanOptions {
  readonly block: RegisterBlock;
}
