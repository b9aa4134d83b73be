import { loginIdOf } from "../../../domain/index.ts";
import { dynamoAudit, dynamoOrganizationAudit } from "../audit.ts";
import { dynamoIdentities, dynamoRelinkWindows, dynamoSpeakers } from "../identities.ts";
import { dynamoMemberships } from "../memberships.ts";
import { dynamoOrganizationRegistry } from "../organization-registry.ts";
import {
  dynamoConnections,
  dynamoDomains,
  dynamoOrganizations,
  dynamoUncheckedSince,
} from "../organizations.ts";
import { dynamoPersonalItems } from "../personal-items.ts";
import { identified } from "../table/audit-keys.ts";
import type { DynamoTable } from "../table/table.ts";
import { dynamoTransactions } from "../transactions.ts";
import { WRITES } from "./every-write.ts";
import {
  ACME,
  ACME_EXAMPLE,
  bareDeclaration,
  endedSession,
  entry,
  JANE,
  JANE_EMAIL,
  link,
  listedFrom,
  NOON,
  organization,
  seat,
  UNBOUNDED,
} from "./examples.ts";

/** Calls every method of every store, all at once. */
export function everyRequest(table: DynamoTable): Promise<unknown>[] {
  const links = dynamoIdentities(table);
  const memberships = dynamoMemberships(table);
  const organizations = dynamoOrganizations(table);
  const registry = dynamoOrganizationRegistry(table);
  const windows = dynamoRelinkWindows(table);
  const speakers = dynamoSpeakers(table);
  const domains = dynamoDomains(table);
  const connections = dynamoConnections(table);
  const created = { item: "organization", next: organization(), present: null } as const;
  return [
    ...Object.values(WRITES).map(({ write }) => write(table)),
    ...auditRequests(table),
    ...personalRequests(table),
    dynamoTransactions(table).commit({ writes: [created], unchanged: [], audit: [] }, UNBOUNDED),
    organizations.find(ACME, UNBOUNDED),
    links.find(link(), UNBOUNDED),
    links.findSeat(seat(), UNBOUNDED),
    links.listByUser(JANE, UNBOUNDED),
    links.listSeats(seat(), UNBOUNDED),
    links.isBlocked(JANE, UNBOUNDED),
    links.findSubject(link(), UNBOUNDED),
    links.findLogin(loginIdOf(link()), UNBOUNDED),
    links.findUser(JANE, UNBOUNDED),
    links.findSession(endedSession(), UNBOUNDED),
    links.listSessions(link(), UNBOUNDED),
    memberships.find(ACME, JANE, UNBOUNDED),
    memberships.listByUser(JANE, UNBOUNDED),
    memberships.listInvitations(JANE_EMAIL, UNBOUNDED),
    organizations.findByAuth0OrgId("org_1", UNBOUNDED),
    organizations.findConnection("acme-okta", UNBOUNDED),
    organizations.listConnections(ACME, UNBOUNDED),
    organizations.listByDomain(ACME_EXAMPLE, UNBOUNDED),
    registry.list(UNBOUNDED),
    registry.findPointer("org_1", UNBOUNDED),
    registry.read(bareDeclaration(), UNBOUNDED),
    memberships.invitationPage(ACME, { range: null, after: null, limit: 1 }, UNBOUNDED),
    memberships.findByAddress(ACME, JANE_EMAIL, UNBOUNDED),
    memberships.findInvitation(ACME, JANE_EMAIL, UNBOUNDED),
    memberships.findLedger(ACME, UNBOUNDED),
    registry.countLinks("acme-okta", UNBOUNDED)[Symbol.asyncIterator]().next(),
    memberships.findLedgers([ACME], UNBOUNDED),
    memberships.listPage(
      ACME,
      { emailPrefix: "", role: null, status: null, after: null, limit: 1 },
      UNBOUNDED,
    ),
    memberships.findMany(ACME, [JANE], UNBOUNDED),
    memberships.wordPage(ACME, { word: "ja", after: null, limit: 1 }, UNBOUNDED),
    memberships.placePage(
      ACME,
      { by: "name", role: "member", status: null, after: null, limit: 1 },
      UNBOUNDED,
    ),
    memberships.count(ACME, { role: "member", status: null, limit: 1 }, UNBOUNDED),
    links.findBlock(JANE, UNBOUNDED),
    windows.find("acme-okta", UNBOUNDED),
    organizations.findMany([ACME], UNBOUNDED),
    domains.find(ACME, ACME_EXAMPLE, UNBOUNDED),
    domains.list(ACME, UNBOUNDED),
    domains.listDue(NOON, UNBOUNDED)[Symbol.asyncIterator]().next(),
    dynamoUncheckedSince(table)(UNBOUNDED),
    connections.find("acme-okta", UNBOUNDED),
    connections.findMany(["acme-okta"], UNBOUNDED),
    connections.findSetup(ACME, UNBOUNDED),
    speakers.find(JANE, UNBOUNDED),
  ];
}

function auditRequests(table: DynamoTable): Promise<unknown>[] {
  return [
    listedFrom(dynamoAudit(table), NOON),
    dynamoOrganizationAudit(table).read(
      {
        organizationId: ACME,
        from: NOON,
        to: `${NOON}#f`,
        after: null,
        newestFirst: true,
        limit: 51,
        actor: "login",
        person: null,
        action: null,
      },
      UNBOUNDED,
    ),
  ];
}

function personalRequests(table: DynamoTable): Promise<unknown>[] {
  const items = dynamoPersonalItems(table);
  return [
    items
      .scan(() => true, UNBOUNDED)
      [Symbol.asyncIterator]()
      .next(),
    items.replaceSubjects([identified(entry())], UNBOUNDED),
    items.removeLeft("default", { index: 0, subject: link().subject }, UNBOUNDED),
  ];
}
