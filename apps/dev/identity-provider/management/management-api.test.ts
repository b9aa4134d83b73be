import { expect, test } from "vitest";
import { z } from "zod";
import { API_AUDIENCE, MACHINE_CLIENT } from "../index.ts";
import { dataFolder, runningTenant, signIn } from "../running-tenant.fixture.ts";
import { MANAGEMENT_SCOPES } from "./grant.ts";
import {
  askForToken,
  call,
  caller,
  managementToken,
  NEW_TICKET,
  newTicket,
  TICKETS,
} from "./management.fixture.ts";

const idSchema = z.object({ id: z.string() });

const { clientId: client_id, clientSecret: client_secret } = MACHINE_CLIENT;
const UNGRANTED = { scope: "read:organizations delete:connections" };

test.for<[string, Record<string, string>, number, string]>([
  ["another machine", { client_id, client_secret }, 403, "Client is not authorized"],
  ["a wrong secret", { client_secret: "guess" }, 401, ""],
  ["a scope that was not granted", UNGRANTED, 403, "not been granted scopes: delete:connections"],
  ["the audience of a custom domain", { audience: "http://localhost:1/api/v2/" }, 400, "Service not found"],
])("grants no token to %s", async ([, changes, status, message]) => {
  const { issuer } = await runningTenant();
  const answer = await askForToken(issuer, changes);
  expect(answer.status).toBe(status);
  expect(JSON.stringify(answer.body)).toContain(message);
});

test("grants every scope, or those that were asked for", async () => {
  const { issuer, localhostIssuer } = await runningTenant();
  const { body } = await askForToken(issuer);
  expect(body).toMatchObject({
    scope: MANAGEMENT_SCOPES.join(" "),
    expires_in: 86_400,
    token_type: "Bearer",
  });
  const scope = "read:organizations";
  expect(await askForToken(issuer, { scope })).toMatchObject({ body: { scope } });
  const atLocalhost = await askForToken(localhostIssuer, { audience: `${issuer}api/v2/` });
  const { access_token: token } = z.object({ access_token: z.string() }).parse(atLocalhost.body);
  expect(await call(localhostIssuer, token, "GET custom-domains")).toMatchObject({ status: 200 });
});

test("refuses a call without the right token, in Auth0's words", async () => {
  const { issuer } = await runningTenant();
  const other = await runningTenant();
  const what = "GET organizations/org_acme";
  const { accessToken } = await signIn(issuer, { email: "jane@acme.example", connection: "acme-entra" });
  const narrow = await managementToken(issuer, "read:connections");
  const refused = (error: string) => ({
    status: 401,
    body: { statusCode: 401, error: "Unauthorized", message: error, attributes: { error } },
  });
  expect(await call(issuer, null, what)).toEqual(refused("Missing authentication"));
  expect(await call(issuer, "x.y.z", what)).toEqual(refused("Invalid token"));
  expect(await call(other.issuer, await managementToken(issuer), what)).toMatchObject({ status: 401 });
  expect(await call(issuer, accessToken, what)).toEqual(
    refused(`Bad audience: ${API_AUDIENCE},${issuer}userinfo`),
  );
  expect(await call(issuer, narrow, what)).toEqual({
    status: 403,
    body: {
      statusCode: 403,
      error: "Forbidden",
      errorCode: "insufficient_scope",
      message: "Insufficient scope, expected any of: read:organizations",
    },
  });
});

test("shows a connection's options only to a token that may read them", async () => {
  const { issuer } = await runningTenant();
  const what = "GET connections?name=acme-entra&fields=id,options&include_fields=true";
  const narrow = await call(issuer, await managementToken(issuer, "read:connections"), what);
  expect(narrow).toEqual({ status: 200, body: [{ id: expect.any(String) }] });
  const wide = await managementToken(issuer, "read:connections read:connections_options");
  expect(await call(issuer, wide, what)).toMatchObject({ body: [{ options: { useCommonEndpoint: false } }] });
});

const ORGANIZATION = { name: "soylent", display_name: "Soylent" };

const CREATE = "POST organizations";
const EXISTING = { ...NEW_TICKET, connection_config: { name: "acme-entra" } };
const NO_PROFILE = "self-service-profiles/ssp_none/sso-ticket";
const NO_USE = "organizations/org_acme/enabled_connections/con_none";

