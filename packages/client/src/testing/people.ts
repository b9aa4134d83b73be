import { canonicalEmail, domainOfEmail, isUserId } from "@platform-api/server/wire";
import type { PlatformIdentity, Role } from "../guards/token-validator.ts";
import { type AuditEntry, record } from "./audit.ts";

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
  readonly locked?: readonly (keyof Settings)[];
}

/** What `org.update` changes. */
interface Settings {
  name: string;
  jit: boolean;
  defaultRole: Role;
  enforceSso: boolean;
}

type Changes = { readonly [Name in keyof Settings]?: Settings[Name] | undefined };

const SETTINGS = ["name", "jit", "defaultRole", "enforceSso"] as const;

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
  /**
   * Whether they have signed in before, as users with `memberships` have: a delegated token is then let in. With `linked`,
   * an untrusted address is null instead of a refusal. Default: false.
   */
  readonly linked?: boolean;
}

/** How an organization's people can be recognized. */
interface WaysIn {
  /** The verified domains. */
  domains: readonly string[];
  /** The connections, and the one that is being set up. */
  connections: readonly Connection[];
}

export type Organization = Settings &
  WaysIn & {
    readonly [Fact in "id" | "trusts" | "locked"]-?: NonNullable<TestOrganization[Fact]>;
  } & {
    readonly auth0OrgId: string | undefined;
    /** What the test has defined: operators' domains and connections are those of `given`. */
    readonly given: Readonly<Settings & WaysIn>;
    /** What the organization itself has claimed, by domain. */
    readonly claims: Map<string, Claim>;
    /** The names of connections that the organization has removed. */
    readonly removedConnections: Set<string>;
    /** By address. */
    readonly invitations: Map<string, Invitation>;
    /** What calls have changed, oldest first. */
    readonly audit: AuditEntry[];
  };

/** A domain that an organization has claimed, and perhaps verified. */
export interface Claim {
  readonly domain: string;
  /** What the DNS record must hold. */
  readonly value: string;
  readonly checkedAt: string | null;
  /** The values that the last check saw instead. */
  readonly seen: readonly string[] | null;
}

export interface Connection {
  readonly name: string;
  readonly displayName: string;
  readonly strategy: string | null;
  readonly state: "pending" | "enabled" | "disabled";
  readonly waitingFor: "connection" | null;
  readonly testedAt: string | null;
  readonly origin: "operator" | "self-service";
  /** The strategy with which the test has set it up at Auth0; null before that. */
  readonly setUpAs: string | null;
}

/** A role offered to the user of an address. */
export interface Invitation {
  readonly invitationId: string;
  readonly email: string;
  readonly role: Role;
  readonly outside: boolean;
  readonly inviter: User;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** How it ended; null while it has not. */
  readonly ended: "accepted" | "void" | "revoked" | "declined" | null;
}

/** A place in an organization. */
export interface Membership {
  readonly role: Role;
  readonly status: "active" | "removed";
  /** Whether a removed member left by themselves. */
  readonly hasLeft: boolean;
  readonly origin: "invitation" | "jit" | "join";
  /** Whether they were invited at an address outside the organization's domains. */
  readonly outside: boolean;
  /** The user id of who invited them; null for an operator and for nobody. */
  readonly invitedBy: string | null;
  readonly joinedAt: string;
}

export type User = Required<Omit<TestUser, "connection" | "organizationId">> & {
  readonly connection: string | undefined;
  /** By organization id: `memberships` and what calls have added and changed. */
  readonly standing: Map<string, Membership>;
  /** The organization of their SSO connection. */
  readonly ssoOrganization: Organization | undefined;
  readonly tokenOrganization: Organization | undefined;
  readonly linkedAt: string;
  /** Whether there is a link: a delegated token makes none. */
  hasSignedIn: boolean;
};

/** A user, through an application, and who acts for them. */
export interface Login extends Pick<PlatformIdentity, "clientId" | "actor"> {
  readonly user: User;
}

