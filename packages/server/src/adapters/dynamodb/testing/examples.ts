import { marshall } from "@aws-sdk/util-dynamodb";
import {
  type AuditEntry,
  type AuditLog,
  auditEntry,
  begunReconciliation,
  type ConnectionSetup,
  type DeclaredOrganization,
  type DomainClaim,
  type DomainProof,
  declaredConnection,
  declaredDomain,
  type EndedSession,
  type EventCursor,
  type HeldSeat,
  type IdentityLink,
  type Invitation,
  type InvitationLedger,
  type Membership,
  type Organization,
  parseDomain,
  type Reconciliation,
  type RegisteredConnection,
  type RelinkWindow,
  type SubjectFacts,
  type VerifiedDomain,
} from "../../../domain/index.ts";
import * as ports from "../../../domain/testing/memory-ports.ts";
import * as people from "../../../domain/testing/people.ts";
import { ACME, UNBOUNDED, valid } from "../../../domain/testing/people.ts";
import type { Key } from "../table/keys.ts";
import type { StoredItem } from "../table/stored-item.ts";
import type { DynamoTable } from "../table/table.ts";

export {
  ACME,
  GLOBEX,
  JANE,
  JANE_EMAIL,
  JOE,
  UNBOUNDED,
  userNumber,
  valid,
} from "../../../domain/testing/people.ts";
export const ACME_EXAMPLE = valid(parseDomain("acme.example"));
export const NOON = "2026-11-24T12:00:00.000Z";

/** A declaration of an organization that names nothing else. */
export function bareDeclaration(id = ACME): DeclaredOrganization {
  return { organization: { id, trusts: [] }, domains: [], connections: [], invitations: [] };
}

export const PROOF: DomainProof = {
  token: "0123456789abcdef0123456789abcdef",
  checkedAt: NOON,
  missingSince: null,
  reminders: 0,
  found: { kind: "wrongValue", values: ["other"], seenBy: 0, resolvers: 2 },
};

export function organization(overrides: Partial<Organization> = {}): Organization {
  return people.organization(ACME, { name: "Acme", ...overrides });
}

export function verifiedDomain(overrides: Partial<VerifiedDomain> = {}): VerifiedDomain {
  const declared = { domain: ACME_EXAMPLE, organizationId: ACME, verifiedAt: NOON };
  return { ...declaredDomain(declared), rev: "0", ...overrides };
}

export function domainClaim(overrides: Partial<DomainClaim> = {}): DomainClaim {
  return {
    domain: ACME_EXAMPLE,
    organizationId: ACME,
    state: "pending",
    proof: PROOF,
    claimedAt: NOON,
    expiresAt: "2026-12-24T12:00:00.000Z",
    rev: "1",
    ...overrides,
  };
}

export function connection(overrides: Partial<RegisteredConnection> = {}): RegisteredConnection {
  const declared = { name: "acme-okta", strategy: "okta", displayName: "Acme Okta", organizationId: ACME };
  return { ...declaredConnection(declared), rev: "0", ...overrides };
}

export function connectionSetup(overrides: Partial<ConnectionSetup> = {}): ConnectionSetup {
  return {
    organizationId: ACME,
    name: "acme-x1y2z3a4",
    displayName: "Acme",
    startedAt: NOON,
    ticketId: null,
    waitingFor: "clients",
    askedAt: NOON,
    rev: "1",
    ...overrides,
  };
}

export function membership(overrides: Partial<Membership> = {}): Membership {
  return ports.membership({ createdAt: NOON, ...overrides });
}

export function invitation(overrides: Partial<Invitation> = {}): Invitation {
  const expiresAt = "2026-12-01T12:00:00.000Z";
  return ports.invitation({ role: "admin", createdAt: NOON, expiresAt, ...overrides });
}

export function link(overrides: Partial<IdentityLink> = {}): IdentityLink {
  const okta = { subject: "okta|acme-okta|jane", connection: "acme-okta" };
  return people.link({ ...okta, linkedAt: NOON, ...overrides });
}

export function subjectFacts(overrides: Partial<SubjectFacts> = {}): SubjectFacts {
  return people.subjectFacts({ subject: link().subject, ...overrides });
}

/** Kept until the year 2100: the store deletes what has expired, now and then. */
export function endedSession(overrides: Partial<EndedSession> = {}): EndedSession {
  return people.endedSession({ subject: link().subject, keptUntil: 4_102_444_800, ...overrides });
}

export function eventCursor(overrides: Partial<EventCursor> = {}): EventCursor {
  const questions = [{ subject: link().subject, at: NOON, answers: 1 }];
  const times = { eventAt: NOON, until: NOON };
  return { tenant: "default", offset: "o1", ...times, questions, reconnects: 2, unreadable: 0, ...overrides };
}

export function reconciliation(overrides: Partial<Reconciliation> = {}): Reconciliation {
  const begun = begunReconciliation({ tenant: "default", lostAfter: "o1", at: new Date(NOON) });
  const { subject, linkedAt } = link();
  return { ...begun, left: [{ subject, linkedAt }], ...overrides };
}

export function seat(overrides: Partial<HeldSeat> = {}): HeldSeat {
  const { tenant, connection, userId, subject } = link();
  return { tenant, connection, userId, subject, rev: "0", ...overrides };
}

export function invitationLedger(overrides: Partial<InvitationLedger> = {}): InvitationLedger {
  const counts = { open: {}, day: "2026-11-24", mails: 0, changes: 1, changedAt: NOON };
  return { organizationId: ACME, ...counts, rev: "1", ...overrides };
}

export function relinkWindow(overrides: Partial<RelinkWindow> = {}): RelinkWindow {
  const { connection } = link();
  return {
    connection,
    organizationId: ACME,
    openedAt: NOON,
    until: NOON,
    from: null,
    rev: "1",
    ...overrides,
  };
}

export function entry(overrides: Partial<AuditEntry> = {}): AuditEntry {
  return auditEntry({ ...link(), at: NOON, actor: "login", action: "identity-linked", ...overrides });
}

/** Every entry from a time on, through the month of another one. */
export async function listedFrom(audit: AuditLog, since: string, until = since): Promise<AuditEntry[]> {
  const found: AuditEntry[] = [];
  const period = { since: new Date(since), until: new Date(until) };
  for await (const each of audit.list(period, UNBOUNDED)) found.push(each);
  return found;
}

export async function deleteItem({ client, options }: DynamoTable, { pk, sk }: Key): Promise<void> {
  await (await client()).deleteItem({ TableName: options.table, Key: marshall({ pk, sk }) });
}

export async function writeItem({ client, options }: DynamoTable, item: StoredItem): Promise<void> {
  await (await client()).putItem({ TableName: options.table, Item: marshalled(item) });
}

/** Stores items without a condition. */
export async function writeItems(
  { client, options }: DynamoTable,
  items: readonly StoredItem[],
): Promise<void> {
  const MAX_BATCH = 25;
  for (let first = 0; first < items.length; first += MAX_BATCH) {
    const some = items.slice(first, first + MAX_BATCH);
    const puts = some.map((item) => ({ PutRequest: { Item: marshalled(item) } }));
    await (await client()).batchWriteItem({ RequestItems: { [options.table]: puts } });
  }
}

function marshalled(item: StoredItem) {
  return marshall(item, { removeUndefinedValues: true });
}
