import { batchesOf, eachAtOnce } from "../batches.ts";
import type { DomainName } from "../email.ts";
import type { InvitationLedger } from "../membership/memberships.ts";
import type { Membership } from "../membership.ts";
import type { Organization, OrganizationId } from "../organization.ts";
import { within } from "../waiting/abortable.ts";
import type { Administration } from "./administration.ts";
import { isApplied } from "./applied-declaration.ts";
import { type DeclarationWarning, ownersKeptOut, sharedDomain, warningsOf } from "./declaration-warnings.ts";
import { membersToInvite } from "./declared-invitations.ts";
import { differencesOf, wayInOf } from "./organization-differences.ts";
import type { DeclaredOrganization, OrganizationState } from "./organization-registry.ts";
import { type Change, type Comparison, NO_TRANSFERS, type Transfers } from "./organization-step.ts";

/** The time to compare an organization, and to make a change. Together they have no limit. */
export const ORGANIZATION_MS = 60_000;
/** How many organizations are compared at once. */
export const ORGANIZATIONS_AT_ONCE = 8;
/** DynamoDB's limit for one request. */
const READ_AT_ONCE = 100;

export type DeclarationProblem =
  | {
      readonly kind: "unknown-trust";
      readonly organizationId: OrganizationId;
      readonly trusted: OrganizationId;
    }
  | { readonly kind: "connection-taken"; readonly name: string; readonly owner: OrganizationId }
  | {
      /** Only the people of the organization change what they have set up. */
      readonly kind: "self-service-connection";
      readonly name: string;
      readonly owner: OrganizationId;
      readonly isRemoved: boolean;
    }
  | { readonly kind: "sso-without-connection"; readonly organizationId: OrganizationId }
  | { readonly kind: "auth0-id-taken"; readonly auth0OrgId: string; readonly owner: OrganizationId }
  | { readonly kind: "not-agreed"; readonly change: Change };

/** How far a declaration is compared, or applied. */
export interface ApplyProgress {
  readonly phase: "compared" | "made";
  readonly done: number;
  /** All organizations, or all changes. */
  readonly of: number;
  /** How many of the organizations differ from what is declared. */
  readonly changed: number;
}

export interface ApplyPorts extends Administration {
  /** Is called after each organization, and each change. */
  readonly onProgress?: (progress: ApplyProgress) => void;
  /** Compares also what has not changed since it was applied: a restore may have taken away what the table tells. */
  readonly comparesAll?: boolean;
}

/** What was found of the organizations that are not as they were when the declaration was last applied. */
export interface Compared {
  readonly comparisons: readonly Comparison[];
  readonly problems: readonly DeclarationProblem[];
  readonly warnings: readonly DeclarationWarning[];
  /** The organizations that share a domain: an operator gets the warning each time. */
  readonly sharing: ReadonlySet<OrganizationId>;
}

/** One organization beside what is stored, before it is known what others get of it. */
interface Found {
  readonly declared: DeclaredOrganization;
  readonly stored: OrganizationState;
  readonly members: readonly Membership[];
  readonly ledger: InvitationLedger | null;
  readonly claims: Claims;
  readonly warnings: readonly DeclarationWarning[];
  readonly shared: readonly Extract<DeclarationWarning, { kind: "domain-shared" }>[];
  readonly now: Date;
}

/** What an organization is to get of others, and what is wrong with that. */
interface Claims extends Transfers {
  readonly problems: readonly DeclarationProblem[];
}

/** What the declaration says of all organizations together. */
interface Named {
  readonly ids: ReadonlySet<OrganizationId>;
  readonly holders: ReadonlyMap<DomainName, readonly OrganizationId[]>;
}

