import { Refusal } from "../refusal.ts";
import { renewsCache } from "./reads.ts";
import { currentTrace, type RequestTrace } from "./request-trace.ts";

export interface TurnsOptions {
  /** How many pieces of work run at once. */
  readonly atOnce: number;
  /** How many begin in one turn of the event loop. */
  readonly perTurn: number;
  /** Aborts when it is too late for the first piece of work of a request that asks now. */
  readonly late: () => AbortSignal;
  /** How long no request's first piece of work begins while connections come in. After it that much in four times as long. */
  readonly restMs: number;
}

/**
 * Receives each piece of work that had to wait, when it begins or is refused. Must not throw.
 * @param ms how long it has waited
 */
export type OnWait = (outcome: "begun" | "refused", ms: number) => void;

/** A request, or work that belongs to none. */
interface Owner {
  /** By the first piece of work that it asked for. */
  readonly order: number;
  /** Whether it is too late to refuse it. Work that belongs to no request never is: nobody waits for its answer. */
  hasBegun: boolean;
}

/** Who asks for a turn. */
interface Asking {
  readonly owner: Owner;
  /** Whether it reads again what a cache had of a user. */
  readonly isRenewal: boolean;
}

interface Waiter extends Asking {
  readonly late: AbortSignal;
  begin(): void;
  refuse(cause?: unknown): void;
}

/** A refusal takes a fraction of the time of a piece of work. */
const REFUSED_PER_BEGUN = 4;
const NEVER = new AbortController().signal;

