import { setTimeout as sleep } from "node:timers/promises";
import type { Cast } from "./cast.ts";
import type { Clients } from "./exchange.ts";
import { BY_BYTES, hostileAddress, hostileRequest } from "./hostile.ts";
import type { Ledger } from "./ledger.ts";
import {
  type Call,
  FIRST_CALLS,
  FLUX,
  newPerson,
  type Person,
  personRequest,
  tokenOf,
  WARM_CALLS,
} from "./people.ts";
import { type Phase, type Plan, USUAL } from "./phases.ts";
import type { Served } from "./served.ts";
import type { World } from "./world.ts";

export interface LoadSetting {
  readonly world: World;
  readonly ledger: Ledger;
  readonly clients: Clients;
  readonly cast: Cast;
  /** The phases of this moment. */
  readonly active: ReadonlySet<Phase>;
}

/** Sends requests, and never waits for their answers. */
export interface Load extends Pick<LoadSetting, "ledger"> {
  /** Of ten consecutive requests seven are warm, one is a first login and two are hostile. */
  send(index: number): void;
  /** Many callers sign in the same new person at the same time, and every fifth hangs up. */
  race(callers: number): void;
  /** Asks as a known person through one process. */
  ask(person: Person, call: Call, through: Served): void;
}

const ABORT_WITHIN_MS = 40;
const RACERS_ABORT_EVERY = 5;
const FIRST_ABORT_EVERY = 20;
/** One of so many newcomers comes through the connection that is taken away, while it is. */
const FLUX_EVERY = 3;

export function createLoad({ world, ledger, clients, cast, active }: LoadSetting): Load {
  async function sendPerson(
    person: Person,
    call: Call,
    { isFirst = false, asService = false, abortAfterMs = 0 },
    through?: Served,
  ) {
    const request = personRequest(person, call, tokenOf(person, world.key), asService);
    const answered = ledger.sent({ person, call, isFirst });
    answered(await clients.send(abortAfterMs > 0 ? { ...request, abortAfterMs } : request, through));
  }

  async function sendHostile(index: number) {
    const special = [...active].flatMap(({ hostile = [] }) => hostile);
    const half = Math.floor(index / 2);
    const kind = (index % 2 === 0 ? at(special, half) : undefined) ?? at(USUAL, half) ?? "unknown key";
    const bytes = BY_BYTES[kind];
    const request = hostileRequest(kind, {
      tenant: world.key,
      retired: cast.firstKey,
      forger: cast.forger,
      removed: at(cast.removed, half) ?? cast.nobody,
      victim: at(cast.warm, half) ?? cast.nobody,
    });
    const answered = ledger.sent({ hostile: kind });
    if (bytes === undefined) answered(await clients.send(request));
    else answered(await bytes(clients.next().url, hostileAddress()));
  }

  function newcomer(round: number): Person {
    const changes = [...active].some(({ actions }) => actions?.includes("apply"));
    const isFlux = changes && round % FLUX_EVERY === 0;
    return isFlux ? newPerson("newcomer", FLUX, cast.flux) : newPerson("newcomer");
  }

  return {
    ledger,
    send(index) {
      const [round, slot] = [Math.floor(index / 10), index % 10];
      const turn = round * 7 + slot;
      if (slot < 7) {
        const person = at(cast.warm, turn) ?? cast.nobody;
        void sendPerson(person, at(WARM_CALLS, turn) ?? "validate", { asService: turn % 2 === 0 });
      } else if (slot === 7) {
        const abortAfterMs = round % FIRST_ABORT_EVERY === 0 ? ABORT_WITHIN_MS / 2 : 0;
        void sendPerson(newcomer(round), at(FIRST_CALLS, round) ?? "validate", {
          isFirst: true,
          abortAfterMs,
        });
      } else {
        void sendHostile(round * 2 + slot - 8);
      }
    },
    race(callers) {
      const person = newPerson("racer");
      for (let caller = 0; caller < callers; caller += 1) {
        const abortAfterMs = caller % RACERS_ABORT_EVERY === 0 ? 1 + ((caller * 7) % ABORT_WITHIN_MS) : 0;
        void sendPerson(person, at(FIRST_CALLS, caller) ?? "validate", { isFirst: true, abortAfterMs });
      }
    },
    ask: (person, call, through) => void sendPerson(person, call, {}, through),
  };
}

/** The items in turn; undefined if there are none. */
function at<T>(items: readonly T[], turn: number): T | undefined {
  return items[turn % items.length];
}

const TICK_MS = 5;

/**
 * Sends each request at its time, whatever became of those before it.
 * @returns how much later than planned each was sent, in milliseconds
 */
export async function sendOpenLoop(
  { rate, seconds }: Plan,
  nowMs: () => number,
  send: (index: number) => void,
): Promise<number[]> {
  const lateMs: number[] = [];
  for (const total = rate * seconds; lateMs.length < total; await sleep(TICK_MS)) {
    const dueNow = Math.min(total, Math.floor((nowMs() * rate) / 1_000));
    while (lateMs.length < dueNow) {
      const index = lateMs.length;
      lateMs.push(nowMs() - (index * 1_000) / rate);
      send(index);
    }
  }
  return lateMs;
}
