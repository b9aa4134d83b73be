import { createPlatformClient } from "@platform-api/client";
import { contractOf, PROCEDURES } from "../../server/src/trpc/index.ts";
import { isAlsoByPost } from "../../server/src/wire/queries-by-post.ts";
import { actionClaims } from "./issuer.ts";
import { fresh } from "./people.ts";
import type { Stack } from "./stack.ts";

/** Every procedure about organizations. */
export const ORG_PROCEDURES: readonly string[] = PROCEDURES.filter((path) => path.startsWith("org."));

/** What a procedure answered: `OK`, or the reason of its refusal. */
export interface Outcome {
  readonly outcome: string;
  readonly status: number;
  readonly retryAfter: string | null;
  /** The whole answer, without what names the request. */
  readonly body: unknown;
}

/** Calls a procedure over HTTP. */
export async function call(url: string, path: string, token: string, input: object): Promise<Outcome> {
  const isGet = contractOf(path).type === "query" && !isAlsoByPost(path);
  const text = JSON.stringify(input);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = isGet
    ? await fetch(`${url}/trpc/${path}?input=${encodeURIComponent(text)}`, { headers })
    : await fetch(`${url}/trpc/${path}`, { method: "POST", headers, body: text });
  const body = await response.json();
  const { status, ok, headers: answered } = response;
  const outcome = ok ? "OK" : body.error.data.reason;
  return { outcome, status, retryAfter: answered.get("retry-after"), body };
}

/**
 * An organization that enforces SSO on a domain that its holding has verified, too: a login by password is accepted, but
 * the membership does not count for it. And another organization, whose owner is nobody here.
 */
export async function organizationWorld(stack: Stack) {
  const name = fresh("org");
  const [id, holding, elsewhere] = [name, `${name}-holding`, `${name}-elsewhere`];
  const domain = `${name}.example`;
  const sso = (of: string) => ({ name: `${of}-sso`, strategy: "waad", displayName: of });
  const settings = { jit: true, defaultRole: "member", enforceSso: false } as const;
  await stack.applyOrganizations([
    {
      id,
      ...settings,
      enforceSso: true,
      domains: [domain],
      connections: [sso(id)],
      members: invited(domain),
    },
    { id: holding, ...settings, jit: false, domains: [domain], trusts: [id] },
    {
      id: elsewhere,
      ...settings,
      domains: [`${elsewhere}.example`],
      connections: [sso(elsewhere)],
      members: invited(`${elsewhere}.example`),
    },
  ]);
  const bySso = (of: string, email: string, subject = `waad|${email}`) =>
    stack.issuer.sign(subject, actionClaims({ connection: `${of}-sso`, email, emailVerified: false }));
  const byPassword = (email: string) =>
    stack.issuer.sign(`auth0|${email}`, actionClaims({ email, emailVerified: true }));
  const userId = async (token: string) => {
    const client = createPlatformClient({ url: stack.url, token, retries: 0 });
    const { user } = await client.org.me.query();
    return user.userId;
  };
  const at = (who: string) => `${who}@${domain}`;

  const tokens = {
    owner: await bySso(id, at("owner")),
    admin: await bySso(id, at("admin")),
    member: await bySso(id, at("member")),
    stranger: await byPassword(`${name}@partner.example`),
    elsewhere: await bySso(elsewhere, `owner@${elsewhere}.example`),
    removed: await bySso(id, at("removed")),
    uncounted: await byPassword(at("uncounted")),
  };
  await userId(await bySso(id, at("uncounted")));
  const ids = {
    owner: await userId(tokens.owner),
    admin: await userId(tokens.admin),
    member: await userId(tokens.member),
    elsewhere: await userId(tokens.elsewhere),
    removed: await userId(tokens.removed),
  };
  const removal = { organizationId: id, userId: ids.removed };
  const { outcome, body } = await call(stack.url, "org.members.remove", tokens.owner, removal);
  if (outcome !== "OK") throw new Error(JSON.stringify(body));
  return { id, holding, elsewhere, domain, tokens, ids, bySso: (email: string) => bySso(id, email), at };
}

const invited = (domain: string) => [
  { email: `owner@${domain}`, role: "owner" },
  { email: `admin@${domain}`, role: "admin" },
];

export type OrganizationWorld = Awaited<ReturnType<typeof organizationWorld>>;
export type Caller = keyof OrganizationWorld["tokens"];
