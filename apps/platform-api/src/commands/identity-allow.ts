import {
  type DynamoTable,
  dynamoIdentityRegistry,
  dynamoMemberships,
  dynamoOrganizations,
  dynamoSpeakers,
} from "@platform-api/server/adapters";
import {
  allowed,
  decideSpeakers,
  isUnclaimed,
  MAILBOX,
  type OrganizationId,
  type Speakers,
  trustingOf,
  type UserId,
} from "@platform-api/server/domain";
import { confirmation } from "./confirmation.ts";
import { recordDeeds } from "./operator-audit.ts";
import { withTable } from "./store-command.ts";
import { CommandFailure, type Terminal } from "./terminal.ts";

/** Lets an organization's SSO speak for a person from now on: an operator's decision in a conflict. */
export async function allowOrganization(
  userId: UserId,
  organizationId: OrganizationId,
  { yes, json }: { yes?: true; json?: true },
  terminal: Terminal,
): Promise<void> {
  const confirm = confirmation(yes === true, terminal);
  const present = await withTable(terminal.env, (table, signal) =>
    findKnown(userId, organizationId, table, signal),
  );
  await confirm(
    `${userId}: ${describeSpeakers(present)}. From now on the SSO of ${organizationId} speaks for them, and no other: ` +
      "another one gives them neither a first login nor a membership on its own domain. What is linked and stored stays.",
  );
  const former =
    present.sso === null || present.sso === organizationId ? "" : `, and that of ${present.sso} no more`;
  const told = `The SSO of ${organizationId} speaks for ${userId}${former}.`;
  const changed = await withTable(terminal.env, async (table, signal) => {
    const at = new Date().toISOString();
    const changed = await allow({ userId, organizationId, at }, table, signal);
    const deeds = changed ? [{ at, action: "identity-allowed", userId, organizationId } as const] : [];
    await recordDeeds(deeds, { table, terminal, told }, signal);
    return changed;
  });
  if (json) terminal.out(`${JSON.stringify({ userId, organizationId, changed })}\n`);
  else terminal.out(changed ? `${told}\n` : `${told} Nothing to change.\n`);
}

/**
 * Stores an operator's word; null for a login that is no SSO.
 * @param at ISO 8601, UTC
 * @returns whether anything had to be changed
 */
export async function allow(
  { userId, organizationId, at }: { userId: UserId; organizationId: OrganizationId | null; at: string },
  table: DynamoTable,
  signal: AbortSignal,
): Promise<boolean> {
  let changed = false;
  const decide = async (present: Speakers) => {
    const trusting = await trustingOf(present.inside, organizationId, dynamoOrganizations(table), signal);
    const next = allowed(present, { organizationId, trusting, at });
    changed = next !== present || present.settledAt === at; // stored by this command, and the reply was lost
    return next;
  };
  await decideSpeakers(userId, decide, dynamoSpeakers(table), signal);
  return changed;
}

/** Who may speak for a person, in words. */
export function describeSpeakers({ by, sso, inside }: Speakers): string {
  const first =
    by === null
      ? []
      : [by === MAILBOX ? "first came with an address proven to everyone" : `first came by the SSO of ${by}`];
  const through = sso === null ? [] : [`the SSO of ${sso} speaks for them`];
  const member = inside.length === 0 ? [] : [`member by an address of its own domain: ${inside.join(", ")}`];
  return [...first, ...through, ...member].join("; ") || "nobody speaks for this person yet";
}

/** @throws {CommandFailure} when the organization or the person is unknown: most likely a typing error */
async function findKnown(
  userId: UserId,
  organizationId: OrganizationId,
  table: DynamoTable,
  signal: AbortSignal,
): Promise<Speakers> {
  if ((await dynamoOrganizations(table).find(organizationId, signal)) === null) {
    throw new CommandFailure(`there is no organization ${organizationId}: see \`platform-api org list\``);
  }
  const present = await dynamoSpeakers(table).find(userId, signal);
  if (!isUnclaimed(present)) return present;
  const links = await dynamoIdentityRegistry(table).listByUser(userId, signal);
  const memberships = await dynamoMemberships(table).listByUser(userId, signal);
  if (links.length + memberships.length > 0) return present;
  throw new CommandFailure(`${userId} has neither a link nor a membership here: is it the right UUID?`);
}
