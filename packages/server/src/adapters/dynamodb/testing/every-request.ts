import { noSpeakers } from "../../../domain/index.ts";
import { dynamoAudit, dynamoOrganizationAudit } from "../audit.ts";
import { dynamoConnections } from "../connections.ts";
import { dynamoDomains } from "../domains.ts";
import { dynamoBlockedUsers, dynamoIdentityRegistry } from "../identity-links.ts";
import {
  dynamoInvitationLedger,
  dynamoMailOutcomes,
  dynamoMembershipRegistry,
  dynamoMemberships,
  dynamoMembershipWrites,
  dynamoOwners,
} from "../memberships.ts";
import { dynamoOrganizationRegistry } from "../organization-registry.ts";
import { dynamoOrganizations } from "../organizations.ts";
import { dynamoRelinkWindows } from "../relink-windows.ts";
import { dynamoSpeakers } from "../speakers.ts";
import type { DynamoTable } from "../table/table.ts";
import {
  ACME,
  ACME_EXAMPLE,
  connection,
  connectionLedger,
  domainClaim,
  domainLedger,
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
  const writes = dynamoMembershipWrites(table);
  const owners = dynamoOwners(table);
  const blocked = dynamoBlockedUsers(table);
  const windows = dynamoRelinkWindows(table);
  const speakers = dynamoSpeakers(table);
  const audit = dynamoAudit(table);
  const selfService = { domains: dynamoDomains(table), connections: dynamoConnections(table) };
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
    registry.putOrganization(organization({ auth0OrgId: "org_1" }), null, UNBOUNDED),
    registry.putDomain(verifiedDomain(), UNBOUNDED),
    registry.deleteDomain(ACME, ACME_EXAMPLE, UNBOUNDED),
    registry.putConnection(connection(), { movedFrom: null }, UNBOUNDED),
    registry.deleteConnection(ACME, "acme-okta", UNBOUNDED),
    memberships.replaceInvitation({ ...invitation(), rev: "1" }, null, UNBOUNDED),
    members.invitationPage(ACME, { after: null, limit: 1 }, UNBOUNDED),
    members.findByAddress(ACME, JANE_EMAIL, UNBOUNDED),
    dynamoInvitationLedger(table).find(ACME, UNBOUNDED),
    dynamoMailOutcomes(table).settle(invitation(), "sent", UNBOUNDED),
    registry.linkedConnections(UNBOUNDED)[Symbol.asyncIterator]().next(),
    members.listByOrganization(ACME, UNBOUNDED),
    members.listPage(ACME, { emailPrefix: "", role: null, status: null, after: null, limit: 1 }, UNBOUNDED),
    members.findMany(ACME, [JANE], UNBOUNDED),
    writes.find(ACME, JANE, UNBOUNDED),
    writes.replace(membership({ rev: "2" }), membership(), UNBOUNDED),
    owners.find(ACME, UNBOUNDED),
    owners.replace({ organizationId: ACME, userIds: [JANE], rev: "1" }, null, UNBOUNDED),
    blocked.block(JANE, NOON, UNBOUNDED),
    blocked.unblock(JANE, UNBOUNDED),
    windows.find("acme-okta", UNBOUNDED),
    windows.put(
      { connection: "acme-okta", organizationId: ACME, openedAt: NOON, until: NOON, from: null },
      UNBOUNDED,
    ),
    organizations.findMany([ACME], UNBOUNDED),
    selfService.domains.find(ACME, ACME_EXAMPLE, UNBOUNDED),
    selfService.domains.list(ACME, UNBOUNDED),
    selfService.domains.listVerifiedByDns(UNBOUNDED)[Symbol.asyncIterator]().next(),
    selfService.domains.replaceDomain(verifiedDomain({ rev: "1" }), null, UNBOUNDED),
    selfService.domains.deleteDomain(verifiedDomain({ rev: "1" }), UNBOUNDED),
    selfService.domains.replaceClaim(domainClaim(), null, UNBOUNDED),
    selfService.domains.findLedger(ACME, UNBOUNDED),
    selfService.domains.replaceLedger(domainLedger(), null, UNBOUNDED),
    selfService.connections.find("acme-okta", UNBOUNDED),
    selfService.connections.list(ACME, UNBOUNDED),
    selfService.connections.replace(connection({ rev: "1" }), null, UNBOUNDED),
    selfService.connections.findLedger(ACME, UNBOUNDED),
    selfService.connections.replaceLedger(connectionLedger(), null, UNBOUNDED),
    speakers.find(JANE, UNBOUNDED),
    speakers.replace({ ...noSpeakers(JANE), version: 1 }, UNBOUNDED),
    audit.append(entry(), UNBOUNDED),
    audit.list({ since: new Date(NOON), until: new Date(NOON) }, UNBOUNDED),
    dynamoOrganizationAudit(table).readMonth(
      {
        ...{ organizationId: ACME, month: "2026-11", from: NOON, to: `${NOON}#f`, after: null },
        ...{ newestFirst: true, limit: 51, actor: "login", person: null, action: null },
      },
      UNBOUNDED,
    ),
  ];
}
