/**
 * Strongly connected components of a graph with nodes 0 … count - 1, each after those it leads to come first: a
 * component stands in the list after every component that it points to. Tarjan 1972, without recursion.
 *
 * @param targets  where the edges of a node lead
 */
export function stronglyConnected(
  count: number,
  targets: (node: number) => readonly number[],
): readonly (readonly number[])[] {
  const order = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const onStack = new Uint8Array(count);
  const stack: number[] = [];
  const components: number[][] = [];
  let next = 0;
  const enter = (node: number) => {
    order[node] = low[node] = next++;
    onStack[node] = 1;
    stack.push(node);
    return { node, edges: targets(node), at: 0 };
  };
  for (let root = 0; root < count; root++) {
    if (order[root] !== -1) continue;
    const walk = [enter(root)];
    while (walk.length > 0) {
      const frame = walk.at(-1)!;
      const { node } = frame;
      const target = frame.edges[frame.at++];
      if (target !== undefined) {
        if (order[target] === -1) walk.push(enter(target));
        else if (onStack[target] === 1) low[node] = Math.min(low[node]!, order[target]!);
        continue;
      }
      walk.pop();
      const parent = walk.at(-1)?.node;
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[node]!);
      if (low[node] !== order[node]) continue;
      const component: number[] = [];
      for (;;) {
        const member = stack.pop()!;
        onStack[member] = 0;
        component.push(member);
        if (member === node) break;
      }
      components.push(component);
    }
  }
  return components;
}
