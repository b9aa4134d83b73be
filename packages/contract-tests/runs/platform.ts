import { cachedOrganizations } from "@platform-api/server/adapters";
import {
  type BegunWork,
  operatorOf,
  parseLoginId,
  parseOrganizationId,
  parseUserId,
  Refusal,
  recordEvent,
  recordLogout,
  removeMember,
  restoreMember,
  secondsOf,
  setBlocked,
  signOut,
  standingsOf,
  updateConnection,
  updateOrganization,
} from "@platform-api/server/domain";
import { BY_PASSWORD, membership } from "../../server/src/domain/testing/memory-ports.ts";
import {
  ACME,
  claims,
  ENTRA,
  JANE,
  JOE,
  link,
  UNBOUNDED,
  valid,
} from "../../server/src/domain/testing/people.ts";
import { bootCaches, type Fate, SlowStore } from "../revocation/store.ts";
import type { VirtualTime } from "../revocation/virtual-time.ts";
import type { Fact } from "./facts.ts";

/** Who begins runs, by each of their logins. All that happens happens to Jane. */
export const LOGINS = [
  { userId: JANE, subject: claims().subject, isSso: true },
  { userId: JANE, subject: claims(BY_PASSWORD).subject, isSso: false },
  { userId: JOE, subject: "waad|joe", isSso: true },
] as const;
const { tenant: TENANT } = claims();
const OPERATOR = "operator:jo";
const MAX_TOKEN_LIFETIME_SECONDS = 86_400;

export interface PlatformOptions {
  readonly time: VirtualTime;
  readonly fates: readonly Fate[];
  /** Whether no notice ends what is cached. */
  readonly isDeaf: boolean;
  readonly onFact: (fact: Fact, atMs: number) => void;
}

/** platform-api: a store, two processes that answer about standings, and the verbs that end them. */
export class Platform {
  feedOutUntilMs = 0;
  readonly #options: PlatformOptions;
  readonly #store: SlowStore;
  /** What a transaction says when it is stored, by the signal of its request. */
  readonly #saying = new Map<AbortSignal, (until: number) => Fact | null>();
  readonly #processes: readonly ReturnType<Platform["boot"]>[];
  #asked = 0;

  constructor(options: PlatformOptions) {
    const { time, fates, onFact } = options;
    this.#options = options;
    this.#store = new SlowStore({
      time,
      fates,
      blindTo: new Set(),
      storing: (changes) => changes,
      onCommit: ({ writes }, signal) => {
        const [write] = writes;
        const fact = this.#saying.get(signal)?.(write?.item === "signOut" ? (write.next?.notBefore ?? 0) : 0);
        if (fact) onFact(fact, time.nowMs);
      },
    });
    const { identities, memberships } = this.#store.inMemory;
    for (const { userId, subject, isSso } of LOGINS)
      identities.put(link({ userId, subject, ...(!isSso && { connection: "auth0", organizationId: null }) }));
    for (const userId of [JANE, JOE]) memberships.put(membership({ userId }));
    this.#processes = [this.boot(), this.boot()];
  }

  /** A process, with the caches of `serve`. */
  boot() {
    const { time, isDeaf } = this.#options;
    const store = this.#store;
    const { shards, read } = store.feed();
    const { options, links, memberships, changes } = bootCaches(time, store, {
      shards,
      read: async (...asked) => {
        const notices = await read(...asked);
        if (time.nowMs < this.feedOutUntilMs) throw new Refusal("STORE_UNAVAILABLE", "out of order");
        return isDeaf ? [] : notices;
      },
    });
    const ports = {
      organizations: cachedOrganizations(store.organizations(), options),
      memberships,
      links,
      trustMode: "enforce" as const,
      now: () => new Date(time.nowMs),
    };
    return { ports, changes };
  }

  /** The answer of `auth.standings`. */
  async standings(of: readonly Record<string, unknown>[]) {
    this.#asked += 1;
    const process = this.#processes[this.#asked % this.#processes.length];
    if (process === undefined) throw new Error("no process");
    return standingsOf(of.map(workOf), process.ports, UNBOUNDED);
  }

  close(): void {
    for (const { changes } of this.#processes) changes.close();
  }

  remove = (isRemoved: boolean) => {
    const fact = { fact: "removed", userId: JANE, holds: isRemoved } as const;
    return this.#do(fact, async (ports, signal) => {
      const operator = await this.#operator();
      await (isRemoved ? removeMember : restoreMember)(operator, JANE, ports, signal);
    });
  };

  block = (isBlocked: boolean) =>
    this.#do({ fact: "blocked", userId: JANE, holds: isBlocked }, (ports, signal) =>
      setBlocked({ userId: JANE, isBlocked }, ports, signal),
    );

  /** The identity provider says that it has blocked a subject, or lets it in again. */
  tell = (subject: string, isBlocked: boolean) =>
    this.#do({ fact: "subject blocked", subject, holds: isBlocked }, (ports, signal) => {
      const said = { change: isBlocked ? "blocked" : "lifted", at: ports.now() } as const;
      return recordEvent({ tenant: TENANT, subject }, said, ports, signal);
    });

  /** @param isSaid false: as a negative control, nobody has said so */
  signOut = (isSaid = true) =>
    this.#do(
      (until) => (isSaid ? { fact: "signed out", userId: JANE, until, holds: true } : null),
      (ports, signal) => signOut(JANE, { actor: `user:${JANE}`, issuedAt: null }, ports, signal),
    );

  /** Ends no run. */
  logOut = (subject: string) =>
    this.#do(
      () => null,
      (ports, signal) =>
        recordLogout({ tenant: TENANT, subject, sid: null }, secondsOf(ports.now()), ports, signal),
    );

  enforce = (enforceSso: boolean) =>
    this.#do({ fact: "enforced", holds: enforceSso }, async (ports, signal) => {
      const changes = { changes: { enforceSso }, login: null };
      await updateOrganization(await this.#operator(), changes, ports, signal);
    });

  switch = (enabled: boolean) =>
    this.#do({ fact: "connection off", holds: !enabled }, async (ports, signal) => {
      await updateConnection(await this.#operator(), { name: ENTRA.name, enabled }, ports, signal);
    });

  #operator() {
    return operatorOf(OPERATOR, ACME, this.#store.inMemory.organizations, UNBOUNDED);
  }

  /** What the verb refuses in this state does not happen. */
  async #do(
    said: Fact | ((until: number) => Fact | null),
    verb: (ports: ReturnType<Platform["writing"]>, signal: AbortSignal) => Promise<unknown>,
  ): Promise<void> {
    const { signal } = new AbortController();
    this.#saying.set(signal, typeof said === "function" ? said : () => said);
    await verb(this.writing(), signal).catch((error: unknown) => {
      if (!(error instanceof Refusal) || error.reason === "INTERNAL") throw error;
    });
  }

  private writing() {
    const { time } = this.#options;
    const identities = this.#store.identities();
    const transactions = this.#store.transactions(null);
    const now = () => new Date(time.nowMs);
    const maxTokenLifetimeSeconds = MAX_TOKEN_LIFETIME_SECONDS;
    return { ...this.#store.inMemory, identities, transactions, now, maxTokenLifetimeSeconds };
  }
}

function workOf({ userId, organizationId, since, loginId }: Record<string, unknown>): BegunWork {
  return {
    userId: valid(parseUserId(String(userId))),
    organizationId: parseOrganizationId(String(organizationId)),
    role: "member",
    since: secondsOf(new Date(String(since))),
    loginId: typeof loginId === "string" ? valid(parseLoginId(loginId)) : null,
  };
}
