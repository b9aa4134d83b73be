import { equal, notEqual } from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { auth } from "@modelcontextprotocol/sdk/client/auth.js";
import { callbackOf, JANE } from "./browser.mjs";
import { checkToken } from "./checks.mjs";

const { APP_ORIGIN, AUDIENCE, CLIENT_ID, ISSUER } = process.env;

// What a client reads of an MCP server before its user signs in (RFC 9728).
const server = createServer((request, response) => {
  const isMetadata = request.url === "/.well-known/oauth-protected-resource/mcp";
  const scopes_supported = ["openid", "email", "offline_access"];
  const metadata = { resource: serverUrl, authorization_servers: [ISSUER], scopes_supported };
  response.writeHead(isMetadata ? 200 : 404, { "content-type": "application/json" });
  response.end(JSON.stringify(isMetadata ? metadata : {}));
});
await once(server.listen(0, "127.0.0.1"), "listening");
const serverUrl = `http://127.0.0.1:${server.address().port}/mcp`;

let tokens;
let verifier;
let authorizationUrl;
const provider = {
  redirectUrl: `${APP_ORIGIN}/callback`,
  clientMetadata: { redirect_uris: [`${APP_ORIGIN}/callback`] },
  clientInformation: () => ({ client_id: CLIENT_ID, issuer: ISSUER }),
  tokens: () => tokens,
  saveTokens: (saved) => {
    tokens = saved;
  },
  codeVerifier: () => verifier,
  saveCodeVerifier: (saved) => {
    verifier = saved;
  },
  redirectToAuthorization: (url) => {
    // `resource` is in it already, and Auth0 goes by `audience`.
    equal(url.searchParams.get("resource"), serverUrl);
    for (const [name, value] of Object.entries({ ...JANE, audience: AUDIENCE }))
      url.searchParams.set(name, value);
    authorizationUrl = url;
  },
};

try {
  equal(await auth(provider, { serverUrl }), "REDIRECT");
  const authorizationCode = (await callbackOf(authorizationUrl)).searchParams.get("code");
  equal(await auth(provider, { serverUrl, authorizationCode }), "AUTHORIZED");
  await checkToken(tokens.access_token);
  const { refresh_token } = tokens;
  equal(await auth(provider, { serverUrl }), "AUTHORIZED"); // by its refresh token
  notEqual(tokens.refresh_token, refresh_token);
  await checkToken(tokens.access_token);
} finally {
  server.closeAllConnections();
  server.close();
}
