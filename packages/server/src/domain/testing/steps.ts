/** Groups the calls of ports into steps: calls of one step start before any of them has an outcome. */
export class Steps {
  /** The names of the calls, one list per step. */
  readonly taken: string[][] = [];
  #step: Promise<void> | null = null;

  /** A port whose calls are recorded as `name.method`. Each gets its outcome when no more calls start. */
  of<Port extends object>(name: string, port: Port): Port {
    return new Proxy(port, {
      get: (target, method) => {
        const value: unknown = Reflect.get(target, method);
        if (typeof value !== "function") return value;
        return async (...args: readonly unknown[]) => {
          await this.#take(`${name}.${String(method)}`);
          return Reflect.apply(value, target, args);
        };
      },
    });
  }

  #take(call: string): Promise<void> {
    if (this.#step === null) {
      this.taken.push([]);
      // What starts without a port's outcome starts in microtasks, so before the next turn of the event loop.
      this.#step = new Promise((resolve) => setImmediate(resolve)).then(() => {
        this.#step = null;
      });
    }
    this.taken.at(-1)?.push(call);
    return this.#step;
  }
}
