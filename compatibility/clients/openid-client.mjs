import { equal } from "node:assert/strict";
import * as client from "openid-client";
import { callbackOf, JANE } from "./browser.mjs";
import { checkToken } from "./checks.mjs";

const { APP_ORIGIN, AUDIENCE, ISSUER, WEB_CLIENT_ID, WEB_CLIENT_SECRET } = process.env;
const options = { execute: [client.allowInsecureRequests] };
const issuer = new URL(ISSUER);

for (const authentication of [client.ClientSecretPost, client.ClientSecretBasic]) {
  const method = authentication(WEB_CLIENT_SECRET);
  const config = await client.discovery(issuer, WEB_CLIENT_ID, undefined, method, options);
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const url = client.buildAuthorizationUrl(config, {
    ...JANE,
    audience: AUDIENCE,
    redirect_uri: `${APP_ORIGIN}/callback`,
    scope: "openid email offline_access",
    state: expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  const callback = await callbackOf(url);
  const tokens = await client.authorizationCodeGrant(config, callback, { pkceCodeVerifier, expectedState });
  equal(tokens.claims().email, "jane@acme.example");
  await checkToken(tokens.access_token);

  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
  await checkToken(renewed.access_token);
  await client.tokenRevocation(config, renewed.refresh_token);
  const error = await client
    .refreshTokenGrant(config, renewed.refresh_token)
    .catch((refused) => refused.error);
  equal(error, "invalid_grant");
}