/** @throws {TypeError} naming what is wrong */
export function organizationsOf(given: readonly TestOrganization[]): ReadonlyMap<string, Organization> {
  const organizations = given.map((organization) => {
    const { name, jit = true, defaultRole = "member", enforceSso = false } = organization;
    const given: Settings & WaysIn = {
      name,
      jit,
      defaultRole,
      enforceSso,
      domains: (organization.domains ?? []).map((domain) => domain.toLowerCase()),
      connections: (organization.connections ?? []).map(
        ({ name, displayName = name, strategy = "samlp" }) => ({
          name,
          displayName,
          strategy,
          state: "enabled",
          waitingFor: null,
          testedAt: null,
          origin: "operator",
          setUpAs: null,
        }),
      ),
    };
    return {
      trusts: [],
      locked: [],
      auth0OrgId: undefined,
      ...organization,
      ...given,
      given,
      claims: new Map(),
      removedConnections: new Set<string>(),
      invitations: new Map(),
      audit: [],
    };
  });
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
    connections.some(({ name, state }) => name === connection && state !== "pending"),
  );
  if (connection !== undefined && ssoOrganization === undefined) {
    throw wrong(`a user names the unknown connection "${connection}"`);
  }
  const user: User = {
    email,
    userId,
    emailVerified: given.emailVerified ?? true,
    linked: given.linked ?? false,
    memberships,
    connection,
    standing: new Map(),
    linkedAt: new Date().toISOString(),
    hasSignedIn: false,
    ssoOrganization,
    tokenOrganization: organizationId === undefined ? ssoOrganization : organizations.get(organizationId),
  };
  resetStanding(user, organizations);
  return user;
}

/** Restores the memberships, and whether there is a link, as they were before the first call. */
export function resetStanding(user: User, organizations: ReadonlyMap<string, Organization>): void {
  user.standing.clear();
  for (const [id, given] of Object.entries(user.memberships)) {
    const organization = organizations.get(id);
    if (organization === undefined) continue;
    const outside = !hasVerified(organization, user.email);
    const membership = membershipOf({ role: "member", origin: "invitation", outside });
    if (given === "removed") user.standing.set(id, { ...membership, status: "removed" });
    else user.standing.set(id, { ...membership, role: given });
  }
  user.hasSignedIn = user.linked || user.standing.size > 0;
}

/** Restores the organization as it was before the first call. */
export function resetOrganization(organization: Organization): void {
  const { domains, connections } = organization.given;
  changeSettings(organization, organization.given);
  Object.assign(organization, { domains, connections });
  organization.claims.clear();
  organization.removedConnections.clear();
  organization.invitations.clear();
  organization.audit.length = 0;
}

export function changeSettings(organization: Organization, changes: Changes): void {
  Object.assign(organization, Object.fromEntries(givenIn(changes).map((name) => [name, changes[name]])));
}

/** The settings that the changes name. */
export function givenIn(changes: Changes): (keyof Settings)[] {
  return SETTINGS.filter((name) => changes[name] !== undefined);
}

/** What makes somebody a member. */
type Granted = Pick<Membership, "role" | "origin" | "outside"> & {
  readonly invitation?: Invitation;
};

/** Makes the user an active member. */
export function addMembership(
  organization: Organization,
  { user, clientId: via }: Login,
  granted: Granted,
): Membership {
  const membership = membershipOf(granted);
  user.standing.set(organization.id, membership);
  const { invitation, origin: rule } = granted;
  const about = { via, userId: user.userId, rule, invitationId: invitation?.invitationId ?? null };
  record(organization, { actor: "login", action: "membership-created", ...about });
  return membership;
}

function membershipOf({ invitation, ...granted }: Granted): Membership {
  const joinedAt = new Date().toISOString();
  const invitedBy = invitation?.inviter.userId ?? null;
  return { ...granted, status: "active", hasLeft: false, invitedBy, joinedAt };
}

/** The enabled connection of the user's login. */
export function ssoConnectionOf({ ssoOrganization, connection }: User): Connection | undefined {
  return ssoOrganization?.connections.find(({ name, state }) => name === connection && state === "enabled");
}

export function hasVerified({ domains }: Organization, email: string): boolean {
  return domains.includes(domainOfEmail(email));
}

function wrong(problem: string): TypeError {
  return new TypeError(`platformHandlers: ${problem}`);
}
