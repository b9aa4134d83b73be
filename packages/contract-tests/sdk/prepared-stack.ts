import type { TestUser } from "@platform-api/client/testing";
import { actionClaims, type Claims, type Issuer } from "../platform/issuer.ts";
import { type Stack, startStack } from "../platform/stack.ts";
import { type CastOrganization, EVERYBODY, ORGANIZATIONS } from "./cast.ts";

/** A stack where a command of the command line must succeed. */
export interface PreparedStack extends Stack {
  succeed(...args: string[]): Promise<void>;
}

/** Who is signing in; whoever has no address is nobody of the cast. */
type Login = Partial<TestUser>;

/** A real stack on which the cast is what it says: invited, signed in before, removed. */
export async function prepareStack(): Promise<PreparedStack> {
  const stack = await startStack({ CORS_ORIGINS: "https://app.platform.example" });
  const succeed = async (...args: string[]) => {
    const { status, output } = await stack.cli(...args);
    if (status !== 0) throw new Error(output);
  };
  await stack.applyOrganizations(ORGANIZATIONS.map((organization) => file(organization, false)));
  for (const user of EVERYBODY) {
    if (user.linked !== true && user.memberships === undefined) continue;
    // As they were before their address was no longer trusted.
    const client = stack.client(await signIn(stack.issuer, { ...user, emailVerified: true }));
    const { userId } = (await client.org.me.query()).user;
    for (const [id, role] of Object.entries(user.memberships ?? {})) {
      if (role === "removed") await succeed("member", "remove", id, userId);
    }
  }
  await stack.applyOrganizations(ORGANIZATIONS.map((organization) => file(organization)));
  return { ...stack, succeed };
}

/** The organization as `org apply` wants it, with an invitation for each membership. */
function file(organization: CastOrganization, enforceSso = organization.enforceSso ?? false) {
  const members = EVERYBODY.flatMap(({ email, memberships = {} }) => {
    const role = memberships[organization.id];
    return role === undefined ? [] : [{ email, role: role === "removed" ? "member" : role }];
  });
  return { jit: true, defaultRole: "member", ...organization, enforceSso, members };
}

const STRATEGIES: ReadonlyMap<string, string> = new Map(
  ORGANIZATIONS.flatMap(({ connections = [] }) => connections.map(({ name, strategy }) => [name, strategy])),
);

/** An access token as Auth0 issues it for such a login; one address is one subject unless said. */
export function signIn(
  issuer: Issuer,
  { email, connection, organizationId, emailVerified = true }: Login,
  claims: Claims = {},
  subject = `${STRATEGIES.get(connection ?? "") ?? "auth0"}|${email ?? "nobody"}`,
): Promise<string> {
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
