import type { TestUser } from "@platform-api/client/testing";
import type { Environment } from "@platform-api/platform-api";
import { actionClaims, type Claims, type Issuer } from "../simulator/issuer.ts";
import { type Stack, startStack } from "../simulator/stack.ts";
import { ALL_PEOPLE, ORGANIZATIONS, type PersonaOrganization } from "./personas.ts";

/** A stack with a command line whose commands must succeed. */
export interface PreparedStack extends Stack {
  succeed(...args: string[]): Promise<void>;
}

/** A user who signs in. A login without an address belongs to no persona. */
type Login = Partial<TestUser>;

/** A real stack on which the personas have the state they describe: invited, signed in before, removed. */
export async function prepareStack(settings: Environment = {}): Promise<PreparedStack> {
  const stack = await startStack({ CORS_ORIGINS: "https://app.platform.example", ...settings });
  const succeed = async (...args: string[]) => {
    const { status, output } = await stack.cli(...args);
    if (status !== 0) throw new Error(output);
  };
  await stack.applyOrganizations(ORGANIZATIONS.map((organization) => file(organization, false)));
  for (const user of ALL_PEOPLE) {
    if (user.linked !== true && user.memberships === undefined) continue;
    // Their first login was at a time when their address was still trusted.
    const client = stack.client(await signIn(stack.issuer, { ...user, emailVerified: true }));
    const { userId } = (await client.org.me.query()).user;
    for (const [id, role] of Object.entries(user.memberships ?? {})) {
      if (role === "removed") await succeed("member", "remove", id, userId);
    }
  }
  await stack.applyOrganizations(ORGANIZATIONS.map((organization) => file(organization)));
  return { ...stack, succeed };
}

const SETTINGS = ["name", "jit", "defaultRole", "enforceSso"] as const;

/** The organization as `org apply` wants it, with an invitation for each membership. What it names is locked. */
function file(persona: PersonaOrganization, enforceSso = persona.enforceSso ?? false) {
  const { locked = SETTINGS, ...organization } = persona;
  const members = ALL_PEOPLE.flatMap(({ email, memberships = {} }) => {
    const role = memberships[organization.id];
    return role === undefined ? [] : [{ email, role: role === "removed" ? "member" : role }];
  });
  const whole = { jit: true, defaultRole: "member", ...organization, enforceSso, members };
  const left = SETTINGS.filter((setting) => !locked.includes(setting));
  return Object.fromEntries(
    Object.entries(whole).filter(([name]) => !left.some((setting) => setting === name)),
  );
}

const STRATEGIES: ReadonlyMap<string, string> = new Map(
  ORGANIZATIONS.flatMap(({ connections = [] }) => connections.map(({ name, strategy }) => [name, strategy])),
);

/** By default each address has one subject. */
export function subjectOf({ email, connection }: Login): string {
  return `${STRATEGIES.get(connection ?? "") ?? "auth0"}|${email ?? "nobody"}`;
}

/** An access token as Auth0 issues it for such a login. */
export function signIn(
  issuer: Issuer,
  login: Login,
  claims: Claims = {},
  subject = subjectOf(login),
): Promise<string> {
  const { email, connection, organizationId, emailVerified = true } = login;
  const named = ORGANIZATIONS.find(({ id }) => id === organizationId);
  return issuer.sign(subject, {
    ...actionClaims({
      connection: connection ?? "Username-Password-Authentication",
      ...(email !== undefined && { email }),
      emailVerified: connection === undefined && emailVerified,
    }),
    ...(named?.auth0OrgId !== undefined && { org_id: named.auth0OrgId }),
    ...claims,
  });
}
