import { deepEqual, equal, match, notEqual } from "node:assert/strict";

const { CLIENT_ID, ISSUER, PLATFORM_API_URL, TOKEN } = process.env;

/** Fails unless platform-api says that the token is Jane's. @returns her user id */
export async function checkToken(token) {
  const response = await fetch(`${PLATFORM_API_URL}/validate`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const body = await response.json();
  deepEqual([response.status, body.email], [200, "jane@acme.example"], JSON.stringify(body));
  return body.userId;
}

/** Fails unless the guard of a server answers as docs/sdk.md says. `/acme` requires an organization, `/me` a user. */
export async function checkGuard(get) {
  const answer = async (path, headers) => {
    const response = await get(path, headers);
    return [response.status, await response.json()];
  };
  const authorization = `Bearer ${TOKEN}`;
  const userId = await checkToken(TOKEN);
  const asked = ["first", "second", "third"].map(() => answer("/me", { authorization }));
  for (const me of await Promise.all(asked)) deepEqual(me, [200, { userId }]);
  deepEqual(await answer("/acme", { authorization, "x-organization-id": "acme" }), [200, { role: "member" }]);
  const refused = async (status, reason, path, headers) => {
    const [answered, body] = await answer(path, headers);
    deepEqual([answered, body.error?.reason], [status, reason]);
  };
  await refused(401, "TOKEN_MISSING", "/me", {});
  await refused(401, "TOKEN_INVALID", "/me", { authorization: "Bearer made-up" });
  await refused(403, "NOT_A_MEMBER", "/acme", { authorization, "x-organization-id": "globex" });
  // A second request is answered from the cache.
  deepEqual(await answer("/me", { authorization }), [200, { userId }]);
}

/** The same for a server at an address. */
export function checkServer(url) {
  return checkGuard((path, headers) => fetch(`${url}${path}`, { headers }));
}

/** Fails unless the client of the SDK answers as docs/sdk.md says. */
export async function checkSdk({ createAuthenticator, createPlatformClient, reasonOf }) {
  const platform = createPlatformClient({ url: PLATFORM_API_URL, token: TOKEN });
  const { userId } = await platform.auth.validate.query();
  match(userId, /^[0-9a-f-]{36}$/);
  const { organizations } = await platform.org.me.query();
  equal(organizations[0]?.id, "acme");
  const stranger = createPlatformClient({ url: PLATFORM_API_URL, token: "made-up" });
  equal(await stranger.auth.validate.query().catch(reasonOf), "TOKEN_INVALID");
  const authenticate = createAuthenticator({ client: platform });
  const caller = await authenticate(
    new Request("http://app.example", { headers: { authorization: `Bearer ${TOKEN}` } }),
  );
  notEqual(caller instanceof Response, true);
  equal(caller.identity.userId, userId);
  equal((await authenticate(new Request("http://app.example"))).status, 401);
}

/** Fails if the identity provider still takes this refresh token of the single-page app. */
export async function checkRevoked(refreshToken) {
  const grant = { grant_type: "refresh_token", client_id: CLIENT_ID, refresh_token: refreshToken };
  const body = new URLSearchParams(grant);
  const response = await fetch(`${ISSUER}oauth/token`, { method: "POST", body });
  equal((await response.json()).error, "invalid_grant");
}
