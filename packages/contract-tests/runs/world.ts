import type { Standings } from "@platform-api/client/standings";
import { vi } from "vitest";
import type { DynamoLeases } from "../../../apps/agentic-backend/src/dynamo-leases.ts";
import { Refusal } from "../../../apps/agentic-backend/src/refusal.ts";
import { isFinal, type Run } from "../../../apps/agentic-backend/src/run.ts";
import type { Worker } from "../../../apps/agentic-backend/src/worker.ts";
import type { Fate } from "../revocation/store.ts";
import { VirtualTime } from "../revocation/virtual-time.ts";
import { type Backend, bootBackend, LEASE_MS } from "./backend.ts";
import type { Work } from "./facts.ts";
import { AFTER_OUTAGE_MS, BOUND_MS, Judge, subjectOf, workOf } from "./judge.ts";
import { LOGINS, Platform } from "./platform.ts";
import { RunStore } from "./run-store.ts";

/** Something that happens. A number of a login, a run or a process counts those that there are. */
export type Event =
  | { readonly event: "pass" | "feed out" | "platform out" | "runs out"; readonly ms: number }
  | { readonly event: "login" | "expire" | "start"; readonly login: number }
  | { readonly event: "approve" | "cancel"; readonly run: number }
  | { readonly event: "crash" | "leave" | "boot"; readonly process: number }
  | Told;

/** What platform-api is told. */
type Told =
  | { readonly event: "remove" | "block" | "enforce" | "connection off"; readonly holds: boolean }
  | { readonly event: "tell"; readonly login: number; readonly holds: boolean }
  | { readonly event: "log out"; readonly login: number }
  | { readonly event: "sign out" };

export interface History {
  readonly events: readonly Event[];
  /** Of what platform-api asks its store. */
  readonly readFates: readonly Fate[];
  /** Of what agentic-backend asks its own. */
  readonly runFates: readonly Fate[];
  readonly stepMs: number;
  /** Whether platform-api does not answer while it is out, or refuses connections. */
  readonly hangs: boolean;
}

/** What a negative control replaces. */
export interface Control {
  readonly standings?: (standings: Standings) => Standings;
  readonly leases?: (leases: DynamoLeases, holder: string) => DynamoLeases;
  readonly worker?: (worker: Worker) => Worker;
  /** What becomes of answers on their way, in one history. */
  readonly answers?: () => (answers: readonly object[], of: readonly object[]) => readonly object[];
  readonly isUnconditional?: boolean;
  readonly isDeaf?: boolean;
  readonly isLogoutSignOut?: boolean;
}

/** platform-api, two processes of agentic-backend and their store, made of the real parts, and what happens to them. */
export class World {
  readonly #time = new VirtualTime();
  readonly #history: History;
  readonly #control: Control;
  readonly #judge = new Judge(() => this.#time.nowMs);
  readonly #answering: ReturnType<NonNullable<Control["answers"]>>;
  readonly #platform: Platform;
  readonly #store: RunStore;
  readonly #backends: (Backend | null)[];
  /** When the last token of each login was issued; null once it has expired. */
  readonly #tokens = new Map<number, number | null>();
  #booted = 0;
  #started = 0;
  readonly counts = this.#judge.counts;

