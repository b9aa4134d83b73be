import { LRUCache } from "lru-cache";
import type { TakenSeats, UserId } from "../domain/index.ts";

/** Mailboxes remembered. The one that was asked about least recently is evicted first. */
const MAX_MAILBOXES = 10_000;
/** A minute, less the 3 s of a request: the directory may have been asked when it began. */
const REMEMBERED_MS = 57_000;

/** What the directory said of mailboxes whose seats are taken. That a refused login asks for one does not prolong it. */
export function createTakenSeats(): TakenSeats {
  const users = new LRUCache<string, UserId>({ max: MAX_MAILBOXES, ttl: REMEMBERED_MS });
  const keyOf = ({ tenant, connection, email }: Parameters<TakenSeats["find"]>[0]) =>
    JSON.stringify([tenant, connection, email]);
  return {
    find: (mailbox) => users.get(keyOf(mailbox)) ?? null,
    add(mailbox, userId) {
      users.set(keyOf(mailbox), userId);
    },
  };
}
