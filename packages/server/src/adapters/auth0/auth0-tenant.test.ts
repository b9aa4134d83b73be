import { expect, it } from "vitest";
import { auth0Tenant } from "./auth0-tenant.ts";
import { APP_CLIENTS, BY_NAME, CLIENTS, managementApi, TOKEN } from "./management-api.fixture.ts";

const signal = () => AbortSignal.timeout(5_000);
const USE = "/api/v2/organizations/org_1/enabled_connections/con_1";
const TICKETS = "POST /api/v2/self-service-profiles/ssp_1/sso-ticket";
const BY_ORGANIZATION_NAME = "GET /api/v2/organizations/name/acme";
const ORGANIZATION = { id: "org_1", name: "acme", display_name: "Acme" };
const CONNECTION = { id: "con_1", name: "acme-1", strategy: "okta", options: { client_secret: "theirs" } };

it("creates an organization", async () => {
  const api = await managementApi({ "POST /api/v2/organizations": [{ status: 201, json: ORGANIZATION }] });
  const tenant = auth0Tenant(api.options);
  expect(await tenant.ensureOrganization({ name: "acme", displayName: "Acme" }, signal())).toBe("org_1");
  expect(api.received).toEqual([
    {
      route: "POST /oauth/token",
      authorization: undefined,
      body: {
        grant_type: "client_credentials",
        client_id: "management",
        client_secret: "c1ient-s3cret",
        audience: `${api.url}/api/v2/`,
      },
    },
    {
      route: "POST /api/v2/organizations",
      authorization: `Bearer ${TOKEN}-1`,
      body: { name: "acme", display_name: "Acme" },
    },
  ]);
});

it.each([
  ["is found by its name", { json: ORGANIZATION }, "org_1"],
  ["is another one", { json: { ...ORGANIZATION, name: "acme-2" } }, null],
  ["is not to be found", { status: 404 }, null],
])("an organization whose name is taken %s", async (_case, answer, expected) => {
  const api = await managementApi({
    "POST /api/v2/organizations": [{ status: 409, json: { message: "exists" } }],
    [BY_ORGANIZATION_NAME]: [answer],
  });
  const outcomes: string[] = [];
  const onUpstream = (...call: readonly unknown[]) => void outcomes.push(call.slice(0, 2).join(" "));
  const ensured = auth0Tenant({ ...api.options, onUpstream }).ensureOrganization(
    { name: "acme", displayName: "Acme" },
    signal(),
  );
  await ensured.catch(() => {});
  expect(outcomes).toEqual(["create:organizations ok", "read:organizations ok"]);
  if (expected !== null) return expect(await ensured).toBe(expected);
  await expect(ensured).rejects.toThrow("an organization by its name: the name is taken, but not found");
});

it("asks for a ticket with exactly the documented fields", async () => {
  const url = "https://login.acme.example/self-service/connections-flow?ticket=t1_-A";
  const api = await managementApi({ [TICKETS]: [{ status: 201, json: { ticket: url } }] });
  const connection = { name: "acme-1", displayName: "Acme", auth0OrgId: "org_1" };
  const ticket = await auth0Tenant(api.options).createTicket(connection, signal());
  expect(ticket).toEqual({ url, ticketId: "t1_-A" });
  expect(api.received.at(-1)?.body).toEqual({
    connection_config: { name: "acme-1", display_name: "Acme", show_as_button: false },
    enabled_clients: APP_CLIENTS,
    enabled_organizations: [{ organization_id: "org_1", assign_membership_on_login: true }],
    ttl_sec: 3_600,
    domain_aliases_config: { domain_verification: "none" },
  });
});

it("revokes a ticket and withdraws a connection, also those that are gone", async () => {
  const revoke = "POST /api/v2/self-service-profiles/ssp_1/sso-ticket/t1/revoke";
  const withdraw = `DELETE ${USE}`;
  const api = await managementApi({
    [revoke]: [{ status: 202, html: "accepted" }],
    [withdraw]: [{ status: 204 }, { status: 404 }],
  });
  const tenant = auth0Tenant(api.options);
  await tenant.revokeTicket("t1", signal());
  await tenant.withdraw("org_1", "con_1", signal());
  await tenant.withdraw("org_1", "con_1", signal());
  expect(api.calls()).toEqual([revoke, withdraw, withdraw]);
});

const COMMON = { useCommonEndpoint: true };
const FOUND = { id: "con_1", name: "acme-1", strategy: "okta", isCommonEndpoint: false };

it.each([
  ["a list", [CONNECTION], FOUND],
  ["a page", { connections: [CONNECTION] }, FOUND],
  ["empty options", [{ ...CONNECTION, options: {} }], FOUND],
  ["the common endpoint", [{ ...CONNECTION, options: COMMON }], { ...FOUND, isCommonEndpoint: true }],
  ["another name, which it only starts with", [{ ...CONNECTION, name: "acme-12" }], null],
  ["nothing", [], null],
])("finds a connection by its name in an answer with %s", async (_case, json, expected) => {
  const api = await managementApi({ [BY_NAME]: [{ json }] });
  expect(await auth0Tenant(api.options).findConnection("acme-1", signal())).toEqual(expected);
});

it.each([undefined, null])(
  "T89: finds no connection whose options Auth0 does not show: %s",
  async (options) => {
    const api = await managementApi({ [BY_NAME]: [{ json: [{ ...CONNECTION, options }] }] });
    await expect(auth0Tenant(api.options).findConnection("acme-1", signal())).rejects.toThrow(
      "a connection by its name: the answer lacks the connection's options: the client's grant lacks the scope read:connections_options",
    );
  },
);

const clientsOf = (ids: readonly string[], next?: string) => ({
  json: { clients: ids.map((client_id) => ({ client_id })), next },
});

const FIRST_PAGE = { [CLIENTS]: [clientsOf(["app-2"], "n")] };
it.each([
  ["all on one page", { [CLIENTS]: [clientsOf(["app-2", "other", "app-1"])] }, true],
  ["on two pages", { ...FIRST_PAGE, [`${CLIENTS}&from=n`]: [clientsOf(["app-1"])] }, true],
  ["one on no page", { ...FIRST_PAGE, [`${CLIENTS}&from=n`]: [clientsOf([])] }, false],
  ["of a connection that is gone", { [CLIENTS]: [{ status: 404 }] }, false],
])("the clients of a connection: %s", async (_case, answers, expected) => {
  const api = await managementApi(answers);
  expect(await auth0Tenant(api.options).isEnabledForClients("con_1", signal())).toBe(expected);
});

it("stops at pages that never end", async () => {
  const page = [clientsOf(["other"], "n")];
  const api = await managementApi({ [CLIENTS]: page, [`${CLIENTS}&from=n`]: page });
  await expect(auth0Tenant(api.options).isEnabledForClients("con_1", signal())).rejects.toThrow(
    "the clients of a connection: there are too many clients",
  );
  expect(api.calls()).toHaveLength(20);
});

it.each([
  ["enabled", { json: { connection_id: "con_1", assign_membership_on_login: true } }, true],
  ["not enabled", { status: 404 }, false],
  [
    "another one",
    { json: { connection_id: "con_2" } },
    "a connection of an organization: the answer is about another connection",
  ],
])("a connection of an organization is %s", async (_case, answer, expected) => {
  const api = await managementApi({ [`GET ${USE}`]: [answer] });
  const enabled = auth0Tenant(api.options).isEnabledForOrganization("org_1", "con_1", signal());
  const outcome = await enabled.catch((error: Error) => error.message);
  expect(outcome).toBe(expected);
});