  constructor(history: History, control: Control) {
    this.#history = history;
    this.#control = control;
    this.#answering = control.answers?.() ?? same;
    ruleClocks(this.#time);
    this.#platform = new Platform({
      time: this.#time,
      fates: history.readFates,
      isDeaf: control.isDeaf ?? false,
      onFact: (fact, atMs) => this.#judge.facts.store(fact, atMs),
    });
    this.#store = new RunStore({
      time: this.#time,
      fates: history.runFates,
      isUnconditional: control.isUnconditional ?? false,
      onCommit: (present, next) => this.#judge.committed(present, next),
    });
    this.#backends = [this.#boot(), this.#boot()];
  }

  /** @returns what was wrong; null for nothing */
  async run(): Promise<string | null> {
    for (const event of this.#history.events) {
      await this.#happen(event);
      if (this.#judge.violation !== null) break;
    }
    if (this.#judge.violation === null) await this.#settle();
    for (const backend of this.#backends) backend?.crash();
    this.#platform.close();
    await this.#time.pass(0);
    return this.#judge.violation;
  }

  #boot(): Backend {
    const { standings = same, leases = same, worker = same } = this.#control;
    this.#booted += 1;
    return bootBackend({
      holder: `process-${this.#booted}`,
      store: this.#store,
      stepMs: this.#history.stepMs,
      answer: (request) => this.#answer(request),
      standings,
      leases,
      worker,
    });
  }

  async #answer({ body, signal }: RequestInit): Promise<Response> {
    const { nowMs } = this.#time;
    const isOut = this.#judge.outages.some(({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs);
    if (isOut && this.#history.hangs)
      await new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    if (isOut) throw new TypeError("fetch failed");
    const { of } = JSON.parse(String(body));
    return new ReadyResponse({ result: { data: this.#answering(await this.#platform.standings(of), of) } });
  }

  /** The token of a login, if it may act now. */
  #token(login: number): Work | null {
    const since = this.#tokens.get(login) ?? null;
    const by = LOGINS[login];
    if (by === undefined || since === null) return null;
    const work = { ...by, since };
    return this.#stands(work) ? work : null;
  }

  #stands(work: Work): boolean {
    return this.#judge.facts.endedSince(work, this.#time.nowMs) === null;
  }

  get #living(): Backend | null {
    return this.#backends.find((each) => each !== null) ?? null;
  }

  async #start(login: number): Promise<void> {
    const [work, backend] = [this.#token(login), this.#backends[this.#started % 2] ?? this.#living];
    if (work === null || backend === null) return;
    this.#started += 1;
    const id = `01a210ab-d4a9-7682-b954-${String(this.#started).padStart(12, "0")}`;
    await backend.start(id, subjectOf(work));
  }

  /** By the first of its user's tokens that may. */
  async #act(name: "approve" | "cancel", number: number): Promise<void> {
    const run = [...this.#store.runs.values()].at(number);
    const works = LOGINS.map((_, login) => this.#token(login));
    const work = works.find((each) => each !== null && each.userId === run?.subject.userId) ?? null;
    if (run !== undefined && work !== null) await this.#living?.act(name, run, subjectOf(work));
  }

  #begin(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    });
  }

  async #happen(event: Event): Promise<void> {
    const { nowMs } = this.#time;
    switch (event.event) {
      case "pass":
        return this.#time.pass(event.ms);
      case "platform out":
        this.#judge.outages.push({ fromMs: nowMs, untilMs: nowMs + event.ms });
        return;
      case "feed out":
        this.#platform.feedOutUntilMs = nowMs + event.ms;
        this.#judge.feedOutages.push({ fromMs: nowMs, untilMs: nowMs + event.ms });
        return;
      case "runs out":
        this.#store.outUntilMs = nowMs + event.ms;
        return;
      case "login":
        this.#tokens.set(event.login, Math.floor(nowMs / 1_000));
        return;
      case "expire":
        this.#tokens.set(event.login, null);
        return;
      case "start":
        return this.#begin(this.#start(event.login));
      case "approve":
      case "cancel":
        return this.#begin(this.#act(event.event, event.run));
      case "boot":
        this.#backends[event.process] ??= this.#boot();
        return;
      case "crash":
      case "leave":
        return this.#leave(event);
      default:
        return this.#begin(this.#told(event));
    }
  }

  #leave({ event, process }: Extract<Event, { process: number }>): void {
    const backend = this.#backends[process] ?? null;
    this.#backends[process] = null;
    if (event === "crash") backend?.crash();
    else if (backend !== null) this.#begin(backend.end());
  }

  async #told(event: Told): Promise<void> {
    const platform = this.#platform;
    switch (event.event) {
      case "remove":
        return platform.remove(event.holds);
      case "block":
        return platform.block(event.holds);
      case "tell":
        return platform.tell(LOGINS[event.login]?.subject ?? "", event.holds);
      case "enforce":
        return platform.enforce(event.holds);
      case "connection off":
        return platform.switch(!event.holds);
      case "sign out":
        return platform.signOut();
      case "log out":
        if (this.#control.isLogoutSignOut) await platform.signOut(false);
        return platform.logOut(LOGINS[event.login]?.subject ?? "");
    }
  }

  /** Everything works again. Then every run comes to its end, soon. */
  async #settle(): Promise<void> {
    const { nowMs } = this.#time;
    const runs = (): Run[] => [...this.#store.runs.values()];
    const outages = [...this.#judge.outages, ...this.#judge.feedOutages].map(({ untilMs }) => untilMs);
    await this.#time.pass(Math.max(nowMs, this.#store.outUntilMs, ...outages) - nowMs);
    this.#store.isCalm = true;
    const backend = this.#living ?? this.#boot();
    this.#backends[0] ??= backend;
    const soonMs = this.#time.nowMs + 2 * LEASE_MS + AFTER_OUTAGE_MS + BOUND_MS + 4 * this.#history.stepMs;
    while (this.#time.nowMs < soonMs && !runs().every(isFinal)) {
      for (const run of runs()) {
        if (run.status === "waiting" && this.#stands(workOf(run)))
          this.#begin(backend.act("approve", run, run.subject));
      }
      await this.#time.pass(1_000);
    }
    this.#judge.ended(runs());
  }
}

/** All clocks, until `vi.unstubAllGlobals`. */
function ruleClocks(time: VirtualTime): void {
  time.rule();
  vi.stubGlobal("performance", { now: () => time.nowMs });
  vi.stubGlobal(
    "Date",
    class extends REAL_DATE {
      constructor(...given: [] | [number | string]) {
        super(given[0] ?? time.nowMs);
      }
      static override now = () => time.nowMs;
    },
  );
}

const REAL_DATE = Date;

/** Its body needs no turn of the event loop, in which time would pass. */
class ReadyResponse extends Response {
  readonly #value: unknown;

  constructor(value: unknown) {
    super();
    this.#value = value;
  }

  override async json(): Promise<unknown> {
    return this.#value;
  }
}

function same<T>(value: T): T {
  return value;
}
