/**
 * The circles among those who name each other as parents, each once: from its smallest id on,
 * child before parent; by that id. Parents that are not of the list end the way up.
 */
export function circles(
  all: readonly { readonly id: string; readonly parent: string | null }[],
): string[][] {
  const parents = new Map(all.map(({ id, parent }) => [id, parent]));
  const done = new Set<string>();
  const found: string[][] = [];
  for (const { id } of all) {
    const way: string[] = [];
    let at: string | null | undefined = id;
    while (typeof at === "string" && parents.has(at) && !done.has(at)) {
      done.add(at);
      way.push(at);
      at = parents.get(at);
    }
    // Back on the way itself, and not on one that was gone before.
    const start = typeof at === "string" ? way.indexOf(at) : -1;
    if (start !== -1) found.push(fromSmallest(way.slice(start)));
  }
  return found.toSorted(([a], [b]) => (a! < b! ? -1 : 1));
}

function fromSmallest(circle: readonly string[]): string[] {
  const smallest = circle.reduce((a, b) => (b < a ? b : a));
  const start = circle.indexOf(smallest);
  return [...circle.slice(start), ...circle.slice(0, start)];
}
