import type { Reply } from "./route.ts";

/** An answer, or none: the call hangs, or its connection is closed. Its headers go before those of the API. */
export type Outcome = (Reply & { readonly headers?: Readonly<Record<string, string>> }) | "hang" | "drop";

/** How tests watch the Management API and plant faults in it. A call is named like `GET /connections/:id/clients`. */
export interface Management {
  /** The calls so far, the last thousand, also those that were refused. */
  readonly calls: readonly string[];
  /** A call has this outcome and no effect. `*` stands for every call. */
  instead(call: string, outcome: Outcome): void;
  /** A call takes effect, and then has another outcome. */
  alter(call: string, change: (reply: Reply) => Outcome): void;
  /** Ends all planted faults. */
  restore(): void;
}

const KEPT_CALLS = 1_000;

export class PlantedFaults implements Management {
  readonly #calls: string[] = [];
  readonly #instead = new Map<string, Outcome>();
  readonly #changes = new Map<string, (reply: Reply) => Outcome>();

  get calls(): readonly string[] {
    return this.#calls;
  }

  instead(call: string, outcome: Outcome): void {
    this.#instead.set(call, outcome);
  }

  alter(call: string, change: (reply: Reply) => Outcome): void {
    this.#changes.set(call, change);
  }

  restore(): void {
    this.#instead.clear();
    this.#changes.clear();
  }

  async outcome(call: string, answer: () => Promise<Reply>): Promise<Outcome> {
    this.#calls.push(call);
    if (this.#calls.length > KEPT_CALLS) this.#calls.shift();
    const planted = this.#instead.get(call) ?? this.#instead.get("*");
    if (planted !== undefined) return planted;
    const reply = await answer();
    const change = this.#changes.get(call) ?? this.#changes.get("*");
    return change === undefined ? reply : change(reply);
  }
}
