import type { Role } from "../token-validator.ts";
import { canonicalEmail, domainOf } from "./email.ts";

/** An organization as its operator would have set it up. */
export interface TestOrganization {
  readonly id: string;
  readonly name: string;
  /** The e-mail domains it has verified. */
  readonly domains?: readonly string[];
  /** Its SSO connections. */
  readonly connections?: readonly { readonly name: string; readonly displayName?: string }[];
  /** Auth0's id of it, for `discover`. */
  readonly auth0OrgId?: string;
  /** Whether who signs in through a connection of it becomes a member; yes unless said. */
  readonly jit?: boolean;
  /** What they become; `member` unless said. */
  readonly defaultRole?: Role;
  /** Whether memberships count only for logins through its own connections; no unless said. */
  readonly enforceSso?: boolean;
  /** The organizations whose SSO it trusts where they share a domain; none unless said. */
  readonly trusts?: readonly string[];
}

/** Somebody who may sign in. */
export interface TestUser {
  readonly email: string;
  /** A lower-case UUID; one of its own unless said. */
  readonly userId?: string;
  /** By organization. */
  readonly memberships?: Readonly<Record<string, Role | "removed">>;
  /** The SSO connection they sign in through; a password unless said. */
  readonly connection?: string;
  /** The organization that their tokens name; that of `connection` unless said. */
  readonly organizationId?: string;
  /** Of a password login; yes unless said. */
  readonly emailVerified?: boolean;
  /** Whether they have signed in before: an address that is not trusted is null then, and no refusal. */
  readonly linked?: boolean;
}

export type Organization = Required<Omit<TestOrganization, "auth0OrgId" | "connections">> & {
  readonly auth0OrgId: string | undefined;
  readonly connections: readonly { readonly name: string; readonly displayName: string }[];
};

export type User = Required<Omit<TestUser, "connection" | "organizationId">> & {
  /** By organization, as it is now: `memberships`, and what has come of joining and signing in. */
  readonly standing: Map<string, Role | "removed">;
  /** Whose connection they signed in through. */
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
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(userId)) {
    throw wrong("a user's userId must be a lower-case UUID");
  }
  for (const id of [...Object.keys(memberships), ...(organizationId === undefined ? [] : [organizationId])]) {
    if (!organizations.has(id)) throw wrong(`a user names the organization "${id}", which is not among them`);
  }
  const ssoOrganization = [...organizations.values()].find(({ connections }) =>
    connections.some(({ name }) => name === connection),
  );
  if (connection !== undefined && ssoOrganization === undefined) {
    throw wrong(`a user names the connection "${connection}", which no organization has`);
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

/** As before the first call. */
export function forgetStanding({ standing, memberships }: User): void {
  standing.clear();
  for (const [id, role] of Object.entries(memberships)) standing.set(id, role);
}

export function hasVerified({ domains }: Organization, email: string): boolean {
  return domains.includes(domainOf(email));
}

function wrong(problem: string): TypeError {
  return new TypeError(`platformHandlers: ${problem}`);
}
