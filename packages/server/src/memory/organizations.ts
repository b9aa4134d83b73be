import {
  type Auth0Pointer,
  type Connection,
  type DomainName,
  declaredConnection,
  newRevision,
  type Organization,
  type OrganizationId,
  type Organizations,
  parseDomain,
  type RegisteredConnection,
  type UserId,
} from "../domain/index.ts";

/** Organizations, their domains and connections in memory; tests change what operators would. */
export class MemoryOrganizations implements Organizations {
  readonly organizations = new Map<OrganizationId, Organization>();
  /** By Auth0 id. */
  readonly pointers = new Map<string, Auth0Pointer>();
  readonly verifiers = new Map<DomainName, OrganizationId[]>();
  /** The enabled ones. */
  readonly connections = new Map<string, Connection>();
  /** What was enabled before, by name. */
  readonly off = new Map<string, Connection & { readonly state: RegisteredConnection["state"] }>();
  /** The questions asked so far: a method and what it was asked about. */
  readonly asked: string[] = [];

  /** Puts what is there when a test begins: the organization lists its verified domains and its enabled connections. */
  put(
    organization: Organization,
    {
      domains = [],
      connections = [],
    }: { domains?: readonly string[]; connections?: readonly Connection[] } = {},
  ): this {
    const { id: organizationId, auth0OrgId } = organization;
    if (auth0OrgId !== null) this.pointers.set(auth0OrgId, { auth0OrgId, organizationId, rev: "1" });
    for (const name of domains) this.verify(name, organization.id);
    for (const connection of connections) this.connections.set(connection.name, connection);
    const own = [...this.connections.values()].filter((each) => each.organizationId === organization.id);
    const names = new Set([...organization.connections, ...own.map(({ name }) => name)]);
    const verified = [...this.verifiers.keys()].filter((name) =>
      this.verifiers.get(name)?.includes(organizationId),
    );
    const listed = new Set([...organization.domains, ...verified]);
    this.organizations.set(organizationId, {
      ...organization,
      domains: [...listed],
      connections: [...names],
    });
    return this;
  }

  /** Lists the owners of an organization that is stored. */
  setOwners(id: OrganizationId, ...owners: readonly UserId[]): void {
    const present = this.organizations.get(id);
    if (present !== undefined) this.put({ ...present, owners, rev: newRevision() });
  }

  verify(name: string, id: OrganizationId): void {
    const domain = domainNamed(name);
    this.verifiers.set(domain, [...(this.verifiers.get(domain) ?? []), id]);
  }

  release(name: string, id: OrganizationId): void {
    const domain = domainNamed(name);
    this.verifiers.set(
      domain,
      (this.verifiers.get(domain) ?? []).filter((each) => each !== id),
    );
  }

  /** Registers the connection, or takes it away. */
  setConnection(connection: Connection, state: RegisteredConnection["state"]): void {
    const { name } = connection;
    if (state === "enabled") {
      this.connections.set(name, connection);
      this.off.delete(name);
    } else {
      this.connections.delete(name);
      this.off.set(name, { ...connection, state });
    }
  }

  async find(id: OrganizationId): Promise<Organization | null> {
    this.asked.push(`find ${id}`);
    return this.organizations.get(id) ?? null;
  }

  async findMany(ids: readonly OrganizationId[]): Promise<readonly Organization[]> {
    this.asked.push(`findMany ${ids.join(" ")}`);
    return ids.map((id) => this.organizations.get(id)).filter((each) => each !== undefined);
  }

  async findByAuth0OrgId(auth0OrgId: string): Promise<Organization | null> {
    this.asked.push(`findByAuth0OrgId ${auth0OrgId}`);
    const pointer = this.pointers.get(auth0OrgId);
    const found = pointer === undefined ? null : this.organizations.get(pointer.organizationId);
    return found?.auth0OrgId === auth0OrgId ? found : null;
  }

  async findConnection(name: string): Promise<RegisteredConnection | null> {
    this.asked.push(`findConnection ${name}`);
    const found = this.connections.get(name) ?? this.off.get(name);
    return found === undefined ? null : { ...declaredConnection(found), rev: "0", ...found };
  }

  async listConnections(id: OrganizationId): Promise<readonly Connection[]> {
    this.asked.push(`listConnections ${id}`);
    return [...this.connections.values()].filter(({ organizationId }) => organizationId === id);
  }

  async listByDomain(domain: DomainName): Promise<readonly Organization[]> {
    this.asked.push(`listByDomain ${domain}`);
    const ids = this.verifiers.get(domain) ?? [];
    return ids.map((id) => this.organizations.get(id)).filter((each) => each !== undefined);
  }
}

export function domainNamed(name: string): DomainName {
  const domain = parseDomain(name);
  if (domain === null) throw new Error(`${name} is not a domain`);
  return domain;
}
