/**
 * Puts what has to be changed together, such as the rows of a subject, into one unit, and units in an order: a line of a row
 * that changes its key has to be the last one of that row, so that its other lines find it under the key that they name.
 */
export class Units {
  readonly #numbers = new Map<string, number>();
  /** Of each those that come after it, or with it. */
  readonly #after: Set<number>[] = [];
  #places: readonly number[] = [];
  #count = 0;

  /**
   * @param together what is in the key of a row, and has to be in one unit
   * @param before what comes before that, or with it
   */
  add(together: readonly string[], before: readonly string[]): void {
    const numbers = together.map((id) => this.#numberOf(id));
    for (const earlier of before.map((id) => this.#numberOf(id)))
      for (const number of numbers) this.#after[earlier]?.add(number);
    // A circle.
    for (const [at, number] of numbers.entries()) this.#after[number]?.add(numbers.at(at - 1) ?? number);
  }

  /** How many units there are. */
  get count(): number {
    return this.#count;
  }

  /** Finds the units, once everything is added. */
  arrange(): void {
    const components = componentsOf(this.#after);
    const places: number[] = [];
    // Tarjan's algorithm finds a component after all that come after it.
    for (const [at, component] of components.toReversed().entries())
      for (const number of component) places[number] = at;
    this.#places = places;
    this.#count = components.length;
  }

  /** Where its unit is in the order; null of what was never added. */
  placeOf(id: string): number | null {
    const number = this.#numbers.get(id);
    return number === undefined ? null : (this.#places[number] ?? null);
  }

  #numberOf(id: string): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#after.push(new Set()) - 1;
    this.#numbers.set(id, number);
    return number;
  }
}

/** Strongly connected components by Tarjan's algorithm, without recursion: a chain may be as long as there are subjects. */
function componentsOf(after: readonly ReadonlySet<number>[]): number[][] {
  const found: number[][] = [];
  const order: number[] = [];
  const low: number[] = [];
  const stack: number[] = [];
  const onStack = new Set<number>();
  let count = 0;
  for (const root of after.keys()) {
    const open: { node: number; next: Iterator<number> }[] = [];
    const enter = (node: number) => {
      order[node] = low[node] = count++;
      stack.push(node);
      onStack.add(node);
      open.push({ node, next: (after[node] ?? new Set()).values() });
    };
    if (order[root] === undefined) enter(root);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const { node, next } = top;
      const step = next.next();
      if (step.done !== true) {
        if (order[step.value] === undefined) enter(step.value);
        else if (onStack.has(step.value)) low[node] = Math.min(low[node] ?? 0, order[step.value] ?? 0);
        continue;
      }
      open.pop();
      const above = open.at(-1)?.node;
      if (above !== undefined) low[above] = Math.min(low[above] ?? 0, low[node] ?? 0);
      if (low[node] !== order[node]) continue;
      const component = stack.splice(stack.lastIndexOf(node));
      for (const one of component) onStack.delete(one);
      found.push(component);
    }
  }
  return found;
}
