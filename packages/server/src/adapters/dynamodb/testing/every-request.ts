import { noSpeakers } from "../../../domain/index.ts";
import { dynamoAudit } from "../audit.ts";
import { dynamoBlockedUsers, dynamoIdentityRegistry } from "../identity-links.ts";
import { dynamoMembershipRegistry, dynamoMemberships } from "../memberships.ts";
import { dynamoOrganizationRegistry } from "../organization-registry.ts";
import { dynamoOrganizations } from "../organizations.ts";
import { dynamoRelinkWindows } from "../relink-windows.ts";
import { dynamoSpeakers } from "../speakers.ts";
import type { DynamoTable } from "../table/table.ts";
import {
  ACME,
  ACME_EXAMPLE,
  connection,
  entry,
  invitation,
  JANE,
  JANE_EMAIL,
  link,
  membership,
  NOON,
  organization,
  seat,
  UNBOUNDED,
  verifiedDomain,
} from "./examples.ts";

/** Calls every method of every store, all at once. */
export function everyRequest(table: DynamoTable): Promise<unknown>[] {
  const links = dynamoIdentityRegistry(table);
  const memberships = dynamoMemberships(table);
  const organizations = dynamoOrganizations(table);
  const registry = dynamoOrganizationRegistry(table);
  const members = dynamoMembershipRegistry(table);
  const blocked = dynamoBlockedUsers(table);
  const windows = dynamoRelinkWindows(table);
  const speakers = dynamoSpeakers(table);
  const audit = dynamoAudit(table);
  return [
    links.find(link(), UNBOUNDED),
    links.takeSeat(seat(), "mine", UNBOUNDED),
    links.releaseSeat(seat(), "mine", UNBOUNDED),
    links.takeOverSeat(seat(), { subject: "mine", takenOverAt: NOON }, UNBOUNDED),
    links.remove(link(), UNBOUNDED),
    links.findSeat(seat(), UNBOUNDED),
    links.listByUser(JANE, UNBOUNDED),
    links.listSeats(seat(), UNBOUNDED),
    links.isBlocked(JANE, UNBOUNDED),
    memberships.find(ACME, JANE, UNBOUNDED),
    memberships.listByUser(JANE, UNBOUNDED),
    memberships.create(membership(), UNBOUNDED),
    memberships.findInvitation(ACME, JANE_EMAIL, UNBOUNDED),
    memberships.listInvitations(JANE_EMAIL, UNBOUNDED),
    memberships.consumeInvitation(invitation(), JANE, UNBOUNDED),
    organizations.find(ACME, UNBOUNDED),
    organizations.findByAuth0OrgId("org_1", UNBOUNDED),
    organizations.findConnection("acme-okta", UNBOUNDED),
    organizations.listConnections(ACME, UNBOUNDED),
    organizations.listByDomain(ACME_EXAMPLE, UNBOUNDED),
    registry.list(UNBOUNDED),
    registry.listConnections(UNBOUNDED),
    registry.read(ACME, { domains: [], connections: [], invitations: [] }, UNBOUNDED),
    registry.putOrganization(organization({ auth0OrgId: "org_1" }), UNBOUNDED),
    registry.putDomain(verifiedDomain(), UNBOUNDED),
    registry.deleteDomain(ACME, ACME_EXAMPLE, UNBOUNDED),
    registry.putConnection(connection(), { movedFrom: null }, UNBOUNDED),
    registry.deleteConnection(ACME, "acme-okta", UNBOUNDED),
    registry.putInvitation(invitation(), UNBOUNDED),
    registry.withdrawInvitation(ACME, JANE_EMAIL, UNBOUNDED),
    registry.linkedConnections(UNBOUNDED)[Symbol.asyncIterator]().next(),
    members.listByOrganization(ACME, UNBOUNDED),
    members.remove(membership(), NOON, UNBOUNDED),
    members.restore(membership(), UNBOUNDED),
    blocked.block(JANE, NOON, UNBOUNDED),
    blocked.unblock(JANE, UNBOUNDED),
    windows.find("acme-okta", UNBOUNDED),
    windows.put(
      { connection: "acme-okta", organizationId: ACME, openedAt: NOON, until: NOON, from: null },
      UNBOUNDED,
    ),
    organizations.findMany([ACME], UNBOUNDED),
    speakers.find(JANE, UNBOUNDED),
    speakers.replace({ ...noSpeakers(JANE), version: 1 }, UNBOUNDED),
    audit.append(entry(), UNBOUNDED),
    audit.list({ since: new Date(NOON), until: new Date(NOON) }, UNBOUNDED),
  ];
}
