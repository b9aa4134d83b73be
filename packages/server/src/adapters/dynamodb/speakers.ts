import {
  domainOf,
  type IdentityLink,
  isSharedBy,
  noSpeakers,
  type Speakers,
  type SpeakersStore,
  withTraces,
} from "../../domain/index.ts";
import { dynamoIdentityRegistry } from "./identity-links.ts";
import { dynamoMemberships } from "./memberships.ts";
import { dynamoOrganizations } from "./organizations.ts";
import { ABSENT } from "./table/expression.ts";
import { SPEAKERS } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { keys } from "./table/keys.ts";
import { withDeadline } from "./table/store-request.ts";
import type { DynamoTable } from "./table/table.ts";
import { SPEAKERS_STEP, upgradeStates } from "./table/upgrade-states.ts";

/** Until the table is upgraded, a stored item is completed from the person's links and memberships. */
export function dynamoSpeakers(table: DynamoTable): SpeakersStore {
  const speakers = itemsOf(table, SPEAKERS);
  const upgrades = upgradeStates(table, SPEAKERS_STEP);
  const tracesOf = traceReader(table);

  return {
    find: (userId, signal) =>
      withDeadline(table.options, signal, async (deadline) => {
        const stored = (await speakers.get(keys.speakers(userId), deadline)) ?? noSpeakers(userId);
        return (await upgrades.isComplete(deadline)) ? stored : (await tracesOf(stored, deadline)).speakers;
      }),

    replace(next, signal) {
      const version = next.version - 1;
      const condition =
        version === 0 ? ABSENT : { expression: "#version = :version", values: { ":version": version } };
      return speakers.put(next, condition, signal);
    },
  };
}

/** Completes a stored item from links and memberships that an earlier version stored. Also returns the links. */
export function traceReader(table: DynamoTable) {
  const registry = dynamoIdentityRegistry(table);
  const members = dynamoMemberships(table);
  const organizations = dynamoOrganizations(table);

  async function isShared({ organizationId, email }: IdentityLink, signal: AbortSignal): Promise<boolean> {
    if (organizationId === null || email === null) return false;
    return isSharedBy(await organizations.listByDomain(domainOf(email), signal), organizationId);
  }

  return async (stored: Speakers, signal: AbortSignal) => {
    const links = await registry.listByUser(stored.userId, signal);
    const linksWithSharing = await Promise.all(
      links.map(async (link) => ({ ...link, isShared: await isShared(link, signal) })),
    );
    const memberships = await members.listByUser(stored.userId, signal);
    return { links, speakers: withTraces(stored, { links: linksWithSharing, memberships }) };
  };
}
