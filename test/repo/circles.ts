/** Finds the circles of a graph: each set of nodes that reach one another, by Tarjan's search. */
export function circlesOf(nodes: readonly string[], next: (node: string) => readonly string[]): string[][] {
  const circles: string[][] = [];
  const found = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];

  function visit(node: string): number {
    const index = found.size;
    found.set(node, index);
    open.push(node);
    let low = index;
    for (const other of next(node)) {
      if (!found.has(other)) low = Math.min(low, visit(other));
      else if (open.includes(other)) low = Math.min(low, lowest.get(other) ?? found.get(other) ?? low);
    }
    lowest.set(node, low);
    if (low === index) {
      const members = open.splice(open.indexOf(node));
      if (members.length > 1) circles.push(members.sort());
    }
    return low;
  }

  for (const node of nodes) if (!found.has(node)) visit(node);
  return circles;
}
