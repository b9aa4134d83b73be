import { type IdentityLinks, type Seat, strategyOf } from "../../domain/index.ts";
import { ABSENT, type Expression } from "./table/expression.ts";
import { BLOCK, LINK, SEAT } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { indexPrefixes, keys } from "./table/keys.ts";
import { sharedDeadline } from "./table/store-request.ts";
import type { DynamoTable } from "./table/table.ts";
import { SPEAKERS_STEP, upgradeStates } from "./table/upgrade-states.ts";

export function dynamoIdentityLinks(table: DynamoTable): IdentityLinks {
  const links = itemsOf(table, LINK);
  const seats = itemsOf(table, SEAT);
  const blocks = itemsOf(table, BLOCK);

  const upgrades = upgradeStates(table, SPEAKERS_STEP);

  /** An old version kept the seat of a login that is no SSO under its connection's name: it is the strategy's now. */
  async function adoptSeat(seat: Seat, signal: AbortSignal): Promise<void> {
    const suggested = await links.listIndexed(indexPrefixes.links(seat.userId), signal);
    const present = await Promise.all(suggested.map((link) => links.get(keys.link(link), signal)));
    const [oldest] = present
      .filter((link) => link !== null)
      .filter(({ tenant, userId }) => tenant === seat.tenant && userId === seat.userId)
      .filter(
        ({ organizationId, subject }) => organizationId === null && strategyOf(subject) === seat.connection,
      )
      .sort((a, b) => a.linkedAt.localeCompare(b.linkedAt));
    if (oldest === undefined) return;
    const { subject } = oldest;
    await seats.putIfAbsent({ ...seat, subject, formerSubject: null, takenOverAt: null }, signal);
  }

  const find: IdentityLinks["find"] = (key, signal) => links.get(keys.link(key), signal);

  return {
    find,
    create: (link, signal) => links.putIfAbsent(link, signal),

    remove({ tenant, subject, userId, connection }, signal) {
      // Admitting an absent link makes a repeated attempt succeed.
      const same: Expression = {
        expression: `${ABSENT.expression} OR (#userId = :userId AND #connection = :connection)`,
        values: { ":userId": userId, ":connection": connection },
      };
      return links.delete(keys.link({ tenant, subject }), same, signal);
    },

    async takeSeat({ tenant, connection, userId }, subject, signal) {
      const seat = { tenant, connection, userId };
      if (!(await upgrades.isComplete(signal))) await adoptSeat(seat, signal);
      return seats.putIfAbsent({ ...seat, subject, formerSubject: null, takenOverAt: null }, signal);
    },

    async takeOverSeat({ tenant, connection, userId, subject: formerSubject }, by, signal) {
      const deadline = sharedDeadline(table, signal);
      const wanted = { tenant, connection, userId, formerSubject, ...by };
      if (await seats.put(wanted, heldBy(formerSubject), deadline)) return wanted;
      // Lost to somebody else, or to our own first attempt whose reply was lost: what is stored decides.
      const held = await seats.get(keys.seat(wanted), deadline);
      // Given up in between: free for whoever is first.
      return held ?? seats.putIfAbsent({ ...wanted, formerSubject: null, takenOverAt: null }, deadline);
    },

    async releaseSeat(seat, subject, signal) {
      await seats.delete(keys.seat(seat), heldBy(subject), signal);
    },

    isBlocked: async (userId, signal) => (await blocks.get(keys.block(userId), signal)) !== null,
  };
}

function heldBy(subject: string): Expression {
  return { expression: "#subject = :holder", values: { ":holder": subject } };
}