test.for<[string, string, number, string, body?: unknown]>([
  ["a field that Auth0 does not have", CREATE, 400, "not allowed: tier", { ...ORGANIZATION, tier: 1 }],
  ["an organization without a name", CREATE, 400, "Missing required property: name", {}],
  ["a name in upper case", CREATE, 400, "format on property name", { name: "Soylent" }],
  ["a name that is taken", CREATE, 409, "already exists", { name: "acme" }],
  ["a body that is text instead of an object", CREATE, 400, "expected object", "soylent"],
  ["an unknown name", "GET organizations/name/none", 404, "No organization found"],
  ["an unknown organization", "GET organizations/org_none", 404, "No organization found"],
  ["a parameter that Auth0 does not have", "GET connections?names=a", 400, "not allowed: names"],
  ["the applications of an unknown connection", "GET connections/con_none/clients", 404, "does not exist"],
  ["the use of an unknown connection", `GET ${NO_USE}`, 404, "No connection"],
  ["the end of a use that is not", `DELETE ${NO_USE}`, 404, "No connection"],
  ["a ticket of an unknown profile", `POST ${NO_PROFILE}`, 404, "profile not found", NEW_TICKET],
  ["a ticket for a connection that exists", `POST ${TICKETS}`, 409, "already exists", EXISTING],
  ["a call that nobody uses", "DELETE connections/con_none", 404, "Not Found"],
])("refuses %s", async ([, what, status, message, body]) => {
  const ask = await caller(await runningTenant());
  const answer = await ask(what, body);
  expect(answer).toMatchObject({ status, body: { statusCode: status } });
  expect(JSON.stringify(answer.body)).toContain(message);
});

const CONFIG = NEW_TICKET.connection_config;
const DOTTED = { name: "a.b" };
const withDomains = { ...CONFIG, options: { domain_aliases: ["a.example"] } };
const elsewhere = [{ organization_id: "org_none" }];

test.for<[string, object, string]>([
  ["with a return link", { return_to: "https://x.example" }, "not allowed: return_to"],
  ["with domains without a proof", { connection_config: withDomains }, "not allowed: options"],
  ["without a connection", { connection_config: undefined }, "Missing required property: connection_config"],
  ["that lives too long", { ttl_sec: 432_001 }, "on property ttl_sec"],
  ["for a name with a dot", { connection_config: DOTTED }, "format on property connection_config.name"],
  ["for an unknown application", { enabled_clients: ["none"] }, "client none does not exist"],
  ["for an unknown organization", { enabled_organizations: elsewhere }, "org_none does not exist"],
])("refuses a ticket %s", async ([, changes, message]) => {
  const ask = await caller(await runningTenant());
  const answer = await ask(`POST ${TICKETS}`, { ...NEW_TICKET, ...changes });
  expect(answer).toMatchObject({ status: 400, body: { statusCode: 400 } });
  expect(JSON.stringify(answer.body)).toContain(message);
});

test("an organization that was created is there after a restart", async () => {
  const folder = await dataFolder();
  const first = await runningTenant({ dataFolder: folder });
  const created = await (await caller(first))("POST organizations", ORGANIZATION);
  expect(created).toMatchObject({ status: 201, body: ORGANIZATION });
  const { id } = idSchema.parse(created.body);
  expect(id).toMatch(/^org_[0-9a-f]{16}$/);
  await first.close();
  const ask = await caller(await runningTenant({ dataFolder: folder }));
  for (const path of [`organizations/${id}`, "organizations/name/soylent"])
    expect(await ask(`GET ${path}`)).toEqual({ status: 200, body: { id, ...ORGANIZATION } });
  expect(await ask("POST organizations", ORGANIZATION)).toMatchObject({ status: 409 });
});

test("a withdrawn connection does not come back with the restart, nor do its logins", async () => {
  const folder = await dataFolder();
  const first = await runningTenant({ dataFolder: folder });
  const ask = await caller(first);
  const [connection] = z.array(idSchema).parse((await ask("GET connections?name=acme-entra&fields=id")).body);
  expect(Object.keys(connection ?? {})).toEqual(["id"]);
  const use = `organizations/org_acme/enabled_connections/${connection?.id}`;
  expect(await ask(`GET ${use}`)).toMatchObject({ status: 200, body: { assign_membership_on_login: true } });
  expect(await ask(`DELETE ${use}`)).toEqual({ status: 204, body: null });
  await first.close();
  const second = await runningTenant({ dataFolder: folder });
  expect(await (await caller(second))(`GET ${use}`)).toMatchObject({ status: 404 });
  const jane = { email: "jane@acme.example", organization: "org_acme" };
  await expect(signIn(second.issuer, jane)).rejects.toThrow("No connection is enabled");
});

