import { createMemory, createTakenSeats } from "@platform-api/server/adapters";
import {
  createIdentityResolver,
  type Identity,
  type IdentityLinks,
  type Items,
  join,
  newRevision,
  noSpeakers,
  Refusal,
  readMembershipBeside,
  recordEvent,
  recordLogout,
  SingleFlight,
  type SubjectEvent,
  setBlocked,
  setSubjectBlocked,
  signOut,
  signSubjectOut,
  type UserId,
  type VerifiedClaims,
} from "@platform-api/server/domain";
import { Sender } from "@platform-api/server/memory";
import type { SenderPorts } from "../../server/src/answer/sender.ts";
import { BY_PASSWORD, VIA_ACME } from "../../server/src/domain/testing/memory-ports.ts";
import { ACME, claims, GLOBEX, JANE, link } from "../../server/src/domain/testing/people.ts";
import { type Answer, type Issued, type Saying, Sayings } from "./said.ts";
import { bootCaches, type Fate, SlowStore, type StoreOptions } from "./store.ts";
import { VirtualTime } from "./virtual-time.ts";

/** How old a fact may be when a request begins that is judged by what is cached. */
const BOUND_MS = 5_000;
const REQUEST_MS = 2_700;
const MAX_TOKEN_LIFETIME_SECONDS = 86_400;
/** Jane has two: the first one makes its link and its memberships by its logins, the other one is linked. */
const LOGINS = [VIA_ACME, BY_PASSWORD] as const;
const SUBJECTS = LOGINS.map((login) => claims(login).subject);
const TENANT = claims().tenant;

/** Something that happens. A number of a token, a session or a follower counts those that there are, from the last one. */
export type Event =
  | { readonly event: "pass" | "outage"; readonly ms: number }
  | { readonly event: "login"; readonly subject: number; readonly isSidless: boolean }
  | { readonly event: "refresh"; readonly token: number }
  | { readonly event: "ask"; readonly token: number; readonly process: number; readonly isChange: boolean }
  | {
      readonly event: "tell";
      readonly subject: number;
      readonly change: SubjectEvent["change"];
      /** Whether the one before it comes after it. */
      readonly isEarly: boolean;
    }
  | { readonly event: "follow"; readonly follower: number; readonly count: number; readonly dies: boolean }
  | {
      readonly event: "logout";
      readonly token: number;
      readonly ofSession: boolean;
      /** From the logout to each time that it is told. */
      readonly toldMs: readonly number[];
    }
  | { readonly event: "sign out"; readonly token: number; readonly how: "by itself" | "user" | "subject" }
  | {
      readonly event: "block";
      readonly isBlocked: boolean;
      readonly subject: number | null;
      readonly operator: number;
    }
  | { readonly event: "unlink" | "restart"; readonly process: number };

export interface History {
  readonly events: readonly Event[];
  readonly fates: readonly Fate[];
  /** By how much the clocks of two operators are ahead of the store's. */
  readonly operatorsAheadMs: readonly number[];
  /** By how much the identity provider's is. */
  readonly providerAheadMs: number;
  /** Whether the directory creates Jane when it is asked first. */
  readonly isNew: boolean;
}

/** What a negative control replaces. */
export interface Control {
  /** What a process reads of links and of what ends tokens. */
  readonly links?: (links: IdentityLinks) => IdentityLinks;
  /** The same of what is asked for each token. */
  readonly tokenLinks?: (links: IdentityLinks) => IdentityLinks;
  /** The same where something is granted. */
  readonly isGrantedFromCache?: boolean;
  readonly blindTo?: readonly (keyof Items)[];
  readonly storing?: StoreOptions["storing"];
  /** The time that a follower says of a lift. */
  readonly lifted?: (atMs: number, nowMs: number) => number;
}

interface Token extends Issued {
  readonly name: string;
  readonly claims: VerifiedClaims;
}

interface Told {
  readonly subject: string;
  readonly change: SubjectEvent["change"];
  readonly atMs: number;
}

/** Acme's SSO may speak for Jane. */
const SPOKEN = { ...noSpeakers(JANE), by: ACME, sso: ACME, rev: "1" };

type Process = ReturnType<World["boot"]>;

