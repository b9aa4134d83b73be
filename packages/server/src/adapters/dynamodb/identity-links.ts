import type { BlockedUsers, IdentityLinks, IdentityRegistry, Seat } from "../../domain/index.ts";
import { ABSENT, type Expression } from "./table/expression.ts";
import { BLOCK, LINK, SEAT } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { indexPrefixes, keys } from "./table/keys.ts";
import { type DynamoTable, inOneDeadline } from "./table/table.ts";

export function dynamoIdentityLinks(table: DynamoTable): IdentityLinks {
  const links = itemsOf(table, LINK);
  const seats = itemsOf(table, SEAT);
  const blocks = itemsOf(table, BLOCK);

  /** Stores the seat unless it is taken; answers with the seat as it is stored now. */
  function putFree({ tenant, connection, userId }: Seat, subject: string, signal: AbortSignal) {
    const seat = { tenant, connection, userId, subject, formerSubject: null, takenOverAt: null };
    return seats.putIfAbsent(seat, signal);
  }

  return {
    find: (key, signal) => links.get(keys.link(key), signal),
    create: (link, signal) => links.putIfAbsent(link, signal),

    remove({ tenant, subject, userId, connection }, signal) {
      // An absent link also counts, so that a repeated attempt succeeds.
      const same: Expression = {
        expression: `${ABSENT.expression} OR (#userId = :userId AND #connection = :connection)`,
        values: { ":userId": userId, ":connection": connection },
      };
      return links.delete(keys.link({ tenant, subject }), same, signal);
    },

    findSeat: (seat, signal) => seats.get(keys.seat(seat), signal),

    takeSeat: putFree,

    takeOverSeat: ({ tenant, connection, userId, subject: formerSubject }, by, signal) =>
      inOneDeadline(table, signal, async (deadline) => {
        const wanted = { tenant, connection, userId, formerSubject, ...by };
        if (await seats.put(wanted, heldBy(formerSubject), deadline)) return wanted;
        // Another subject may have won, or our own first attempt whose reply was lost: the stored seat decides.
        const held = await seats.get(keys.seat(wanted), deadline);
        return held ?? putFree(wanted, by.subject, deadline); // released in between, so the first one gets it
      }),

    async releaseSeat(seat, subject, signal) {
      await seats.delete(keys.seat(seat), heldBy(subject), signal);
    },

    isBlocked: async (userId, signal) => (await blocks.get(keys.block(userId), signal)) !== null,
  };
}

export function dynamoIdentityRegistry(table: DynamoTable): IdentityRegistry {
  const links = itemsOf(table, LINK);
  const seats = itemsOf(table, SEAT);

  return {
    ...dynamoIdentityLinks(table),

    async listByUser(userId, signal) {
      const current = await links.listCurrent(indexPrefixes.links(userId), signal);
      return current.filter((link) => link.userId === userId);
    },

    async listSeats(key, signal) {
      const current = await seats.listCurrent(indexPrefixes.seats(key), signal);
      return current.filter(({ subject }) => subject === key.subject);
    },
  };
}

export function dynamoBlockedUsers(table: DynamoTable): BlockedUsers {
  const blocks = itemsOf(table, BLOCK);
  return { find: (userId, signal) => blocks.get(keys.block(userId), signal) };
}

function heldBy(subject: string): Expression {
  return { expression: "#subject = :holder", values: { ":holder": subject } };
}
