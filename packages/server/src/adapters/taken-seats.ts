import type { TakenSeats, UserId } from "../domain/index.ts";
import { systemClock } from "./clock.ts";
import { Sieve, type Sieved } from "./sieve.ts";

/** Mailboxes remembered. */
const MAX_MAILBOXES = 10_000;
/** A minute, less the 3 s of a request: the directory may have been asked when it began. */
const REMEMBERED_MS = 57_000;

interface Taken extends Sieved {
  readonly userId: UserId;
  readonly endsMs: number;
}

/** What the directory said of mailboxes whose seats are taken. That a refused login asks for one does not prolong it. */
export function createTakenSeats({ monotonicMs } = systemClock): TakenSeats {
  const taken = new Sieve<Taken>(MAX_MAILBOXES);
  const keyOf = ({ tenant, connection, email }: Parameters<TakenSeats["find"]>[0]) =>
    JSON.stringify([tenant, connection, email]);
  return {
    find(mailbox) {
      const found = taken.get(keyOf(mailbox));
      return found !== undefined && monotonicMs() < found.endsMs ? found.userId : null;
    },
    add(mailbox, userId) {
      taken.set(keyOf(mailbox), { userId, endsMs: monotonicMs() + REMEMBERED_MS, isUsed: false });
    },
  };
}