/** Compares each organization that may differ, some at once. */
export async function compareOrganizations(
  declared: readonly DeclaredOrganization[],
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<Compared> {
  const named = namesOf(declared);
  const { organizations: known, ledgers } = await findKnown(declared, ports, signal);
  const found = new Map<OrganizationId, Found>();
  let done = 0;
  let changed = 0;
  const compare = async (each: DeclaredOrganization, limit: AbortSignal) => {
    const ledger = ledgers.get(each.organization.id) ?? null;
    const one = await findOne(each, ledger, named, ports, limit);
    found.set(each.organization.id, one);
    if (differencesOf({ ...one, transfers: one.claims, ports }).length > 0) changed += 1;
  };
  await eachAtOnce(declared, ORGANIZATIONS_AT_ONCE, async (each) => {
    await within(ORGANIZATION_MS, signal, async (limit) => {
      const { id } = each.organization;
      if (await isApplied(each, known.get(id), ledgers.get(id) ?? null, ports.now())) return;
      await compare(each, limit);
    });
    done += 1;
    ports.onProgress?.({ phase: "compared", done, of: declared.length, changed });
  });
  // Nothing has changed in these, and others get something of them.
  const { connections, auth0Ids } = transfersOf(found.values());
  const givers = new Set([...connections.values(), ...auth0Ids]);
  const left = declared.filter(({ organization: { id } }) => givers.has(id) && !found.has(id));
  await eachAtOnce(left, ORGANIZATIONS_AT_ONCE, (each) =>
    within(ORGANIZATION_MS, signal, (limit) => compare(each, limit)),
  );
  return together(
    declared.flatMap(({ organization: { id } }) => found.get(id) ?? []),
    ports,
  );
}

function namesOf(declared: readonly DeclaredOrganization[]): Named {
  const holders = new Map<DomainName, OrganizationId[]>();
  for (const { organization, domains } of declared) {
    for (const domain of domains) holders.set(domain, [...(holders.get(domain) ?? []), organization.id]);
  }
  return { ids: new Set(declared.map(({ organization }) => organization.id)), holders };
}

/** What tells whether they have changed, of a hundred by two requests. */
async function findKnown(
  declared: readonly DeclaredOrganization[],
  { organizations, memberships, comparesAll }: ApplyPorts,
  signal: AbortSignal,
) {
  const known = {
    organizations: new Map<OrganizationId, Organization>(),
    ledgers: new Map<OrganizationId, InvitationLedger>(),
  };
  const batches = [...batchesOf(declared, READ_AT_ONCE)];
  await eachAtOnce(batches, ORGANIZATIONS_AT_ONCE, (batch) =>
    within(ORGANIZATION_MS, signal, async (limit) => {
      const ids = batch.map(({ organization }) => organization.id);
      const inviting = batch.filter(({ invitations }) => invitations !== null);
      const [found, ledgers] = await Promise.all([
        comparesAll ? [] : organizations.findMany(ids, limit),
        memberships.findLedgers(
          inviting.map(({ organization }) => organization.id),
          limit,
        ),
      ]);
      for (const each of found) known.organizations.set(each.id, each);
      for (const each of ledgers) known.ledgers.set(each.organizationId, each);
    }),
  );
  return known;
}

async function findOne(
  declared: DeclaredOrganization,
  ledger: InvitationLedger | null,
  named: Named,
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<Found> {
  const now = ports.now();
  const [stored, claims, shared] = await Promise.all([
    ports.organizationRegistry.read(declared, signal),
    claimsOf(declared, named, ports, signal),
    Promise.all(
      declared.domains.map((domain) => {
        const holders = named.holders.get(domain) ?? [];
        return sharedDomain({ domain, holders, ids: named.ids }, ports.organizations, signal);
      }),
    ),
  ]);
  const [members, keptOut] = await Promise.all([
    membersToInvite(declared, stored, ports, signal),
    ownersKeptOut({ declared, stored }, ports, signal),
  ]);
  const read = { declared, stored, members, ledger, now };
  const warnings = warningsOf({ ...read, transfers: NO_TRANSFERS, ports });
  if (keptOut !== null) warnings.push(keptOut);
  return { ...read, claims, warnings, shared: shared.filter((each) => each !== null) };
}

/** Only a declaration that names both organizations may take something from one for the other. */
async function claimsOf(
  { organization, connections: routes }: DeclaredOrganization,
  { ids }: Named,
  { organizations, connections: stored }: ApplyPorts,
  signal: AbortSignal,
): Promise<Claims> {
  const { id: organizationId, auth0OrgId = null, trusts } = organization;
  const names = routes.map(({ name }) => name);
  const others = trusts.filter((trusted) => !ids.has(trusted));
  const [trusted, setup, known, holder] = await Promise.all([
    organizations.findMany(others, signal),
    names.length === 0 ? null : stored.findSetup(organizationId, signal),
    stored.findMany(names, signal),
    auth0OrgId === null ? null : organizations.findByAuth0OrgId(auth0OrgId, signal),
  ]);
  const connections = new Map<string, OrganizationId>();
  const problems: DeclarationProblem[] = others
    .filter((other) => !trusted.some(({ id }) => id === other))
    .map((other) => ({ kind: "unknown-trust", organizationId, trusted: other }));
  for (const name of names) {
    const present = known.find((each) => each.name === name);
    const owner = present?.organizationId ?? organizationId;
    if (present?.origin === "self-service" || setup?.name === name) {
      const isRemoved = present?.state === "removed";
      problems.push({ kind: "self-service-connection", name, owner, isRemoved });
      continue;
    }
    if (owner === organizationId || present?.state === "removed") continue;
    connections.set(name, owner);
    if (!ids.has(owner)) problems.push({ kind: "connection-taken", name, owner });
  }
  const owner = holder?.id ?? organizationId;
  if (auth0OrgId !== null && !ids.has(owner)) problems.push({ kind: "auth0-id-taken", auth0OrgId, owner });
  return { connections, auth0Ids: new Set(owner === organizationId ? [] : [owner]), problems };
}

function transfersOf(found: Iterable<Found>): Transfers {
  const claims = [...found].map((each) => each.claims);
  return {
    connections: new Map(claims.flatMap(({ connections }) => [...connections])),
    auth0Ids: new Set(claims.flatMap(({ auth0Ids }) => [...auth0Ids])),
  };
}

/** Everything in the order of the declaration. */
function together(found: readonly Found[], ports: ApplyPorts): Compared {
  const transfers = transfersOf(found);
  const problems = found.flatMap(({ claims }) => claims.problems);
  const unreachable = found.filter(
    ({ declared, stored }) =>
      declared.organization.enforceSso === true && !wayInOf(declared, stored)(stored.connections),
  );
  const shared = new Map(found.flatMap((each) => each.shared.map((warning) => [warning.domain, warning])));
  return {
    comparisons: found.map(({ declared, stored, members, ledger, now }) => {
      return { declared, stored, members, ledger, transfers, ports, now };
    }),
    problems:
      problems.length > 0
        ? problems
        : unreachable.map(({ declared: { organization } }) => {
            return { kind: "sso-without-connection", organizationId: organization.id };
          }),
    warnings: [...found.flatMap(({ warnings }) => warnings), ...shared.values()],
    sharing: new Set([...shared.values()].flatMap(({ organizationIds }) => organizationIds)),
  };
}
