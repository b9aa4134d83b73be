import { EventEmitter } from "node:events";
import type { DynamoLeases, Pointer } from "../../../apps/agentic-backend/src/dynamo-leases.ts";
import type { DynamoRuns } from "../../../apps/agentic-backend/src/dynamo-runs.ts";
import { Refusal } from "../../../apps/agentic-backend/src/refusal.ts";
import { isOpen, keyOf, type Owner, type Run } from "../../../apps/agentic-backend/src/run.ts";
import type { Fate } from "../revocation/store.ts";
import type { VirtualTime } from "../revocation/virtual-time.ts";

export interface RunStoreOptions {
  readonly time: VirtualTime;
  /** Of the requests, in their order, again and again. */
  readonly fates: readonly Fate[];
  /** Whether a change is stored whatever was stored meanwhile. */
  readonly isUnconditional: boolean;
  readonly onCommit: (present: Run | null, next: Run) => void;
}

/** As the adapter of DynamoDB. */
const DEADLINE_MS = 1_000;
const REPLIED: Fate = { evaluatedMs: 0, replyMs: 0, isLost: false };

/** agentic-backend's store in memory, whose requests take their time, fail or lose their replies. */
export class RunStore {
  outUntilMs = 0;
  /** Whether every request is answered at once. */
  isCalm = false;
  readonly runs = new Map<string, Run>();
  readonly #leases = new Map<string, Parameters<DynamoLeases["extend"]>[0]>();
  readonly #options: RunStoreOptions;
  #requests = 0;

  constructor(options: RunStoreOptions) {
    this.#options = options;
  }

  /** @param isDead whether the process has crashed that asks: nothing that it begins happens, and it hears of nothing */
  usedBy(isDead: () => boolean): { readonly runs: DynamoRuns; readonly leases: DynamoLeases } {
    const changes = new EventEmitter().setMaxListeners(0);
    const ask = <T>(evaluate: () => T): Promise<T> =>
      isDead() ? new Promise(() => {}) : this.#ask(evaluate, isDead);
    const find = (owner: Owner, id: string) => this.runs.get(`${owner}#${id}`) ?? null;
    const runs: DynamoRuns = {
      changes,
      find: (owner, id) => ask(() => find(owner, id)),
      documentOf: () => ask(() => "We move on 1 March 2027."),
      list: () => Promise.reject(new Error("no model of lists")),
      commit: (present, changed) =>
        ask(() => {
          const next = { ...changed, rev: (present?.rev ?? 0) + 1 };
          const stored = this.runs.get(keyOf(next)) ?? null;
          if (stored?.rev !== present?.rev && !this.#options.isUnconditional) return null;
          this.runs.set(keyOf(next), next);
          this.#options.onCommit(stored, next);
          return next;
        }),
    };
    const leases: DynamoLeases = {
      open: () =>
        ask(() => ({
          leases: [...this.#leases.values()],
          pointers: [...this.runs.values()].filter(isOpen).map((run): Pointer => {
            const { organizationId, userId } = run.subject;
            return { holder: run.holder, organizationId, userId, id: run.id };
          }),
        })),
      extend: (lease) => ask(() => void this.#leases.set(lease.holder, lease)),
      giveBack: (holder) => ask(() => void this.#leases.delete(holder)),
    };
    return { runs, leases };
  }

  #ask<T>(evaluate: () => T, isDead: () => boolean): Promise<T> {
    const { time, fates } = this.#options;
    const fate = this.isCalm ? null : fates[this.#requests % fates.length];
    const { evaluatedMs, replyMs, isLost } = fate ?? REPLIED;
    this.#requests += 1;
    return new Promise((resolve, reject) => {
      const reply = (send: () => void) => {
        if (!isDead()) send();
      };
      const fail = () => reply(() => reject(new Refusal("STORE_UNAVAILABLE")));
      const deadline = time.after(DEADLINE_MS, fail);
      const evaluated = async () => {
        await time.wait(evaluatedMs);
        if (time.nowMs < this.outUntilMs) return fail();
        const value = evaluate();
        await time.wait(replyMs);
        if (isLost) return fail();
        time.cancel(deadline);
        reply(() => resolve(value));
      };
      void evaluated();
    });
  }
}
