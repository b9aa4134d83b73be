import { equal } from "node:assert/strict";
import { AuthClient } from "@auth0/auth0-auth-js";
import { callbackOf, JANE, visit } from "./browser.mjs";
import { checkToken } from "./checks.mjs";

const { APP_ORIGIN, AUDIENCE, ISSUER, WEB_CLIENT_ID, WEB_CLIENT_SECRET } = process.env;
const client = new AuthClient({
  domain: new URL(ISSUER).host,
  clientId: WEB_CLIENT_ID,
  clientSecret: WEB_CLIENT_SECRET,
  authorizationParams: {
    ...JANE,
    audience: AUDIENCE,
    redirect_uri: `${APP_ORIGIN}/callback`,
    scope: "openid email offline_access",
  },
});
const { authorizationUrl, codeVerifier } = await client.buildAuthorizationUrl();
const tokens = await client.getTokenByCode(await callbackOf(authorizationUrl), { codeVerifier });
equal(tokens.claims.email, "jane@acme.example");
await checkToken(tokens.accessToken);
const { refreshToken } = tokens;
await checkToken((await client.getTokenByRefreshToken({ refreshToken })).accessToken);
const logout = await client.buildLogoutUrl({ returnTo: `${APP_ORIGIN}/signed-out` });
await visit(logout, (page) => page.waitForURL(`${APP_ORIGIN}/signed-out`));
