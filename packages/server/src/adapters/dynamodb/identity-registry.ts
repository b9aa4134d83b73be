import type { IdentityRegistry } from "../../domain/index.ts";
import { dynamoIdentityLinks } from "./identity-links.ts";
import { LINK, SEAT } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { indexPrefixes, keys } from "./table/keys.ts";
import type { DynamoTable } from "./table/table.ts";

export function dynamoIdentityRegistry(table: DynamoTable): IdentityRegistry {
  const links = itemsOf(table, LINK);
  const seats = itemsOf(table, SEAT);

  return {
    ...dynamoIdentityLinks(table),
    findSeat: (seat, signal) => seats.get(keys.seat(seat), signal),

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
