import { marshall } from "@aws-sdk/util-dynamodb";
import {
  type AuditEntry,
  auditEntry,
  type ConnectionSetup,
  type DeclaredOrganization,
  type DomainClaim,
  type DomainProof,
  declaredConnection,
  type HeldSeat,
  type IdentityLink,
  type Invitation,
  type Membership,
  newMembership,
  type Organization,
  parseDomain,
  parseEmail,
  parseOrganizationId,
  parseUserId,
  type RegisteredConnection,
  type UserId,
  type VerifiedDomain,
} from "../../../domain/index.ts";
import type { Key } from "../table/keys.ts";
import type { StoredItem } from "../table/stored-item.ts";
import type { DynamoTable } from "../table/table.ts";

export const ACME = valid(parseOrganizationId("acme"));
export const GLOBEX = valid(parseOrganizationId("globex"));
export const ACME_EXAMPLE = valid(parseDomain("acme.example"));
export const JANE_EMAIL = valid(parseEmail("jane@acme.example"));
export const JANE = userNumber(1);
export const JOE = userNumber(2);
export const NOON = "2026-11-24T12:00:00.000Z";

/** A signal that never aborts. */
export const UNBOUNDED: AbortSignal = new AbortController().signal;

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

export function userNumber(n: number): UserId {
  return valid(parseUserId(`${String(n).padStart(8, "0")}-0000-4000-8000-000000000000`));
}

export function organization(overrides: Partial<Organization> = {}): Organization {
  return {
    id: ACME,
    name: "Acme",
    auth0OrgId: null,
    jit: true,
    defaultRole: "member",
    enforceSso: false,
    trusts: [],
    state: "open",
    locked: [],
    owners: [],
    domains: [],
    claims: {},
    connections: [],
    rev: "0",
    ...overrides,
  };
}

export function verifiedDomain(overrides: Partial<VerifiedDomain> = {}): VerifiedDomain {
  return {
    domain: ACME_EXAMPLE,
    organizationId: ACME,
    verifiedBy: "operator",
    verifiedAt: NOON,
    proof: null,
    rev: "0",
    ...overrides,
  };
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
  return newMembership({
    organizationId: ACME,
    userId: JANE,
    role: "member",
    origin: "jit",
    email: JANE_EMAIL,
    invitedFromOutside: false,
    createdAt: NOON,
    rev: "0",
    ...overrides,
  });
}

export function invitation(overrides: Partial<Invitation> = {}): Invitation {
  return {
    organizationId: ACME,
    email: JANE_EMAIL,
    role: "admin",
    fromOutside: false,
    consumedBy: null,
    invitationId: "00000000-0000-4000-8000-000000000003",
    ended: null,
    endedBy: null,
    invitedBy: null,
    createdAt: NOON,
    expiresAt: "2026-12-01T12:00:00.000Z",
    mail: "none",
    mailedAt: null,
    counted: false,
    rev: "0",
    ...overrides,
  };
}

export function link(overrides: Partial<IdentityLink> = {}): IdentityLink {
  return {
    tenant: "default",
    subject: "okta|acme-okta|jane",
    userId: JANE,
    connection: "acme-okta",
    organizationId: ACME,
    email: JANE_EMAIL,
    rule: "verified-domain",
    linkedAt: NOON,
    rev: "0",
    ...overrides,
  };
}

export function seat(overrides: Partial<HeldSeat> = {}): HeldSeat {
  const { tenant, connection, userId, subject } = link();
  return { tenant, connection, userId, subject, rev: "0", ...overrides };
}

export function entry(overrides: Partial<AuditEntry> = {}): AuditEntry {
  return auditEntry({ ...link(), at: NOON, actor: "login", action: "identity-linked", ...overrides });
}

/** What was parsed, which must be valid. */
export function valid<T>(parsed: T | null): T {
  if (parsed === null) throw new Error("an example does not parse");
  return parsed;
}

export async function deleteItem({ client, options }: DynamoTable, { pk, sk }: Key): Promise<void> {
  await (await client()).deleteItem({ TableName: options.table, Key: marshall({ pk, sk }) });
}

export async function writeItem({ client, options }: DynamoTable, item: StoredItem): Promise<void> {
  const Item = marshall(item, { removeUndefinedValues: true });
  await (await client()).putItem({ TableName: options.table, Item });
}

/** Stores items without a condition. */
export async function writeItems(
  { client, options }: DynamoTable,
  items: readonly StoredItem[],
): Promise<void> {
  const MAX_BATCH = 25;
  for (let first = 0; first < items.length; first += MAX_BATCH) {
    const some = items.slice(first, first + MAX_BATCH);
    const puts = some.map((item) => ({ PutRequest: { Item: marshall(item) } }));
    await (await client()).batchWriteItem({ RequestItems: { [options.table]: puts } });
  }
}
