import type { Configuration, JWTStructured } from "oidc-provider";

/** What oidc-provider knows about a token that it is about to sign. */
export type Token = Parameters<NonNullable<Configuration["extraTokenClaims"]>>[1];

/** Auth0's default lifetime of access tokens. */
export const ACCESS_TOKEN_SECONDS = 86_400;

/** Whether the token also opens `/userinfo`. */
export function opensUserinfo(token: Token): boolean {
  return token.kind === "AccessToken" && token.scope?.split(" ").includes("openid") === true;
}

/** Shapes a token like Auth0's (its default dialect, which predates RFC 9068). */
export function shapeLikeAuth0(issuer: string, token: Token, jwt: JWTStructured): void {
  const { payload } = jwt;
  const { aud, client_id: clientId } = payload;
  delete payload.jti;
  delete payload.client_id;
  jwt.header = { typ: "JWT" };
  payload.azp = clientId;
  if (opensUserinfo(token)) payload.aud = [aud, `${issuer}userinfo`];
  if (token.kind === "ClientCredentials") {
    payload.sub = `${clientId}@clients`;
    payload.gty = "client-credentials";
  }
}
