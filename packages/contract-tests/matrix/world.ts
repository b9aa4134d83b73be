/** The words of a small world: two organizations, a connection each, two domains, three mailboxes. */
export const ORGANIZATIONS = ["x", "y"] as const;
export type Organization = (typeof ORGANIZATIONS)[number];

/** Connections keep these names wherever they are registered. */
export const CONNECTIONS = ["x-sso", "y-sso"] as const;
export type Connection = (typeof CONNECTIONS)[number];

export const DOMAINS = ["shared", "outside"] as const;
export type Domain = (typeof DOMAINS)[number];

export const ADDRESSES = ["ada@shared", "bob@shared", "ada@outside"] as const;
export type Address = (typeof ADDRESSES)[number];

/** The directory's user of an address, or a UUID that only a signed claim names. */
export type User = Address | "stranger";

/** "password": with the claim of a database connection; the others lack the claim or the verified flag. */
export const PASSWORDS = ["password", "password without claim", "unverified password"] as const;
export type Password = (typeof PASSWORDS)[number];

export interface Login {
  readonly through: Password | Connection;
  /** Unique within its connection; all passwords are one connection. */
  readonly subject: string;
  readonly address: Address | null;
  /** The signed `capitol_user_id`. */
  readonly claimedUser: User | null;
}

export type Call =
  | { readonly name: "validate" | "me" }
  | { readonly name: "check" | "join"; readonly organization: Organization };

/** Processes on one store. The remembering ones keep the default cache times, which outlast a history. */
export const PROCESSES = ["one", "another", "remembering", "another remembering", "report mode"] as const;
export type Process = (typeof PROCESSES)[number];

export interface Request {
  readonly login: Login;
  readonly call: Call;
  readonly process: Process;
}

/** What an operator does between requests. */
export type Change =
  | { readonly does: "verify" | "release"; readonly organization: Organization; readonly domain: Domain }
  | { readonly does: "pass on"; readonly domain: Domain; readonly to: Organization }
  | { readonly does: "register"; readonly connection: Connection; readonly organization: Organization }
  | { readonly does: "take away"; readonly connection: Connection }
  | { readonly does: "jit" | "enforce"; readonly organization: Organization; readonly on: boolean }
  | { readonly does: "trust"; readonly organization: Organization; readonly on: boolean }
  | { readonly does: "invite"; readonly organization: Organization; readonly address: Address }
  | {
      readonly does: "remove member" | "allow";
      readonly organization: Organization;
      readonly address: Address;
    }
  | {
      readonly does: "relink";
      readonly address: Address;
      readonly to: Login["subject"];
      readonly on: Connection;
    }
  | { readonly does: "open window"; readonly connection: Connection; readonly from: Organization | null }
  | { readonly does: "close window"; readonly connection: Connection };

/** Requests at the same time, or one change. */
export type Step = { readonly requests: readonly Request[] } | { readonly change: Change };

export interface Settings {
  readonly jit: boolean;
  readonly enforceSso: boolean;
  readonly trusts: readonly Organization[];
}

/** What is registered: what the organizations file says, invitations aside. */
export interface World {
  readonly connections: Readonly<Record<Connection, Organization | null>>;
  /** Who verified a domain, sorted. */
  readonly verifiers: Readonly<Record<Domain, readonly Organization[]>>;
  readonly settings: Readonly<Record<Organization, Settings>>;
}

export interface History {
  readonly world: World;
  readonly steps: readonly Step[];
}

export function other(organization: Organization): Organization {
  return organization === "x" ? "y" : "x";
}

export function domainOf(address: Address): Domain {
  return address === "ada@outside" ? "outside" : "shared";
}

export function connectionOf({ through }: Login): Connection | null {
  return CONNECTIONS.find((connection) => connection === through) ?? null;
}

/** What holds a seat: the connection, or the strategy of a login that is not SSO. */
export function seatOf(login: Login): Connection | "auth0" {
  return connectionOf(login) ?? "auth0";
}

export function subjectOf(login: Login): string {
  return `${seatOf(login)}|${login.subject}`;
}

/** The organization whose connection the login came through. */
export function organizationOf(world: World, login: Login): Organization | null {
  const connection = connectionOf(login);
  return connection === null ? null : world.connections[connection];
}