test("lists the applications of a connection by pages", async () => {
  const ask = await caller(await runningTenant());
  const [{ id } = { id: "" }] = z.array(idSchema).parse((await ask("GET connections?name=acme-entra")).body);
  const page = z.object({ clients: z.array(z.object({ client_id: z.string() })), next: z.string() });
  const first = page.parse((await ask(`GET connections/${id}/clients?take=3`)).body);
  const rest = await ask(`GET connections/${id}/clients?take=3&from=${first.next}`);
  expect(first.clients).toHaveLength(3);
  expect(rest.body).toEqual({ clients: [{ client_id: "platform-frontend" }] });
});

test("shows a tenant that is set up right", async () => {
  const provider = await runningTenant({
    frontendOrigins: ["http://127.0.0.1:4002"],
    appOrigins: ["http://localhost:5173"],
  });
  const ask = await caller(provider);
  const body = async (path: string) => (await ask(`GET ${path}`)).body;
  expect(await body(`resource-servers/${encodeURIComponent(API_AUDIENCE)}`)).toMatchObject({
    identifier: API_AUDIENCE,
    signing_alg: "RS256",
    token_lifetime: 86_400,
  });
  expect(await body("resource-servers/none")).toMatchObject({ statusCode: 404 });
  expect(await body("actions/actions?triggerId=post-login&per_page=100&page=0")).toMatchObject({
    actions: [
      { id: "post-login-action", all_changes_deployed: true, secrets: [{ name: "CLAIM_NAMESPACE" }] },
    ],
  });
  expect(await body("actions/triggers/post-login/bindings?per_page=100&page=0")).toMatchObject({
    bindings: [{ action: { id: "post-login-action" } }],
  });
  expect(
    await body("clients/platform-frontend?fields=client_id,callbacks,app_type&include_fields=true"),
  ).toEqual({
    client_id: "platform-frontend",
    app_type: "spa",
    callbacks: ["http://127.0.0.1:4002/callback"],
  });
  expect(await body("clients/app-web")).toMatchObject({
    app_type: "regular_web",
    callbacks: ["http://localhost:5173"],
  });
  expect(await body("clients/none")).toMatchObject({ statusCode: 404 });
  expect(await body("custom-domains")).toMatchObject([
    { domain: new URL(provider.localhostIssuer).host, status: "ready" },
  ]);
  expect(await body("tenants/settings")).toMatchObject({ flags: {} });
  expect(await body("self-service-profiles/ssp_development")).toMatchObject({ id: "ssp_development" });
});

test("shows planted faults, until they are restored", async () => {
  const provider = await runningTenant();
  const ask = await caller(provider);
  const { management } = provider;
  const headers = { "content-type": "text/html", "retry-after": "7" };
  management.instead("GET /custom-domains", { status: 503, headers, body: "no JSON" });
  management.instead("POST /organizations", "drop");
  management.alter("GET /clients/:id", (reply) => ({ ...reply, body: { client_id: "another" } }));
  await expect(ask("GET custom-domains")).rejects.toThrow("JSON");
  await expect(ask("POST organizations", ORGANIZATION)).rejects.toThrow("fetch failed");
  const page = await fetch(new URL("api/v2/custom-domains", provider.issuer));
  expect(Object.fromEntries(page.headers)).toMatchObject(headers);
  expect(await ask("GET clients/platform-frontend")).toEqual({ status: 200, body: { client_id: "another" } });
  management.restore();
  expect(await ask("GET organizations/name/soylent")).toMatchObject({ status: 404 });
  expect(await ask("GET clients/platform-frontend")).toMatchObject({
    body: { client_id: "platform-frontend" },
  });
  expect(management.calls.slice(0, 2)).toEqual(["GET /custom-domains", "POST /organizations"]);
});

test("a ticket's address is of the tenant's own domain", async () => {
  const provider = await runningTenant();
  const url = await newTicket(await caller(provider));
  expect(url).toMatch(new RegExp(`^${provider.issuer}self-service/connections-flow\\?ticket=[\\w-]{32}$`));
});
