import type { Configuration, JWTStructured } from "oidc-provider";

/** What oidc-provider knows of a token that it is about to sign. */
export type Token = Parameters<NonNullable<Configuration["extraTokenClaims"]>>[1];

/** The lifetime of access tokens at Auth0, unless an API sets another. */
export const ACCESS_TOKEN_SECONDS = 86_400;

/** Whether the token opens `/userinfo` as well as the API it is for. */
export function opensUserinfo(token: Token): boolean {
  return token.kind === "AccessToken" && token.scope?.split(" ").includes("openid") === true;
}

/** Gives a token the form of Auth0's own (its default dialect, which is older than RFC 9068). */
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
