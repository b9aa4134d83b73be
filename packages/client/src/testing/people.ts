import { canonicalEmail, domainOfEmail, isUserId } from "@platform-api/server/wire";
import type { Role } from "../token-validator.ts";

/** An organization, as an operator would configure it. */
export interface TestOrganization {
  readonly id: string;
  readonly name: string;
  /** Its verified e-mail domains. */
  readonly domains?: readonly string[];
  /** Its SSO connections. */
  readonly connections?: readonly { readonly name: string; readonly displayName?: string }[];
  /** Its id in Auth0, for `discover`. */
  readonly auth0OrgId?: string;
  /** Whether a user who signs in through one of its connections becomes a member. Default: true. */
  readonly jit?: boolean;
  /** The role of such a member. Default: `member`. */
  readonly defaultRole?: Role;
  /** Whether memberships count only for logins through its own connections. Default: false. */
  readonly enforceSso?: boolean;
  /** The ids of organizations whose SSO it trusts for a shared domain. Default: none. */
  readonly trusts?: readonly string[];
}

/** A user who can sign in. */
export interface TestUser {
  readonly email: string;
  /** A lower-case UUID. Default: a random one. */
  readonly userId?: string;
  /** The roles, by organization id. */
  readonly memberships?: Readonly<Record<string, Role | "removed">>;
  /** The SSO connection of their login. Default: a password login. */
  readonly connection?: string;
  /** The organization in their tokens. Default: the organization of `connection`. */
  readonly organizationId?: string;
  /** Whether the address of a password login is verified. Default: true. */
  readonly emailVerified?: boolean;
  /** Whether they have signed in before: an untrusted address is then null instead of a refusal. Default: false. */
  readonly linked?: boolean;
}

export type Organization = Required<Omit<TestOrganization, "auth0OrgId" | "connections">> & {
  readonly auth0OrgId: string | undefined;
  readonly connections: readonly { readonly name: string; readonly displayName: string }[];
};

export type User = Required<Omit<TestUser, "connection" | "organizationId">> & {
  /** By organization id: `memberships` and what joining and signing in have added. */
  readonly standing: Map<string, Role | "removed">;
  /** The organization of their SSO connection. */
  readonly ssoOrganization: Organization | undefined;
  readonly tokenOrganization: Organization | undefined;
};

/** @throws {TypeError} naming what is wrong */
export function organizationsOf(given: readonly TestOrganization[]): ReadonlyMap<string, Organization> {
  const organizations = given.map((organization) => ({
    jit: true,
    defaultRole: "member" as const,
    enforceSso: false,
    trusts: [],
    auth0OrgId: undefined,
    ...organization,
    domains: (organization.domains ?? []).map((domain) => domain.toLowerCase()),
    connections: (organization.connections ?? []).map(({ name, displayName = name }) => ({
      name,
      displayName,
    })),
  }));
  const twice = (names: readonly string[]) => names.find((name, i) => names.indexOf(name) !== i);
  const id = twice(organizations.map((organization) => organization.id));
  if (id !== undefined) throw wrong(`two organizations have the id "${id}"`);
  const name = twice(organizations.flatMap(({ connections }) => connections.map((each) => each.name)));
  if (name !== undefined) throw wrong(`two connections have the name "${name}"`);
  return new Map(organizations.map((organization) => [organization.id, organization]));
}

/** @throws {TypeError} naming what is wrong */
export function userOf(given: TestUser, organizations: ReadonlyMap<string, Organization>): User {
  const { memberships = {}, connection, organizationId, userId = crypto.randomUUID() } = given;
  const email = canonicalEmail(given.email);
  if (email === null) throw wrong("a user's email must be an address such as jane@acme.example");
  if (!isUserId(userId)) {
    throw wrong("a user's userId must be a lower-case UUID");
  }
  for (const id of [...Object.keys(memberships), ...(organizationId === undefined ? [] : [organizationId])]) {
    if (!organizations.has(id)) throw wrong(`a user names the unknown organization "${id}"`);
  }
  const ssoOrganization = [...organizations.values()].find(({ connections }) =>
    connections.some(({ name }) => name === connection),
  );
  if (connection !== undefined && ssoOrganization === undefined) {
    throw wrong(`a user names the unknown connection "${connection}"`);
  }
  return {
    email,
    userId,
    emailVerified: given.emailVerified ?? true,
    linked: given.linked ?? false,
    memberships,
    standing: new Map(Object.entries(memberships)),
    ssoOrganization,
    tokenOrganization: organizationId === undefined ? ssoOrganization : organizations.get(organizationId),
  };
}

/** Restores the memberships as they were before the first call. */
export function resetStanding({ standing, memberships }: User): void {
  standing.clear();
  for (const [id, role] of Object.entries(memberships)) standing.set(id, role);
}

export function hasVerified({ domains }: Organization, email: string): boolean {
  return domains.includes(domainOfEmail(email));
}

function wrong(problem: string): TypeError {
  return new TypeError(`platformHandlers: ${problem}`);
}
