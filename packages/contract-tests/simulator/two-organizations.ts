import { fresh, logins } from "./people.ts";
import type { Stack } from "./stack.ts";

export type Side = "x" | "y";

/** Changes of an organization in the file. By default it has the domain, its connection and JIT. */
export type Settings = Readonly<Record<string, unknown>>;

/** Two new organizations that have both verified one domain, each with its own SSO. */
export interface TwoOrganizations {
  readonly domain: string;
  readonly id: Readonly<Record<Side, string>>;
  /** The name of the organization's connection. */
  readonly connection: Readonly<Record<Side, string>>;
  /** Applies the organizations file with these changes. @returns the printed text */
  apply(settings?: { readonly [side in Side]?: Settings }): Promise<string>;
  /** Signs a token of the organization's SSO. */
  sso(side: Side, email: string, subject?: string): Promise<string>;
  /** Signs a token of a password login with a verified address. */
  password(email: string, subject?: string): Promise<string>;
  /** The stored memberships, such as `x:member`. */
  memberships(email: string): Promise<string[]>;
  /** The sides with an open invitation for the address. */
  openInvitations(email: string): Promise<string[]>;
}

export function twoOrganizations(stack: Stack): TwoOrganizations {
  const login = logins(stack);
  const name = fresh("two");
  const domain = `${name}.example`;
  const id = { x: `${name}-x`, y: `${name}-y` };
  const connection = { x: `${name}-x-sso`, y: `${name}-y-sso` };
  const organization = (side: Side, settings: Settings = {}) => ({
    id: id[side],
    name: side,
    jit: true,
    defaultRole: "member",
    domains: [domain],
    connections: [{ name: connection[side], strategy: "waad", displayName: side }],
    ...settings,
  });
  const sideOf = (organizationId: unknown) => (organizationId === id.x ? "x" : "y");
  const itemsOf = async (type: string, email: string) =>
    (await stack.items()).filter((item) => item.type === type && item.email === email);
  return {
    domain,
    id,
    connection,
    async apply({ x, y } = {}) {
      const { status, output } = await stack.orgApply([organization("x", x), organization("y", y)]);
      if (status !== 0) throw new Error(output);
      return output;
    },
    sso: (side, email, subject = fresh("waad|id")) =>
      login.entra(email, { connection: connection[side], subject }),
    password: (email, subject = fresh("auth0|id")) => login.password(email, { subject }),
    async memberships(email) {
      const items = await itemsOf("membership", email);
      return items.map(({ organizationId, role }) => `${sideOf(organizationId)}:${role}`).sort();
    },
    async openInvitations(email) {
      const items = await itemsOf("invitation", email);
      const open = items.filter(({ consumedBy }) => consumedBy === null);
      return open.map(({ organizationId }) => sideOf(organizationId)).sort();
    },
  };
}
