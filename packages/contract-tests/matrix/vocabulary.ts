/** The model has two organizations, three connections, two domains and three mailboxes. */
export const ORGANIZATIONS = ["x", "y"] as const;
export type Organization = (typeof ORGANIZATIONS)[number];

/** Connections of the organizations file keep these names in either organization. */
export const DECLARED_CONNECTIONS = ["x-sso", "y-sso"] as const;
/** The one that X sets up itself, at most once. */
export const OWN_CONNECTION = "x-own";
export const CONNECTIONS = [...DECLARED_CONNECTIONS, OWN_CONNECTION] as const;
type DeclaredConnection = (typeof DECLARED_CONNECTIONS)[number];
export type Connection = (typeof CONNECTIONS)[number];

export const DOMAINS = ["shared", "outside"] as const;
export type Domain = (typeof DOMAINS)[number];

export const ADDRESSES = ["ada@shared", "bob@shared", "ada@outside"] as const;
export type Address = (typeof ADDRESSES)[number];

/** The directory's user of an address, or a user known only by the UUID of a signed claim. */
export type User = Address | "stranger";

/** "password" has the claim of a database connection. The others lack the claim or the verified flag. */
export const PASSWORDS = ["password", "password without claim", "unverified password"] as const;
export type Password = (typeof PASSWORDS)[number];

export interface Login {
  readonly through: Password | Connection;
  /** Unique within its connection. All password logins share one connection. */
  readonly subject: string;
  readonly address: Address | null;
  /** The signed `capitol_user_id`. */
  readonly claimedUser: User | null;
}

export type Call =
  | { readonly name: "validate" | "me" }
  | { readonly name: "check" | "join"; readonly organization: Organization };

/** Processes on one store. "remembering" ones have the default cache times, which are longer than a history. */
export const PROCESSES = ["one", "another", "remembering", "another remembering", "report mode"] as const;
export type Process = (typeof PROCESSES)[number];

export interface Request {
  readonly login: Login;
  readonly call: Call;
  readonly process: Process;
}

/** An action between requests, of an operator or of an organization. */
export type Change =
  | { readonly does: "verify" | "release"; readonly organization: Organization; readonly domain: Domain }
  | { readonly does: "pass on"; readonly domain: Domain; readonly to: Organization }
  | {
      readonly does: "register";
      readonly connection: DeclaredConnection;
      readonly organization: Organization;
    }
  | { readonly does: "take away"; readonly connection: DeclaredConnection }
  /** The organization's own, whatever the file names: a claim without its record, and a domain verified by it. */
  | {
      readonly does: "claim" | "prove" | "lapse" | "give up";
      readonly organization: Organization;
      readonly domain: Domain;
    }
  | { readonly does: "begin" | "finish" | "remove connection" }
  /** As an owner does: the organizations file still names it. */
  | { readonly does: "switch off" | "switch on"; readonly connection: Connection }
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

/** Concurrent requests, or one change. */
export type Step = { readonly requests: readonly Request[] } | { readonly change: Change };

export interface Settings {
  readonly jit: boolean;
  readonly enforceSso: boolean;
  readonly trusts: readonly Organization[];
}

/** The content of the organizations file, without invitations, and what organizations have done themselves. */
export interface Setup {
  readonly connections: Readonly<Record<Connection, Organization | null>>;
  /** The organizations of the connections that are switched off, which are null above. */
  readonly switchedOff: Readonly<Record<Connection, Organization | null>>;
  /** The last organizations of the connections that were taken away or removed, which are null in both. */
  readonly removed: Readonly<Record<Connection, Organization | null>>;
  /** How far X has set up its own connection. Only an enabled one is above. */
  readonly own: "none" | "pending" | "enabled" | "removed";
  /** The organizations of which a domain is trusted, sorted. The next two are why: they may name one twice. */
  readonly verifiers: Readonly<Record<Domain, readonly Organization[]>>;
  /** Those for which the file names it. One that was given up is trusted again when the file is applied. */
  readonly declared: Setup["verifiers"];
  /** Those that have verified it by DNS. */
  readonly proven: Setup["verifiers"];
  readonly settings: Readonly<Record<Organization, Settings>>;
}

export interface History {
  readonly setup: Setup;
  readonly steps: readonly Step[];
}

export function other(organization: Organization): Organization {
  return organization === "x" ? "y" : "x";
}

export function domainOf(address: Address): Domain {
  return address === "ada@outside" ? "outside" : "shared";
}

/** The organization that the connection belongs to, switched off or not. */
export function registeredFor({ connections, switchedOff }: Setup, connection: Connection) {
  return connections[connection] ?? switchedOff[connection];
}

/** The organization that the connection belongs to, or belonged to when it was taken away. */
export function lastOwnerOf(setup: Setup, connection: Connection) {
  return registeredFor(setup, connection) ?? setup.removed[connection];
}

export function connectionOf({ through }: Login): Connection | null {
  return CONNECTIONS.find((connection) => connection === through) ?? null;
}

/** The connection of a seat, or the strategy if the login is not SSO. */
export function seatOf(login: Login): Connection | "auth0" {
  return connectionOf(login) ?? "auth0";
}

export function subjectOf(login: Login): string {
  return `${seatOf(login)}|${login.subject}`;
}

/** The organization whose connection the login came through. */
export function organizationOf(setup: Setup, login: Login): Organization | null {
  const connection = connectionOf(login);
  return connection === null ? null : setup.connections[connection];
}
