import {
  type CanonicalEmail,
  type Connection,
  type DomainName,
  newOrganization,
  type Organization,
  type OrganizationId,
  type PersonName,
  parseDomain,
  parseEmail,
  parseOrganizationId,
  parsePersonName,
  parseUserId,
  type UserId,
} from "@platform-api/server/memory";
import { isServicePermission, isUserId, type ServicePermission } from "@platform-api/server/wire";
import type { Role } from "../guards/token-validator.ts";

/** An organization, as an operator would configure it. */
export interface TestOrganization {
  readonly id: string;
  readonly name: string;
  /** Its verified e-mail domains. */
  readonly domains?: readonly string[];
  /** Its SSO connections. The `strategy` is `samlp` by default. */
  readonly connections?: readonly {
    readonly name: string;
    readonly displayName?: string;
    readonly strategy?: string;
  }[];
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
  /** The settings that its operator decides: `org.update` refuses to change them. Default: none. */
  readonly locked?: readonly (keyof Settings | "closing")[];
}

/** What `org.update` changes. */
interface Settings {
  name: string;
  jit: boolean;
  defaultRole: Role;
  enforceSso: boolean;
}

/** A user who can sign in. */
export interface TestUser {
  readonly email: string;
  /** What their tokens call them, and organizations show beside the address. Default: nothing. */
  readonly name?: string;
  /** A lower-case UUID. Default: a random one. */
  readonly userId?: string;
  /** The roles, by organization id. `erased`: removed, and their address is null since their data was erased. */
  readonly memberships?: Readonly<Record<string, Role | "removed" | "erased">>;
  /** The SSO connection of their login. Default: a password login. */
  readonly connection?: string;
  /** The organization in their tokens. Default: the organization of `connection`. */
  readonly organizationId?: string;
  /** Whether the address of a password login is verified. Default: true. */
  readonly emailVerified?: boolean;
  /**
   * Whether they have signed in before, as users with `memberships` have: a delegated token is then let in. With `linked`,
   * an untrusted address is null instead of a refusal. Default: false.
   */
  readonly linked?: boolean;
}

/** A machine that an operator has listed, as in `SERVICE_CLIENTS`. */
export interface TestService {
  readonly clientId: string;
  /** What it may do. Default: `["standing"]`. */
  readonly permissions?: readonly ServicePermission[];
}

/** An organization as it is stored before the first call. */
export interface Customer {
  readonly organization: Organization;
  readonly domains: readonly DomainName[];
  readonly connections: readonly Connection[];
}

export interface User {
  readonly email: CanonicalEmail;
  readonly userId: UserId;
  readonly name: PersonName | null;
  /** The connection of their login, and whose it is; null for a password. */
  readonly connection: Connection | null;
  /** The organization that their tokens name, if it is another one. */
  readonly organizationId: OrganizationId | null;
  readonly emailVerified: boolean;
  /** Whether they have signed in before. */
  readonly linked: boolean;
  readonly memberships: readonly (readonly [OrganizationId, Role | "removed" | "erased"])[];
}

/** @throws {TypeError} naming what is wrong */
export function customersOf(given: readonly TestOrganization[]): readonly Customer[] {
  const customers = given.map(customerOf);
  const id = twice(customers.map(({ organization }) => organization.id));
  if (id !== undefined) throw wrong(`two organizations have the id "${id}"`);
  const name = twice(customers.flatMap(({ connections }) => connections.map((each) => each.name)));
  if (name !== undefined) throw wrong(`two connections have the name "${name}"`);
  return customers;
}

function twice(names: readonly string[]): string | undefined {
  return names.find((name, i) => names.indexOf(name) !== i);
}

function customerOf(given: TestOrganization): Customer {
  const { name, jit = true, defaultRole = "member", enforceSso = false, locked = [] } = given;
  const { auth0OrgId = null, trusts = [], domains = [], connections = [] } = given;
  const id = organizationIdOf(given.id);
  return {
    organization: {
      ...newOrganization(id),
      name,
      jit,
      defaultRole,
      enforceSso,
      locked,
      auth0OrgId,
      trusts: trusts.map(organizationIdOf),
    },
    domains: domains.map(domainNamed),
    connections: connections.map(({ name, displayName = name, strategy = "samlp" }) => {
      return { name, displayName, strategy, organizationId: id };
    }),
  };
}

function organizationIdOf(text: string): OrganizationId {
  const id = parseOrganizationId(text);
  if (id === null) throw wrong(`"${text}" cannot be the id of an organization`);
  return id;
}

function domainNamed(text: string): DomainName {
  const domain = parseDomain(text);
  if (domain === null) throw wrong(`"${text}" is not a domain`);
  return domain;
}

/** What there is that a user can name. */
interface Known {
  readonly organizationIds: ReadonlySet<string>;
  findConnection(name: string): Connection | null;
}

/** @throws {TypeError} naming what is wrong */
export function userOf(given: TestUser, known: Known): User {
  const { memberships = {}, emailVerified = true, linked = false, userId = crypto.randomUUID() } = given;
  const email = parseEmail(given.email);
  if (email === null) throw wrong("a user's email must be an address such as jane@acme.example");
  const id = parseUserId(userId);
  if (id === null || !isUserId(userId)) throw wrong("a user's userId must be a lower-case UUID");
  const name = parsePersonName(given.name);
  if (given.name !== undefined && name === null)
    throw wrong("a user's name must have 1 to 100 visible characters, and no address");
  const organizationOf = (text: string) => {
    if (!known.organizationIds.has(text)) throw wrong(`a user names the unknown organization "${text}"`);
    return organizationIdOf(text);
  };
  const connection = given.connection === undefined ? null : known.findConnection(given.connection);
  if (given.connection !== undefined && connection === null) {
    throw wrong(`a user names the unknown connection "${given.connection}"`);
  }
  const named = given.organizationId === undefined ? null : organizationOf(given.organizationId);
  const places = Object.entries(memberships).map(([text, role]) => [organizationOf(text), role] as const);
  return {
    email,
    userId: id,
    name,
    connection,
    organizationId: named === connection?.organizationId ? null : named,
    emailVerified,
    linked: linked || places.length > 0,
    memberships: places,
  };
}

/** @throws {TypeError} naming what is wrong */
export function serviceClientsOf(
  services: readonly TestService[],
): ReadonlyMap<string, ReadonlySet<ServicePermission>> {
  return new Map(
    services.map(({ clientId, permissions = ["standing"] }) => {
      if (!permissions.every(isServicePermission))
        throw wrong(`the service "${clientId}" has an unknown permission`);
      return [clientId, new Set(permissions)];
    }),
  );
}

function wrong(problem: string): TypeError {
  return new TypeError(`platformHandlers: ${problem}`);
}
