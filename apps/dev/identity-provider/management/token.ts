import type { KeyObject } from "node:crypto";
import { errors, type JWTPayload, jwtVerify } from "jose";
import { ApiError } from "./api-error.ts";

export interface TokenRules {
  readonly issuers: readonly string[];
  /** The audience of the Management API. */
  readonly audience: string;
  /** The key that signs the tenant's tokens. */
  readonly key: KeyObject;
}

/**
 * Refuses a call whose token does not allow it.
 * @returns all scopes of the token
 * @throws {ApiError} in the words of Auth0
 */
export async function requireScope(
  authorization: string | undefined,
  scope: string,
  rules: TokenRules,
): Promise<readonly string[]> {
  const [, token] = /^Bearer (\S+)$/i.exec(authorization ?? "") ?? [];
  if (token === undefined) throw new ApiError(401, "Missing authentication");
  const { aud, scope: granted } = await verified(token, rules);
  const audiences = [aud ?? []].flat();
  if (!audiences.includes(rules.audience)) throw new ApiError(401, `Bad audience: ${audiences.join(",")}`);
  const scopes = typeof granted === "string" ? granted.split(" ") : [];
  if (scopes.includes(scope)) return scopes;
  throw new ApiError(403, `Insufficient scope, expected any of: ${scope}`, "insufficient_scope");
}

async function verified(token: string, { issuers, key }: TokenRules): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, key, { issuer: [...issuers], algorithms: ["RS256"] });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired)
      throw new ApiError(401, "Expired token received for JSON Web Token validation");
    if (error instanceof errors.JWSSignatureVerificationFailed)
      throw new ApiError(401, "Invalid signature received for JSON Web Token validation");
    throw new ApiError(401, "Invalid token");
  }
}
