import { type IdentityLink, noSpeakers, strategyOf, type UserId } from "../../domain/index.ts";
import { dynamoIdentityRegistry } from "./identity-links.ts";
import { dynamoSpeakers, traceReader } from "./speakers.ts";
import { LINK, MEMBERSHIP, SPEAKERS } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { keys } from "./table/keys.ts";
import { fromItem } from "./table/stored-item.ts";
import type { DynamoTable } from "./table/table.ts";
import { SPEAKERS_STEP } from "./table/upgrade-states.ts";
import type { UpgradedItem, UpgradeStep } from "./table/upgrade-table.ts";

const NOTHING: UpgradedItem = { changed: 0, notes: [] };

/**
 * Stores who may speak for each person, derived from their links and memberships, and gives password and social
 * logins the seat of their strategy.
 * @param otherStrategies strategies that are not SSO
 */
export function speakersUpgrade(table: DynamoTable, otherStrategies: ReadonlySet<string>): UpgradeStep {
  const settle = settling(table);
  const rename = renaming(table);
  return {
    name: SPEAKERS_STEP,
    async upgrade(item, signal) {
      if (item.type === MEMBERSHIP.type) return settle(fromItem(MEMBERSHIP, item).userId, signal);
      if (item.type !== LINK.type) return NOTHING;
      const link = fromItem(LINK, item);
      const strategy = strategyOf(link.subject);
      const isOther = link.organizationId === null && strategy !== null && otherStrategies.has(strategy);
      const renamed =
        isOther && link.connection !== strategy ? await rename(link, strategy, signal) : NOTHING;
      const { changed, notes } = await settle(link.userId, signal);
      return { changed: changed + renamed.changed, notes: [...renamed.notes, ...notes] };
    },
  };
}

/** Stores who may speak for a person, derived from their links and memberships. */
function settling(table: DynamoTable) {
  const items = itemsOf(table, SPEAKERS);
  const { replace } = dynamoSpeakers(table);
  const tracesOf = traceReader(table);
  return async (userId: UserId, signal: AbortSignal) => {
    for (;;) {
      const stored = (await items.get(keys.speakers(userId), signal)) ?? noSpeakers(userId);
      const { speakers, links } = await tracesOf(stored, signal);
      const oldestFirst = [...links].sort((a, b) => a.linkedAt.localeCompare(b.linkedAt));
      const sso = new Set(oldestFirst.flatMap(({ organizationId }) => organizationId ?? []));
      const isContested = stored.settledAt === null && sso.size > 1;
      const notes = isContested ? [`${userId} came through the SSO of ${[...sso].join(" and ")}`] : [];
      if (speakers === stored) return { changed: 0, notes };
      const next = { ...speakers, version: stored.version + 1 };
      if (await replace(next, signal)) return { changed: 1, notes };
    }
  };
}

/**
 * Gives a password or social login the seat of its strategy. The old seat stays because processes of the old version
 * read it. A subject that already holds the new seat keeps it, and this link does not change.
 */
function renaming(table: DynamoTable) {
  const registry = dynamoIdentityRegistry(table);
  const links = itemsOf(table, LINK);
  return async (link: IdentityLink, connection: string, signal: AbortSignal): Promise<UpgradedItem> => {
    const { tenant, subject, userId } = link;
    const held = await registry.takeSeat({ tenant, connection, userId }, subject, signal);
    if (held.subject !== subject) {
      const note = `${userId} has several accounts of ${connection}: ${held.subject} and ${subject}`;
      return { changed: 0, notes: [note] };
    }
    const same = {
      expression: "#connection = :old AND #userId = :userId",
      values: { ":old": link.connection, ":userId": userId },
    };
    const set = { expression: "SET #connection = :new", values: { ":new": connection } };
    const isRenamed = await links.update(keys.link(link), { set, condition: same }, signal);
    return { changed: isRenamed ? 1 : 0, notes: [] };
  };
}
