import { z } from "zod";
import type { Account } from "./accounts.ts";
import { type Connection, type Organization, PASSWORD_CONNECTION } from "./connection.ts";

/** What an authorization request asks for, of the parameters that Auth0 adds to the standard ones. */
export interface LoginRequest {
  /** The connection asked for, by name or as its organization's default; null: none. */
  readonly connection: Connection | null;
  readonly organization: Organization | null;
  /** The address to begin with, from `login_hint`; empty: none. */
  readonly email: string;
  /** Whether to begin with a new account (`screen_hint=signup`). */
  readonly isSignUp: boolean;
}

/** Why there is no way to sign in as the request asks, and what it might have meant. */
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

  /** @throws when there is none of this name */
  connection(name: string): Connection {
    const connection = this.#connections.get(name);
    if (connection === undefined) throw new Error(`No connection is called "${name}"`);
    return connection;
  }

  /** Whether the account still has a way in: a connection may be gone since its last login. */
  admits(account: Account): boolean {
    return this.#connections.has(account.connection);
  }

  organization(auth0OrgId: string): Organization | null {
    return this.#organizations.get(auth0OrgId) ?? null;
  }

  /** Reads the parameters of an authorization request. */
  loginRequest(params: unknown): LoginRequest | LoginProblem {
    const {
      connection: asked,
      organization: auth0OrgId,
      login_hint,
      screen_hint,
    } = paramsSchema.parse(params);
    const organization = auth0OrgId === undefined ? null : this.organization(auth0OrgId);
    if (auth0OrgId !== undefined && organization === null) {
      const known = [...this.#organizations.values()].map(({ auth0OrgId: id, name }) => `${id} (${name})`);
      return { problem: `There is no organization “${auth0OrgId}”.`, known };
    }
    const name = asked ?? organization?.connections?.[0];
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

/** Whether a session of this account answers the request without another login. */
export function isAnsweredBy(request: LoginRequest | LoginProblem, account: Account): boolean {
  if ("problem" in request) return false;
  const { connection, email } = request;
  return (
    (connection === null || connection.name === account.connection) &&
    (email === "" || email.toLowerCase() === account.email)
  );
}