/**
 * Decides when work on behalf of requests begins. Too many requests at once must not all be late:
 * - The oldest request goes first with all of its work. Taking turns, none of them would end in time.
 * - A turn of the event loop begins little work, and no request's first while connections come in. Node accepts one
 *   connection a turn, so behind long turns a client would wait for seconds before its request is seen and its deadline
 *   begins. Such a rest is bounded, because anybody can connect.
 * - A request whose first piece of work has waited too long is refused, a few in each turn.
 * - What a cache had of a user is read again before all that, also in a rest, then one a turn: who is known does not wait
 *   for who is not.
 */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #onWait: OnWait;
  readonly #owners = new WeakMap<RequestTrace, Owner>();
  /** Renewals first, then whose request has begun, and of these the oldest. */
  readonly #waiting: Waiter[] = [];
  #asked = 0;
  #running = 0;
  #begunInTurn = 0;
  /** Whether a connection has come in this turn, and in the last one. */
  #hasConnected = false;
  #isConnecting = false;
  #restLeftMs: number;
  #turnBeganMs = performance.now();
  #nextTurn: NodeJS.Immediate | undefined;

  constructor(options: TurnsOptions, onWait: OnWait = () => {}) {
    this.#options = options;
    this.#onWait = onWait;
    this.#restLeftMs = options.restMs;
  }

  /** Called for each connection that comes in. */
  readonly connected = (): void => {
    this.#hasConnected = true;
    this.#awaitTurn();
  };

  /**
   * Does the work when it is its turn.
   * @throws {Refusal} OVERLOADED for a request that gets no first turn in time; STORE_UNAVAILABLE for one that has begun
   * and ends before its next turn
   */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const owner = this.#ownerOf(currentTrace());
    const asking = { owner, isRenewal: renewsCache() };
    const isFree = this.#waiting.length === 0 && this.#mayBegin(asking);
    if (isFree || signal.aborted) this.#begin(owner);
    else await this.#turnOf(asking, signal);
    try {
      return await work();
    } finally {
      this.#running -= 1;
      if (this.#waiting.length > 0) this.#awaitTurn();
    }
  }

  /** Waits until the request has begun, so that a deadline of several pieces of work may begin. @throws {Refusal} as `run` */
  async begun(signal: AbortSignal): Promise<void> {
    if (!this.#ownerOf(currentTrace()).hasBegun) await this.run(signal, async () => {});
  }

  #ownerOf(trace: RequestTrace | null): Owner {
    const known = trace === null ? undefined : this.#owners.get(trace);
    if (known !== undefined) return known;
    this.#asked += 1;
    const owner = { order: this.#asked, hasBegun: trace === null };
    if (trace !== null) this.#owners.set(trace, owner);
    return owner;
  }

  #mayBegin({ owner, isRenewal }: Asking): boolean {
    const most = owner.hasBegun || !this.#isResting() ? this.#options.perTurn : Number(isRenewal);
    return !this.#isFull() && this.#begunInTurn < most;
  }

  #isFull(): boolean {
    return this.#running >= this.#options.atOnce || this.#begunInTurn >= this.#options.perTurn;
  }

  #isResting(): boolean {
    return this.#isConnecting && this.#restLeftMs > 0;
  }

  #begin(owner: Owner): void {
    owner.hasBegun = true;
    this.#running += 1;
    this.#begunInTurn += 1;
    this.#awaitTurn();
  }

  async #turnOf({ owner, isRenewal }: Asking, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const askedMs = performance.now();
    let outcome: Parameters<OnWait>[0] = "refused";
    const waiter: Waiter = {
      owner,
      isRenewal,
      late: owner.hasBegun ? NEVER : this.#options.late(),
      begin: () => {
        outcome = "begun";
        this.#begin(owner);
        resolve();
      },
      refuse: (cause) => reject(refusalOf(owner, cause)),
    };
    const leave = () => {
      const at = this.#waiting.indexOf(waiter);
      if (at >= 0) this.#waiting.splice(at, 1);
      waiter.refuse(signal.reason);
    };
    this.#waiting.splice(this.#placeOf(waiter), 0, waiter);
    this.#awaitTurn();
    signal.addEventListener("abort", leave, { once: true });
    waiter.late.addEventListener("abort", this.#awaitTurn, { once: true });
    await promise.finally(() => {
      signal.removeEventListener("abort", leave);
      waiter.late.removeEventListener("abort", this.#awaitTurn);
      this.#onWait(outcome, performance.now() - askedMs);
    });
  }

  /** Looks from the end for what comes last, else from the start: a thousand may wait to begin. */
  #placeOf(waiter: Waiter): number {
    const rank = rankOf(waiter);
    const isBefore = (each: Waiter) =>
      rankOf(each) < rank || (rankOf(each) === rank && each.owner.order <= waiter.owner.order);
    if (rank === 2) return this.#waiting.findLastIndex(isBefore) + 1;
    const after = this.#waiting.findIndex((each) => !isBefore(each));
    return after < 0 ? this.#waiting.length : after;
  }

  /** The event loop runs this once a turn, behind what has come in. */
  readonly #turn = (): void => {
    this.#nextTurn = undefined;
    this.#begunInTurn = 0;
    this.#countRest();
    const hasRefusedAll = this.#refuseLate();
    // In a rest, what has begun goes on also behind what may not begin.
    const next = () => (this.#isFull() ? undefined : this.#waiting.find((each) => this.#mayBegin(each)));
    for (let waiter = next(); waiter !== undefined; waiter = next()) {
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
      waiter.begin();
    }
    // Else it waits until something is asked for or ends, or is late.
    const mayGoOn = this.#waiting.length > 0 && (!hasRefusedAll || this.#running < this.#options.atOnce);
    if (this.#isConnecting || mayGoOn) this.#awaitTurn();
  };

  #countRest(): void {
    const { restMs } = this.#options;
    const ms = performance.now() - this.#turnBeganMs;
    this.#turnBeganMs += ms;
    const hasRested = this.#isResting() && this.#waiting.length > 0;
    this.#restLeftMs = hasRested ? this.#restLeftMs - ms : Math.min(this.#restLeftMs + ms / 3, restMs);
    this.#isConnecting = this.#hasConnected;
    this.#hasConnected = false;
  }

  /** @returns whether none is left */
  #refuseLate(): boolean {
    const most = REFUSED_PER_BEGUN * this.#options.perTurn;
    const isUnbegun = ({ owner }: Waiter) => !owner.hasBegun;
    // Behind the first one in time, all came later.
    const inTime = this.#waiting.findIndex(
      (each) => isUnbegun(each) && !each.isRenewal && !each.late.aborted,
    );
    const before = inTime < 0 ? this.#waiting : this.#waiting.slice(0, inTime);
    const late = before.filter((each) => isUnbegun(each) && each.late.aborted);
    for (const waiter of late.slice(0, most)) {
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
      waiter.refuse();
    }
    return late.length <= most;
  }

  readonly #awaitTurn = (): void => {
    this.#nextTurn ??= setImmediate(this.#turn);
  };
}

function rankOf({ isRenewal, owner }: Asking): number {
  if (isRenewal) return 0;
  return owner.hasBegun ? 1 : 2;
}

function refusalOf({ hasBegun }: Owner, cause: unknown): Refusal {
  if (hasBegun)
    return new Refusal("STORE_UNAVAILABLE", "the time was up before its turn at the store", { cause });
  return new Refusal("OVERLOADED", "too many requests wait for the store", { cause });
}
