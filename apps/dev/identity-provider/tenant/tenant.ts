import { z } from "zod";
import type { RecordStore } from "../records/record-store.ts";
import type { Account } from "./accounts.ts";
import { PEOPLE_CLIENT_IDS } from "./clients.ts";
import type { Connection, Organization, TenantConnection } from "./connection.ts";
import { Connections } from "./connections.ts";
import { Organizations } from "./organizations.ts";

/** The parameters that Auth0 adds to a standard authorization request. */
export interface LoginRequest {
  /** The requested connection, by name or as the organization's default, or null. */
  readonly connection: Connection | null;
  readonly organization: Organization | null;
  /** The initial address from `login_hint`, or the empty string. */
  readonly email: string;
  /** Whether to start with the sign-up form (`screen_hint=signup`). */
  readonly isSignUp: boolean;
  /** The connections to which an address may lead. None if the request names a connection. */
  readonly homeRealms: readonly Connection[];
}

/** Why the requested sign-in is impossible, and the names that exist. */
export interface LoginProblem {
  readonly problem: string;
  readonly known: readonly string[];
}

const paramsSchema = z.object({
  client_id: z.string(),
  connection: z.string().optional(),
  organization: z.string().optional(),
  login_hint: z.string().default(""),
  screen_hint: z.string().optional(),
});

/** The connections and organizations that exist at this identity provider. */
export class Tenant {
  readonly connections: Connections;
  readonly organizations: Organizations;

  /** @throws when an organization names a connection that does not exist */
  constructor(
    connections: readonly Connection[],
    organizations: readonly Organization[],
    records: RecordStore,
  ) {
    this.connections = new Connections(connections, PEOPLE_CLIENT_IDS, records);
    this.organizations = new Organizations(organizations, this.connections, records);
    for (const name of organizations.flatMap((organization) => organization.connections ?? []))
      this.connection(name);
  }

  /** @throws when no connection has this name */
  connection(name: string): TenantConnection {
    const connection = this.connections.find(name);
    if (connection === null) throw new Error(`No connection is called "${name}"`);
    return connection;
  }

  /** Whether the account can still sign in: it may be blocked, or its connection removed, since the last login. */
  admits(account: Account): boolean {
    return !account.isBlocked && this.connections.find(account.connection) !== null;
  }

  organization(auth0OrgId: string): Organization | null {
    return this.organizations.ofLogin(auth0OrgId);
  }

  /** Reads the parameters of an authorization request. */
  loginRequest(params: unknown): LoginRequest | LoginProblem {
    const { login_hint, screen_hint, client_id: clientId, ...asked } = paramsSchema.parse(params);
    const { organization: auth0OrgId } = asked;
    const organization = auth0OrgId === undefined ? null : this.organization(auth0OrgId);
    if (auth0OrgId !== undefined && organization === null) {
      const known = this.organizations.list().map(({ id, displayName }) => `${id} (${displayName})`);
      return { problem: `There is no organization “${auth0OrgId}”.`, known };
    }
    const connection = this.#connectionOf(asked.connection, organization, clientId);
    if (connection !== null && "problem" in connection) return connection;
    const homeRealms = asked.connection === undefined ? this.#homeRealms(organization) : [];
    return { connection, organization, email: login_hint, isSignUp: screen_hint === "signup", homeRealms };
  }

  /** Only declared connections have domains, and every application may use those. */
  #homeRealms(organization: Organization | null): Connection[] {
    return this.connections
      .list()
      .filter(({ domains = [] }) => domains.length > 0)
      .filter(({ name }) => organization?.connections?.includes(name) !== false);
  }

  /** The requested connection, or the organization's default. */
  #connectionOf(
    asked: string | undefined,
    organization: Organization | null,
    clientId: string,
  ): TenantConnection | LoginProblem | null {
    const enabled = organization?.connections;
    const name = asked ?? enabled?.[0];
    if (name === undefined) {
      if (enabled === undefined) return null;
      return { problem: `No connection is enabled for the organization “${organization?.name}”.`, known: [] };
    }
    const connection = this.connections.find(name);
    if (connection === null) {
      const known = this.connections.list().map((each) => each.name);
      return { problem: `There is no connection “${name}”.`, known };
    }
    if (enabled?.includes(name) === false) {
      const problem = `The connection “${name}” is not enabled for the organization “${organization?.name}”.`;
      return { problem, known: enabled };
    }
    const clients = this.connections.clientsOf(connection);
    if (clients.includes(clientId)) return connection;
    return {
      problem: `The connection “${name}” is not enabled for the application “${clientId}”.`,
      known: clients,
    };
  }
}

/** Home realm discovery: the connection to which the domain of an address leads, or null. */
export function homeRealmOf({ homeRealms }: LoginRequest, email: string): Connection | null {
  const domain = email.slice(email.lastIndexOf("@") + 1).toLowerCase();
  return homeRealms.find(({ domains }) => domains?.includes(domain)) ?? null;
}

/** Whether the request can reuse a session of this account. */
export function isAnsweredBy(request: LoginRequest | LoginProblem, account: Account): boolean {
  if ("problem" in request) return false;
  const { connection, email } = request;
  return (
    (connection === null || connection.name === account.connection) &&
    (email === "" || email.toLowerCase() === account.email)
  );
}
