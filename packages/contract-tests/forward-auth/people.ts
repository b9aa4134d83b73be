import { actionClaims, type Issuer, signWithSecret } from "../simulator/issuer.ts";
import { fresh, logins } from "../simulator/people.ts";
import type { Stack } from "../simulator/stack.ts";

const LEGACY = {
  issuer: "https://legacy.platform.example/",
  secret: "a-secret-of-the-legacy-platform-0123456789",
  userId: "0b8f6d1c-3e5a-4c7b-9d2e-1f4a6b8c0d2e",
};

export const SETTINGS = {
  PLATFORM_JWT_ISSUER: LEGACY.issuer,
  PLATFORM_JWT_AUDIENCE: "https://api.platform.example",
  PLATFORM_JWT_SECRET: LEGACY.secret,
  TRUSTED_PROXY_HOPS: "1",
  IDENTITY_CACHE_MS: "60000",
  // Tests fail more often than users would.
  RATE_LIMIT_FAILED_TOKENS_PER_MINUTE: "1000000",
};

/** What a service must learn of the sender. */
export interface Expected {
  readonly userId: string;
  readonly organizationId: string | null;
  readonly role: string | null;
  /** Who acts for the user; null or missing for the user's own token. */
  readonly actorClient?: string | null;
}

interface Refused {
  readonly status: 401 | 403;
  readonly reason: string;
}

/** The credentials of a request: the user whom they let in, or the refusal. */
export interface Credentials {
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly outcome: Expected | Refused;
}

export const bearer = (token: string): readonly string[] => ["Authorization", `Bearer ${token}`];
const userToken = (token: string): readonly string[] => ["X-User-Token", token];
const BASIC = ["Authorization", "Basic eDp5"];

export const newcomer = (issuer: Issuer) => logins({ issuer }).entra(`${fresh("new")}@acme.example`);

/** The user behind a token, as platform-api says without a proxy. */
export async function userOf({ url }: Pick<Stack, "url">, token: string): Promise<string> {
  const answer = await fetch(`${url}/validate`, { headers: { "x-user-token": token } });
  const { userId }: { userId?: unknown } = await answer.json();
  return String(userId);
}

/** One token of every kind. */
async function everyToken(issuer: Issuer) {
  const login = logins({ issuer });
  const now = Math.floor(Date.now() / 1_000);
  const [subject, email] = [fresh("waad|id"), `${fresh("new")}@acme.example`];
  const [member, owner] = await Promise.all([
    login.entra(email, { subject }),
    login.entra("boss@acme.example"),
  ]);
  const delegated = (claims: object) =>
    issuer.sign(subject, { ...claims, ...actionClaims({ connection: "acme-entra", email }) });
  const signatureOf = (token: string) => token.slice(token.lastIndexOf("."));
  return {
    member,
    owner,
    agent: await delegated({ azp: "agent", act: { sub: "agt_1" } }),
    unnamed: await delegated({ azp: undefined, act: { sub: "auth0|support" } }),
    elsewhere: await login.saml(`${fresh("elsewhere")}@globex.example`),
    alone: await login.password(`${fresh("alone")}@nowhere.example`),
    legacy: await signWithSecret(LEGACY.secret, LEGACY.issuer, LEGACY.userId),
    expired: await issuer.sign("waad|old", { iat: now - 600, exp: now - 300 }),
    forged: member.replace(signatureOf(member), signatureOf(owner)),
    machine: await issuer.sign("m2m@clients", { gty: "client-credentials" }),
    unverified: await issuer.sign(
      fresh("auth0|id"),
      actionClaims({ email: `${fresh("mallory")}@hooli.example`, emailVerified: false }),
    ),
  };
}

type Tokens = Awaited<ReturnType<typeof everyToken>>;
type Maker = (tokens: Tokens, userId: (token: string) => Promise<string>) => Promise<Credentials>;

function admitted(
  who: keyof Tokens,
  organizationId: string | null,
  role: string | null,
  headers: (token: string) => readonly string[] = bearer,
): Maker {
  return async (tokens, userId) => ({
    headers: headers(tokens[who]),
    outcome: { userId: await userId(tokens[who]), organizationId, role },
  });
}

/** A token with which somebody acts for the member, who signs in first. */
function delegatedTo(who: keyof Tokens, actorClient: string): Maker {
  return async (tokens, userId) => ({
    headers: bearer(tokens[who]),
    outcome: { userId: await userId(tokens.member), organizationId: "acme", role: "member", actorClient },
  });
}

function refused(status: 401 | 403, reason: string, headers: (tokens: Tokens) => readonly string[]): Maker {
  return async (tokens) => ({ headers: headers(tokens), outcome: { status, reason } });
}

const MAKERS = {
  "a member": admitted("member", "acme", "member"),
  "an owner": admitted("owner", "acme", "owner"),
  "a member of another organization": admitted("elsewhere", "globex", "member"),
  "a user without an organization": admitted("alone", null, null),
  "a token of an agent": delegatedTo("agent", "agent"),
  "a delegated token that names no application": delegatedTo("unnamed", "unknown"),
  "a legacy token": admitted("legacy", null, null),
  "X-User-Token": admitted("member", "acme", "member", userToken),
  "the same token in both headers": admitted("member", "acme", "member", (token) => [
    ...bearer(token),
    ...userToken(token),
  ]),
  "no token": refused(401, "TOKEN_MISSING", () => []),
  "an expired token": refused(401, "TOKEN_EXPIRED", ({ expired }) => bearer(expired)),
  "a forged token": refused(401, "TOKEN_INVALID", ({ forged }) => bearer(forged)),
  "two different tokens": refused(401, "CREDENTIALS_CONFLICT", ({ member, owner }) => [
    ...bearer(member),
    ...userToken(owner),
  ]),
  "X-User-Token twice": refused(401, "CREDENTIALS_CONFLICT", ({ member, owner }) => [
    ...userToken(member),
    ...userToken(owner),
  ]),
  "Basic credentials": refused(401, "CREDENTIALS_CONFLICT", () => BASIC),
  "Basic credentials beside a token": refused(401, "CREDENTIALS_CONFLICT", ({ member }) => [
    ...BASIC,
    ...userToken(member),
  ]),
  "a machine token": refused(403, "USER_TOKEN_REQUIRED", ({ machine }) => bearer(machine)),
  "an address that is not verified": refused(403, "EMAIL_UNVERIFIED", ({ unverified }) => bearer(unverified)),
} satisfies Record<string, Maker>;

export type CredentialName = keyof typeof MAKERS;
export const CREDENTIAL_NAMES = Object.keys(MAKERS) as CredentialName[];

/** Everything a client may send as credentials. */
export async function everyCredential(stack: Stack): Promise<Readonly<Record<CredentialName, Credentials>>> {
  const tokens = await everyToken(stack.issuer);
  const made = CREDENTIAL_NAMES.map(async (name) => {
    return [name, await MAKERS[name](tokens, (token) => userOf(stack, token))] as const;
  });
  return Object.fromEntries(await Promise.all(made)) as Record<CredentialName, Credentials>;
}
