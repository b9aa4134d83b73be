import type { IdentityRegistry } from "../../domain/index.ts";
import { dynamoIdentityLinks } from "./identity-links.ts";
import { LINK, SEAT } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { indexPrefixes, keys } from "./table/keys.ts";
import type { DynamoTable } from "./table/table.ts";

/** The index only suggests: each link and seat is then read consistently, so nothing that is gone is listed. */
export function dynamoIdentityRegistry(table: DynamoTable): IdentityRegistry {
  const links = itemsOf(table, LINK);
  const seats = itemsOf(table, SEAT);

  return {
    ...dynamoIdentityLinks(table),
    findSeat: (seat, signal) => seats.get(keys.seat(seat), signal),

    async listByUser(userId, signal) {
      const suggested = await links.listIndexed(indexPrefixes.links(userId), signal);
      const present = await Promise.all(suggested.map((link) => links.get(keys.link(link), signal)));
      return present.filter((link) => link !== null).filter((link) => link.userId === userId);
    },

    async listSeats(key, signal) {
      const suggested = await seats.listIndexed(indexPrefixes.seats(key), signal);
      const present = await Promise.all(suggested.map((seat) => seats.get(keys.seat(seat), signal)));
      return present.filter((seat) => seat !== null).filter(({ subject }) => subject === key.subject);
    },
  };
}
