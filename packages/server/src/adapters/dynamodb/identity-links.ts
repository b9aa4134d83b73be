import type { IdentityLinks } from "../../domain/identity.ts";
import { BLOCK, LINK, SEAT } from "./item-types.ts";
import { itemsOf } from "./items.ts";
import { keys } from "./keys.ts";
import type { DynamoTable } from "./table.ts";

export function dynamoIdentityLinks(table: DynamoTable): IdentityLinks {
  const links = itemsOf(table, LINK);
  const seats = itemsOf(table, SEAT);
  const blocks = itemsOf(table, BLOCK);

  return {
    find: (key, signal) => links.get(keys.link(key), signal),
    create: (link, signal) => links.putIfAbsent(link, signal),

    async takeSeat({ tenant, connection, userId }, subject, signal) {
      const seat = await seats.putIfAbsent({ tenant, connection, userId, subject }, signal);
      return seat.subject;
    },

    async releaseSeat(seat, subject, signal) {
      const held = { expression: "#subject = :subject", values: { ":subject": subject } };
      await seats.delete(keys.seat(seat), held, signal);
    },

    isBlocked: async (userId, signal) => (await blocks.get(keys.block(userId), signal)) !== null,
  };
}
