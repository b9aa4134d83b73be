import { ManagementError, type TenantReader } from "@platform-api/server/adapters";
import { type AdminClients, isApplication, type ServiceClients } from "@platform-api/server/domain";
import type { ClientFacts, ConnectionFacts, OrganizationFacts, Read, TenantFacts } from "./facts.ts";

/** What platform-api has stored of the tenant. */
export interface Registered {
  readonly organizations: readonly { readonly id: string; readonly auth0OrgId: string | null }[];
  readonly connections: readonly {
    readonly name: string;
    readonly strategy: string;
    readonly organizationId: string;
  }[];
}

export interface TenantQuestions {
  readonly audience: string;
  readonly appClientIds: readonly string[];
  readonly admins: AdminClients;
  readonly services: ServiceClients;
  readonly profileId: string;
  readonly registered: Read<Registered>;
}

/** Reads everything that the rules judge, one after the other: Auth0 limits how many calls come at once. */
export async function readTenant(
  reader: TenantReader,
  questions: TenantQuestions,
): Promise<Read<TenantFacts>> {
  const scopes = await readScopes(reader);
  if ("why" in scopes) return scopes;
  const { appClientIds, admins, services } = questions;
  const all: ClientFacts[] = [];
  for (const id of new Set([...appClientIds, ...[...admins].filter(isApplication), ...services.keys()]))
    all.push({ id, found: await attempt(() => reader.client(id)) });
  const profile = await attempt(async () => {
    const found = await reader.profile(questions.profileId);
    return found === null ? null : { strategies: found.allowed_strategies ?? [] };
  });
  return {
    value: {
      scopes: scopes.value,
      customDomains: await attempt(() => reader.customDomains()),
      api: await attempt(() => reader.api(questions.audience)),
      actions: await attempt(async () => ({
        all: await reader.actions(),
        boundIds: await reader.boundActionIds(),
      })),
      clients: all.filter(({ id }) => appClientIds.includes(id)),
      adminClients: all.filter(({ id }) => admins.has(id)),
      serviceClients: all.filter(({ id }) => services.has(id)),
      profile,
      ...(await readRegistered(reader, questions.registered)),
    },
  };
}

async function readRegistered(
  reader: TenantReader,
  registered: Read<Registered>,
): Promise<Pick<TenantFacts, "organizations" | "connections">> {
  if ("why" in registered) return { organizations: registered, connections: registered };
  const auth0OrgIds = new Map<string, string>();
  const organizations: OrganizationFacts[] = [];
  for (const { id, auth0OrgId } of registered.value.organizations) {
    if (auth0OrgId === null) continue;
    auth0OrgIds.set(id, auth0OrgId);
    const exists = await attempt(async () => (await reader.organization(auth0OrgId)) !== null);
    organizations.push({ id, auth0OrgId, exists });
  }
  const connections: ConnectionFacts[] = [];
  for (const { name, strategy, organizationId } of registered.value.connections) {
    const auth0OrgId = auth0OrgIds.get(organizationId) ?? null;
    connections.push({
      name,
      strategy,
      organizationId,
      auth0OrgId,
      ...(await readConnection(reader, name, auth0OrgId)),
    });
  }
  return { organizations: { value: organizations }, connections: { value: connections } };
}

async function readConnection(reader: TenantReader, name: string, auth0OrgId: string | null) {
  const found = await attempt(() => reader.connection(name));
  if ("why" in found || found.value === null) {
    const unknown = { why: "the connection was not found" };
    return { found, clientIds: unknown, use: unknown };
  }
  const { id } = found.value;
  const clientIds = await attempt(() => reader.connectionClientIds(id));
  const use = await attempt(async () => {
    const connection = auth0OrgId === null ? null : await reader.organizationConnection(auth0OrgId, id);
    return connection === null ? null : { assignsMembership: connection.assign_membership_on_login === true };
  });
  return { found, clientIds, use };
}

export function readScopes(reader: Pick<TenantReader, "scopes">): Promise<Read<readonly string[] | null>> {
  return attempt(() => reader.scopes());
}

async function attempt<T>(read: () => Promise<T>): Promise<Read<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof ManagementError) return { why: error.message };
    throw error;
  }
}
