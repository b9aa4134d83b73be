import type { Configuration, JWTStructured } from "oidc-provider";
import type { Site } from "../tenant/site.ts";

/** What oidc-provider knows about a token that it is about to sign. */
export type Token = Parameters<NonNullable<Configuration["extraTokenClaims"]>>[1];

/** Auth0's default lifetime of access tokens. */
export const ACCESS_TOKEN_SECONDS = 86_400;

/** Whether the token also opens `/userinfo`. */
export function opensUserinfo(token: Token): boolean {
  return token.kind === "AccessToken" && token.scope?.split(" ").includes("openid") === true;
}

/** Shapes a token like Auth0's. */
export function shapeLikeAuth0(
  { issuer, audience, tokenDialect }: Pick<Site, "audience" | "tokenDialect"> & { readonly issuer: string },
  token: Token,
  jwt: JWTStructured,
): void {
  const { payload } = jwt;
  const { aud, client_id: clientId } = payload;
  if (opensUserinfo(token)) payload.aud = [aud, `${issuer}userinfo`];
  if (tokenDialect === "rfc9068_profile" && aud === audience) return;
  delete payload.jti;
  delete payload.client_id;
  jwt.header = { typ: "JWT" };
  payload.azp = clientId;
  if (token.kind === "ClientCredentials") {
    payload.sub = `${clientId}@clients`;
    payload.gty = "client-credentials";
  }
}
