import {
  type Connection,
  type ConnectionSetup,
  type ConnectionStore,
  type DomainClaim,
  type DomainName,
  type DomainNames,
  type DomainStore,
  declaredConnection,
  declaredDomain,
  lastSeenAt,
  type OrganizationId,
  type RegisteredConnection,
  type TokenTrial,
  type TxtAnswer,
  type TxtLookup,
  USUAL_RECORD_LABEL,
  type VerifiedDomain,
} from "../domain/index.ts";
import type { MemoryOrganizations } from "./organizations.ts";

const VERIFIED_AT = "2026-11-01T00:00:00.000Z";

/** The domains of organizations in memory, and what they have claimed. What is verified here is verified for logins. */
export class MemoryDomains implements DomainStore {
  readonly organizations: MemoryOrganizations;
  readonly domains = new Map<string, VerifiedDomain>();
  readonly claims = new Map<string, DomainClaim>();
  /** When rechecks have ended. */
  readonly rechecked: string[] = [];

  constructor(organizations: MemoryOrganizations) {
    this.organizations = organizations;
  }

  async find(organizationId: OrganizationId, domain: DomainName) {
    const claim = this.claims.get(`${organizationId} ${domain}`) ?? null;
    return { domain: this.#domain(organizationId, domain), claim };
  }

  async list(id: OrganizationId) {
    const names = [...this.organizations.verifiers.keys()];
    const domains = names.map((name) => this.#domain(id, name)).filter((each) => each !== null);
    return { domains, claims: [...this.claims.values()].filter((each) => each.organizationId === id) };
  }

  all(): VerifiedDomain[] {
    const verified = [...this.organizations.verifiers];
    const found = verified.flatMap(([name, ids]) => ids.map((id) => this.#domain(id, name)));
    return found.filter((each) => each !== null);
  }

  async *listDue(since: string) {
    yield* [...this.domains.values()].filter((domain) => (lastSeenAt(domain) ?? "~") <= since);
  }

  async recheckEnded(at: string) {
    this.rechecked.push(at);
  }

  put(next: VerifiedDomain): void {
    const { organizationId, domain } = next;
    if (this.#domain(organizationId, domain) === null) this.organizations.verify(domain, organizationId);
    this.domains.set(`${organizationId} ${domain}`, next);
  }

  remove({ organizationId, domain }: VerifiedDomain): void {
    this.organizations.release(domain, organizationId);
    this.domains.delete(`${organizationId} ${domain}`);
  }

  /** What was verified without this store is an operator's. */
  #domain(organizationId: OrganizationId, domain: DomainName): VerifiedDomain | null {
    if (!this.organizations.verifiers.get(domain)?.includes(organizationId)) return null;
    const declared = { domain, organizationId, verifiedAt: VERIFIED_AT };
    return this.domains.get(`${organizationId} ${domain}`) ?? { ...declaredDomain(declared), rev: "0" };
  }
}

/** The connections of organizations in memory. Those that are enabled are the SSO that logins come through. */
export class MemoryConnections implements ConnectionStore {
  readonly organizations: MemoryOrganizations;
  readonly connections = new Map<string, RegisteredConnection>();
  readonly setups = new Map<OrganizationId, ConnectionSetup>();

  constructor(organizations: MemoryOrganizations) {
    this.organizations = organizations;
  }

  async find(name: string) {
    return this.connections.get(name) ?? (await this.organizations.findConnection(name));
  }

  async findMany(names: readonly string[]) {
    const found = await Promise.all(names.map((name) => this.find(name)));
    return found.filter((each) => each !== null);
  }

  /** Those of the organization that are not removed. */
  list(id: OrganizationId) {
    return this.all().filter(({ organizationId, state }) => organizationId === id && state !== "removed");
  }

  all(): RegisteredConnection[] {
    const { connections, off } = this.organizations;
    const enabled = [...connections.values()].map((each) => ({ ...each, state: "enabled" as const }));
    const named = [...enabled, ...off.values()].map(declared);
    return [...new Map([...named, ...this.connections.values()].map((each) => [each.name, each])).values()];
  }

  /** Puts a connection that is there when a test begins: its organization has its name as well. */
  begin(next: RegisteredConnection): void {
    const { organizations } = this.organizations;
    const organization = organizations.get(next.organizationId);
    if (organization !== undefined) {
      const connections = [...new Set([...organization.connections, next.name])];
      organizations.set(organization.id, { ...organization, connections });
    }
    this.put(next);
  }

  put(next: RegisteredConnection): void {
    this.connections.set(next.name, next);
    this.organizations.setConnection(next, next.state);
  }

  async findSetup(id: OrganizationId) {
    return this.setups.get(id) ?? null;
  }
}

/** What was named without this store is an operator's. */
function declared(connection: Connection & Pick<RegisteredConnection, "state">): RegisteredConnection {
  return { ...declaredConnection(connection), state: connection.state, rev: "0" };
}

/** Two resolvers that know what the test says of each name. */
export class MemoryDns implements TxtLookup {
  readonly names = new Map<string, readonly TxtAnswer[]>();

  /** What both resolvers answer. */
  set(name: string, ...values: readonly string[]): void {
    this.names.set(name, [
      { kind: "values", values },
      { kind: "values", values },
    ]);
  }

  async txt(name: string): Promise<readonly TxtAnswer[]> {
    return this.names.get(name) ?? [{ kind: "none" }, { kind: "none" }];
  }
}

const DOMAIN_NAMES: DomainNames = {
  problemOf: (domain) =>
    domain === "gmail.com" ? "is a public mail domain: its addresses belong to no organization" : null,
  registrable: (domain) => domain.split(".").slice(-2).join("."),
};

const NO_TRIAL: TokenTrial = {
  judge: async () => ({ steps: [], connection: null, issuedAt: null }),
};

/** What administrators set up themselves, beside the other stores in memory. */
export function memorySelfService(organizations: MemoryOrganizations) {
  return {
    domains: new MemoryDomains(organizations),
    connections: new MemoryConnections(organizations),
    dns: new MemoryDns(),
    domainNames: DOMAIN_NAMES,
    recordLabel: USUAL_RECORD_LABEL,
    auth0: null,
    tenantUsers: null,
    trial: NO_TRIAL,
    otherStrategies: new Set(["auth0", "email"]),
  };
}

/** The limits of the default configuration. */
export const LIMITS = {
  ttlMs: 604_800_000,
  resendMs: 300_000,
  claimMs: 2_592_000_000,
  graceMs: 1_209_600_000,
  testAgeMs: 604_800_000,
  closingMs: 604_800_000,
} as const;