/** A store, processes that answer, the identity provider and what brings its facts in, made of the real parts. */
export class World {
  readonly #time = new VirtualTime();
  readonly #history: History;
  readonly #control: Control;
  readonly #store: SlowStore;
  readonly #sayings = new Sayings();
  /** What is being stored, by the signal of the request that stores it; null once it is stored. */
  readonly #storing = new Map<AbortSignal, ((nowMs: number, notBefore: number | null) => void) | null>();
  /** The tokens of the requests, by their signals. */
  readonly #asking = new Map<AbortSignal, Token>();
  readonly #tokens: Token[] = [];
  /** What the identity provider tells, in the order in which it does. */
  readonly #log: Told[] = [];
  /** How far the log was followed, as it is stored, and as each follower knows. */
  #cursor = 0;
  readonly #followers = [0, 0];
  readonly #isFollowing = [false, false];
  #sessions = 0;
  #isCreated: boolean;
  readonly #processes: Process[];
  violation: string | null = null;
  /** For what a run has shown. */
  readonly counts = { yes: 0, no: 0, unknown: 0, granted: 0, other: 0 };

  constructor(history: History, control: Control) {
    this.#history = history;
    this.#control = control;
    this.#isCreated = history.isNew;
    this.#time.rule();
    this.#store = new SlowStore({
      time: this.#time,
      fates: history.fates,
      blindTo: new Set(control.blindTo),
      storing: control.storing ?? ((changes) => changes),
      onCommit: (changes, signal) => this.#committed(changes, signal),
    });
    const { subject } = claims(BY_PASSWORD);
    const { identities } = this.#store.inMemory;
    identities.spoken.set(JANE, SPOKEN);
    identities.put(link({ subject, connection: "auth0", organizationId: null, userId: JANE }));
    this.#processes = [this.boot(), this.boot()];
  }

  /** A process that answers, composed as `serve` composes it. */
  boot() {
    const time = this.#time;
    const store = this.#store;
    const { inMemory } = store;
    const { links: seen = same, tokenLinks = same, isGrantedFromCache = false } = this.#control;
    const { clock, notified, memberships, changes, ...cached } = bootCaches(time, store);
    const storedLinks = store.identities();
    const links = seen(cached.links);
    const ports = {
      organizations: inMemory.organizations,
      stored: inMemory.organizations,
      storedLinks: isGrantedFromCache ? { ...storedLinks, ...links } : storedLinks,
      memberships,
      storedMemberships: store.memberships(),
      speakers: store.speakers(),
      transactions: store.transactions(notified),
      audit: inMemory.identities,
      otherStrategies: inMemory.otherStrategies,
      trustMode: "enforce",
      now: () => new Date(time.nowMs),
    } as const;
    const resolver = {
      ...ports,
      windows: inMemory.windows,
      takenSeats: createTakenSeats(clock),
      directory: { ensureUser: () => this.#ensureUser() },
      wouldRefuse: () => {},
    };
    const tokens = createMemory<never>(1_000, { clock, notified });
    const sender: SenderPorts = {
      ...ports,
      verifier: {
        verify: async (token) =>
          this.#tokens.find(({ name }) => name === token)?.claims ?? fail("no such token"),
        recall: (token) => tokens.recall(token),
        remember: (token, user, reads) => tokens.remember(token, user as never, reads),
      },
      people: createMemory(1_000, { clock, notified }),
      refusals: { note: () => {} },
      judging: new SingleFlight("DIRECTORY_UNAVAILABLE"),
      resolveIdentity: createIdentityResolver({
        ...resolver,
        links,
        readBeside: readMembershipBeside(ports, memberships.renew),
      }),
      resolveStoredIdentity: createIdentityResolver({ ...resolver, links: storedLinks }),
      links: tokenLinks(links),
      serviceClients: new Map(),
      readAhead: async () => {},
      rateLimits: { failedTokens: () => null },
    };
    return { sender, changes, transactions: ports.transactions };
  }

  async #ensureUser() {
    await this.#time.wait(30);
    const created = this.#isCreated;
    this.#isCreated = false;
    return { userId: JANE, created };
  }

  /** What a transaction stores at this moment: what somebody has said, or what a token is granted. */
  #committed({ writes }: Parameters<StoreOptions["onCommit"]>[0], signal: AbortSignal): void {
    const said = this.#storing.get(signal);
    if (said) {
      const ends = writes.map(({ item, next }) => (item === "signOut" || item === "facts" ? next : null));
      said(this.#time.nowMs, ends.find((next) => next !== null)?.notBefore ?? null);
      this.#storing.set(signal, null);
    }
    const token = this.#asking.get(signal);
    const grants = writes.filter(
      ({ item, next }) => (item === "link" || item === "membership") && next !== null,
    );
    if (token === undefined || grants.length === 0) return;
    this.counts.granted += 1;
    const allowed = this.#sayings.answersTo(token);
    if (!allowed.has("yes"))
      this.#wrong(`${grants.map(({ item }) => item)} by a token of ${[...allowed]}`, token);
  }

  #wrong(what: string, token: Token): void {
    const { subject, sid, issuedAt } = token;
    this.violation ??= `${what}: ${JSON.stringify({ subject, sid, issuedAt })} at ${this.#time.nowMs}`;
  }

  /** Asks a process who has sent a token, for what is only shown, or for what changes something. */
  async #ask({ token: index, process: number, isChange }: Extract<Event, { event: "ask" }>): Promise<void> {
    const token = this.#token(index);
    const process = this.#processes[number];
    if (token === null || process === undefined) return;
    const { signal, end } = this.#signal();
    this.#asking.set(signal, token);
    const known = this.#sayings.count(isChange ? undefined : this.#time.nowMs - BOUND_MS);
    const rawHeaders = ["X-User-Token", token.name];
    const trace = { requestId: "request", parent: null };
    const sender = new Sender(process.sender, { rawHeaders, trace, address: () => "", signal });
    const answer = await (isChange
      ? this.#change(sender, process)
      : answerOf(async () => (await sender.user()).identity));
    end();
    const allowed = this.#sayings.answersTo(token, known);
    if (answer === "unknown" || answer === "other") this.counts[answer] += 1;
    else {
      this.counts[answer === "yes" ? "yes" : "no"] += 1;
      if (!allowed.has(answer)) this.#wrong(`${answer} of process ${number}, not ${[...allowed]}`, token);
    }
  }

  /** Joins the other organization. */
  async #change(sender: Sender, { sender: ports }: Process): Promise<Outcome> {
    let identity: Identity | null = null;
    const identified = await answerOf(async () => {
      identity = await sender.storedIdentity(async () => ({ organizationId: GLOBEX, userId: null }));
      return identity;
    });
    if (identity === null) return identified;
    const known: Identity = identity;
    const done = await answerOf(async () => {
      await join(known, GLOBEX, { ...ports, memberships: this.#store.memberships() }, sender.signal);
      return known;
    });
    return done === "other" ? identified : done;
  }

  /** A request may take so long. */
  #signal(ms = REQUEST_MS) {
    const controller = new AbortController();
    const timer = this.#time.after(ms, () => controller.abort());
    return { signal: controller.signal, end: () => this.#time.cancel(timer) };
  }

  /** Has something stored. What is known already counts from the answer on; an operator's word, if it was not so. */
  async #record(
    saying: (notBefore: number | null) => Saying,
    write: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<boolean> {
    const { signal, end } = this.#signal();
    const store = (nowMs: number, notBefore: number | null) => this.#sayings.store(saying(notBefore), nowMs);
    const known = this.#sayings.count();
    this.#storing.set(signal, store);
    try {
      const result = await write(signal);
      if (this.#storing.get(signal) === null) return true;
      const notBefore = typeof result === "number" ? result : null;
      const said = saying(notBefore);
      if (said.by !== "operator") this.#sayings.store(said, this.#time.nowMs);
      else if (!this.#sayings.isSaid(said, known))
        this.violation ??= `it was not so: ${JSON.stringify(said)}`;
      return true;
    } catch (error) {
      if (!(error instanceof Refusal) || error.reason !== "STORE_UNAVAILABLE") throw error;
      return false;
    } finally {
      end();
    }
  }

  #ports(aheadMs: number, process?: Process) {
    const transactions = process?.transactions ?? this.#store.transactions(null);
    const now = () => new Date(this.#time.nowMs + aheadMs);
    const identities = this.#store.identities();
    const maxTokenLifetimeSeconds = MAX_TOKEN_LIFETIME_SECONDS;
    return { ...this.#store.inMemory, identities, transactions, now, maxTokenLifetimeSeconds };
  }

  #token(index: number): Token | null {
    return this.#tokens.at(-1 - (index % Math.max(1, this.#tokens.length))) ?? null;
  }

  #issue(login: number, sid: string | null): void {
    const issuedAt = Math.floor((this.#time.nowMs + this.#history.providerAheadMs) / 1_000);
    const name = `token-${this.#tokens.length}`;
    const verified = claims({
      ...LOGINS[login],
      sid,
      issuedAt,
      expiresAt: issuedAt + MAX_TOKEN_LIFETIME_SECONDS,
    });
    this.#tokens.push({ name, claims: verified, subject: verified.subject, userId: JANE, sid, issuedAt });
  }

  /** Follows the log from where the follower is. Effects come before the cursor; a follower that dies between them repeats. */
  async #follow({ follower, count, dies }: Extract<Event, { event: "follow" }>): Promise<void> {
    if (this.#isFollowing[follower]) return;
    this.#isFollowing[follower] = true;
    for (let step = 0; step < count; step += 1) {
      const position = this.#followers[follower] ?? 0;
      const told = this.#log[position];
      if (told === undefined) break;
      const isStored = await this.#apply(told);
      if (!isStored || (dies && step === count - 1)) this.#followers[follower] = this.#cursor;
      else {
        this.#followers[follower] = position + 1;
        this.#cursor = position + 1;
      }
    }
    this.#isFollowing[follower] = false;
  }

  #apply({ subject, change, atMs }: Told): Promise<boolean> {
    const { lifted = same } = this.#control;
    const at = new Date(change === "lifted" ? lifted(atMs, this.#time.nowMs) : atMs);
    const write = (signal: AbortSignal) =>
      recordEvent({ tenant: TENANT, subject }, { change, at }, this.#ports(0), signal);
    return this.#record(() => ({ by: "event", subject, change, atMs }), write);
  }

  #logout({ token: index, ofSession, toldMs }: Extract<Event, { event: "logout" }>): void {
    const token = this.#token(index);
    if (token === null) return;
    const sid = ofSession ? token.sid : null;
    const { subject } = token;
    const at = Math.floor((this.#time.nowMs + this.#history.providerAheadMs) / 1_000);
    const tell = async (attempt: number): Promise<void> => {
      const process = this.#processes[attempt % this.#processes.length];
      const write = (signal: AbortSignal) =>
        recordLogout({ tenant: TENANT, subject, sid }, at, this.#ports(0, process), signal);
      await this.#record(() => ({ by: "logout", subject, sid, at }), write);
    };
    for (const [attempt, ms] of toldMs.entries()) this.#time.after(ms, () => this.#begin(tell(attempt)));
  }

  async #signOut({ token: index, how }: Extract<Event, { event: "sign out" }>): Promise<void> {
    const token = this.#token(index);
    if (token === null) return;
    const { subject, userId } = token;
    const leastSeconds = Math.floor(this.#time.nowMs / 1_000);
    const least = how === "by itself" ? Math.max(leastSeconds, token.issuedAt) : leastSeconds;
    const whose = how === "subject" ? { subject } : { userId };
    const saying = (notBefore: number | null): Saying => {
      if ((notBefore ?? 0) < least) this.#wrong(`a sign-out until ${notBefore}, not ${least}`, token);
      return { by: "sign-out", ...whose, until: notBefore ?? least } as Saying;
    };
    const operator = "operator:jo" as const;
    const issuedAt = how === "by itself" ? token.issuedAt : null;
    const actor = how === "by itself" ? (`user:${userId}` as const) : operator;
    const ports = this.#ports(0, this.#processes[0]);
    await this.#record(saying, (signal) =>
      how === "subject"
        ? signSubjectOut({ tenant: TENANT, subject }, { actor: operator }, ports, signal)
        : signOut(userId, { actor, issuedAt }, ports, signal),
    );
  }

  async #block({ subject: number, isBlocked, operator }: Extract<Event, { event: "block" }>): Promise<void> {
    const ports = this.#ports(this.#history.operatorsAheadMs[operator] ?? 0);
    const subject = number === null ? null : (SUBJECTS[number] ?? null);
    const userId: UserId = JANE;
    if (subject === null) {
      const write = (signal: AbortSignal) => setBlocked({ userId, isBlocked }, ports, signal);
      await this.#record(() => ({ by: "operator", userId, isBlocked }), write);
    } else {
      const write = (signal: AbortSignal) =>
        setSubjectBlocked({ tenant: TENANT, subject }, { isBlocked, actor: "operator:jo" }, ports, signal);
      await this.#record(() => ({ by: "operator", subject, isBlocked }), write);
    }
  }

  /** An operator removes the first subject's link and Jane's memberships, so that a login may make them again. */
  async #unlink(): Promise<void> {
    const { identities, memberships } = this.#store.inMemory;
    const [subject = ""] = SUBJECTS;
    const present = await identities.find({ tenant: TENANT, subject });
    const members = await Promise.all([ACME, GLOBEX].map((id) => memberships.find(id, JANE)));
    const writes = [
      ...(present === null ? [] : [{ item: "link", next: null, present } as const]),
      ...members.flatMap((each) =>
        each === null ? [] : [{ item: "membership", next: null, present: each } as const],
      ),
    ];
    if (writes.length === 0) return;
    identities.spoken.set(JANE, { ...SPOKEN, rev: newRevision() });
    const { signal, end } = this.#signal();
    const { commit } = this.#store.transactions(null);
    await commit({ writes, unchanged: [], audit: [] }, signal).catch(() => {});
    end();
  }

  #begin(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      this.violation ??= `an error: ${error instanceof Error ? error.stack : error}`;
    });
  }

  async #happen(event: Event): Promise<void> {
    switch (event.event) {
      case "pass":
        return this.#time.pass(event.ms);
      case "outage":
        this.#store.outUntilMs = this.#time.nowMs + event.ms;
        return;
      case "login":
        this.#sessions += 1;
        return this.#issue(event.subject, event.isSidless ? null : `session-${this.#sessions}`);
      case "refresh": {
        const token = this.#token(event.token);
        if (token !== null) this.#issue(SUBJECTS.indexOf(token.subject), token.sid);
        return;
      }
      case "tell": {
        const subject = SUBJECTS[event.subject] ?? "";
        const atMs = this.#time.nowMs + this.#history.providerAheadMs;
        const isBehind = event.isEarly && this.#log.length > Math.max(this.#cursor, ...this.#followers);
        this.#log.splice(isBehind ? this.#log.length - 1 : this.#log.length, 0, {
          subject,
          change: event.change,
          atMs,
        });
        return;
      }
      case "restart":
        this.#processes[event.process]?.changes.close();
        this.#processes[event.process] = this.boot();
        return;
      case "ask":
        return this.#begin(this.#ask(event));
      case "follow":
        return this.#begin(this.#follow(event));
      case "logout":
        return this.#logout(event);
      case "sign out":
        return this.#begin(this.#signOut(event));
      case "block":
        return this.#begin(this.#block(event));
      case "unlink":
        return this.#begin(this.#unlink());
    }
  }

  /** @returns what was answered or granted wrongly; null for nothing */
  async run(): Promise<string | null> {
    for (const event of this.#history.events) {
      await this.#happen(event);
      if (this.violation !== null) break;
    }
    await this.#time.pass(2 * REQUEST_MS);
    for (const { changes } of this.#processes) changes.close();
    await this.#time.pass(0);
    return this.violation;
  }
}

type Outcome = Answer | "unknown" | "other";

async function answerOf(work: () => Promise<Identity>): Promise<Outcome> {
  try {
    const { userId } = await work();
    if (userId !== JANE) throw new Error(`it is ${userId}`);
    return "yes";
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason === "INTERNAL") throw error;
    const { reason } = error;
    if (reason === "IDENTITY_BLOCKED" || reason === "TOKEN_REVOKED") return reason;
    return UNKNOWN.has(reason) ? "unknown" : "other";
  }
}

const UNKNOWN: ReadonlySet<string> = new Set(["STORE_UNAVAILABLE", "DIRECTORY_UNAVAILABLE", "OVERLOADED"]);

function same<T>(value: T): T {
  return value;
}

function fail(message: string): never {
  throw new Error(message);
}
