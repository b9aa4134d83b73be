import { z } from "zod";
import type { Account } from "./accounts.ts";
import { type Connection, type Organization, PASSWORD_CONNECTION } from "./connection.ts";

/** The parameters that Auth0 adds to a standard authorization request. */
export interface LoginRequest {
  /** The requested connection, by name or as the organization's default, or null. */
  readonly connection: Connection | null;
  readonly organization: Organization | null;
  /** The initial address from `login_hint`, or the empty string. */
  readonly email: string;
  /** Whether to start with the sign-up form (`screen_hint=signup`). */
  readonly isSignUp: boolean;
}

/** Why the requested sign-in is impossible, and the names that exist. */
export interface LoginProblem {
  readonly problem: string;
  readonly known: readonly string[];
}

const paramsSchema = z.object({
  connection: z.string().optional(),
  organization: z.string().optional(),
  login_hint: z.string().default(""),
  screen_hint: z.string().optional(),
});

/** The connections and organizations that exist at this identity provider. */
export class Tenant {
  readonly #connections: ReadonlyMap<string, Connection>;
  readonly #organizations: ReadonlyMap<string, Organization>;

  /** @throws when an organization names a connection that does not exist */
  constructor(connections: readonly Connection[], organizations: readonly Organization[]) {
    const all = [PASSWORD_CONNECTION, ...connections];
    this.#connections = new Map(all.map((connection) => [connection.name, connection]));
    this.#organizations = new Map(
      organizations.map((organization) => [organization.auth0OrgId, organization]),
    );
    for (const name of organizations.flatMap((organization) => organization.connections ?? []))
      this.connection(name);
  }

  /** @throws when no connection has this name */
  connection(name: string): Connection {
    const connection = this.#connections.get(name);
    if (connection === undefined) throw new Error(`No connection is called "${name}"`);
    return connection;
  }

  /** Whether the account can still sign in. Its connection may have been removed since the last login. */
  admits(account: Account): boolean {
    return this.#connections.has(account.connection);
  }

  organization(auth0OrgId: string): Organization | null {
    return this.#organizations.get(auth0OrgId) ?? null;
  }

  /** Reads the parameters of an authorization request. */
  loginRequest(params: unknown): LoginRequest | LoginProblem {
    const { login_hint, screen_hint, ...asked } = paramsSchema.parse(params);
    const { organization: auth0OrgId } = asked;
    const organization = auth0OrgId === undefined ? null : this.organization(auth0OrgId);
    if (auth0OrgId !== undefined && organization === null) {
      const known = [...this.#organizations.values()].map(({ auth0OrgId: id, name }) => `${id} (${name})`);
      return { problem: `There is no organization “${auth0OrgId}”.`, known };
    }
    const name = asked.connection ?? organization?.connections?.[0];
    if (name !== undefined && !this.#connections.has(name)) {
      return { problem: `There is no connection “${name}”.`, known: [...this.#connections.keys()] };
    }
    if (name !== undefined && organization?.connections?.includes(name) === false) {
      const problem = `The connection “${name}” is not enabled for the organization “${organization.name}”.`;
      return { problem, known: organization.connections };
    }
    return {
      connection: name === undefined ? null : this.connection(name),
      organization,
      email: login_hint,
      isSignUp: screen_hint === "signup",
    };
  }
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
