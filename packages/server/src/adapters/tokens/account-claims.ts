import type { VerifiedClaims } from "../../domain/index.ts";
import { type ClaimsFacts, readClaims } from "./claims-policy.ts";
import { auth0Rows } from "./issuers.ts";

/** What the post-login Action would put into the token of a login by an account that is linked to no other one at Auth0. */
export interface AccountLogin {
  readonly tenant: string;
  readonly subject: string;
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  readonly connection: string;
  /** `app_metadata.capitol_user_id`; null for an account without it. */
  readonly signedUserId: unknown;
}

const NAMESPACE = "urn:account:";
/** Of a token that nobody signs. */
const ISSUER = { issuers: [NAMESPACE], audience: NAMESPACE, claimNamespace: NAMESPACE };
const NO_KEYS = { find: async () => null, current: () => null };
const LIFETIME_SECONDS = 60;

/**
 * The claims of a login that the account would make now, read by the policy of tokens: so that a trial judges what a login
 * would be judged by. The login is later than everything that has ended tokens until now.
 * @throws {Refusal} TOKEN_INVALID for what no token may say
 */
export function accountClaims(login: AccountLogin, now: Date): VerifiedClaims {
  const iat = Math.floor(now.getTime() / 1_000) + 1;
  const { tenant, subject, email, isEmailVerified, connection, signedUserId } = login;
  const said: readonly (readonly [string, unknown])[] = [
    ["email", email],
    ["email_verified", isEmailVerified],
    ["connection", connection],
    ["capitol_user_id", signedUserId],
  ];
  const ours = said.filter(([, value]) => value !== null);
  const claims = {
    ...Object.fromEntries(ours.map(([name, value]) => [`${NAMESPACE}${name}`, value])),
    aud: NAMESPACE,
    sub: subject,
    iat,
    exp: iat + LIFETIME_SECONDS,
  };
  const rules = { ...ISSUER, tenant, keys: NO_KEYS, maxLifetimeSeconds: LIFETIME_SECONDS };
  const policy = { nowSeconds: iat, clockToleranceSeconds: 0, maxLifetimeSeconds: LIFETIME_SECONDS };
  const [row] = auth0Rows(rules);
  if (row === undefined) throw new TypeError("an issuer has no row");
  return readClaims({ claims, row, policy } satisfies ClaimsFacts);
}
