import { expect, it } from "vitest";
import { type Answer, BY_NAME, CLIENTS, managementApi } from "./management-api.fixture.ts";
import { type TenantReader, tenantReader } from "./tenant-reads.ts";

const SHAPES = [
  ["SDK", { userid_attribute: "oid", client_secret: "theirs" }, ["oid"]],
  ["a SAML mapping", { fieldsMap: { user_id: ["mail", "uid"] } }, ["mail", "uid"]],
  ["one attribute", { user_id_attribute: "upn", fieldsMap: { user_id: "x" } }, ["upn", "x"]],
  ["none", {}, []],
  ["another type", { userid_attribute: 7, fieldsMap: "x" }, []],
] as const;

it.each(SHAPES)(
  "keeps of a connection's options only what makes its subjects: %s",
  async (_case, options, attributes) => {
    const json = [{ id: "con_1", name: "acme-1", strategy: "waad", options }];
    const api = await managementApi({ [BY_NAME]: [{ json }] });
    expect(await tenantReader(api.options).connection("acme-1")).toEqual({
      id: "con_1",
      name: "acme-1",
      strategy: "waad",
      isCommonEndpoint: false,
      userIdAttributes: attributes,
    });
  },
);

it("T89: says which scope is missing where Auth0 shows no options of a connection", async () => {
  const api = await managementApi({
    [BY_NAME]: [{ json: [{ id: "con_1", name: "acme-1", strategy: "waad" }] }],
  });
  await expect(tenantReader(api.options).connection("acme-1")).rejects.toThrow(
    "lacks the scope read:connections_options",
  );
});

/** The read, its request, Auth0's answer, and what is read of it. */
const READS: readonly (readonly [
  string,
  (reader: TenantReader) => Promise<unknown>,
  string,
  Answer,
  unknown,
])[] = [
  [
    "the scopes",
    (reader) => reader.scopes(),
    "POST /oauth/token",
    { json: { access_token: "t", expires_in: 60, scope: "read:a read:b" } },
    ["read:a", "read:b"],
  ],
  [
    "the API, by its identifier as one segment",
    (reader) => reader.api("https://api.example/"),
    "GET /api/v2/resource-servers/https%3A%2F%2Fapi.example%2F",
    { json: { identifier: "https://api.example/", signing_alg: "RS256", signing_secret: "s" } },
    { identifier: "https://api.example/", signing_alg: "RS256" },
  ],
  [
    "the Actions",
    (reader) => reader.actions(),
    "GET /api/v2/actions/actions?triggerId=post-login&per_page=100&page=0",
    {
      json: {
        total: 1,
        actions: [{ id: "a", name: "n", code: "c", secrets: [{ name: "S", updated_at: "" }] }],
      },
    },
    [{ id: "a", name: "n", code: "c", secrets: [{ name: "S" }] }],
  ],
  [
    "the flow",
    (reader) => reader.boundActionIds(),
    "GET /api/v2/actions/triggers/post-login/bindings?per_page=100&page=0",
    { json: { bindings: [{ id: "b", action: { id: "a", name: "n" } }] } },
    ["a"],
  ],
  [
    "an application, and never its secret",
    (reader) => reader.client("app"),
    "GET /api/v2/clients/app?fields=client_id%2Capp_type%2Cis_first_party%2Cgrant_types%2Ctoken_exchange%2Ccallbacks%2Callowed_logout_urls%2Cweb_origins%2Corganization_usage%2Crefresh_token%2Coidc_logout&include_fields=true",
    { json: { client_id: "app", client_secret: "s", refresh_token: null } },
    { client_id: "app", refresh_token: null },
  ],
  [
    "the clients of a connection",
    (reader) => reader.connectionClientIds("con_1"),
    CLIENTS,
    { json: { clients: [{ client_id: "app" }], next: null } },
    ["app"],
  ],
  [
    "an organization",
    (reader) => reader.organization("org_1"),
    "GET /api/v2/organizations/org_1",
    { json: { id: "org_1", name: "acme" } },
    { id: "org_1" },
  ],
  [
    "an organization's use of a connection",
    (reader) => reader.organizationConnection("org_1", "con_1"),
    "GET /api/v2/organizations/org_1/enabled_connections/con_1",
    { json: { connection_id: "con_1", assign_membership_on_login: true } },
    { assign_membership_on_login: true },
  ],
  [
    "the profile",
    (reader) => reader.profile("ssp_1"),
    "GET /api/v2/self-service-profiles/ssp_1",
    { json: { id: "ssp_1", allowed_strategies: ["okta"] } },
    { allowed_strategies: ["okta"] },
  ],
  [
    "the custom domains",
    (reader) => reader.customDomains(),
    "GET /api/v2/custom-domains",
    { json: [{ custom_domain_id: "cd", domain: "login.example", status: "ready" }] },
    [{ domain: "login.example", status: "ready" }],
  ],
];

it.each(READS)("reads %s", async (_what, read, route, answer, expected) => {
  const api = await managementApi({ [route]: [answer] });
  expect(await read(tenantReader(api.options))).toEqual(expected);
  expect(api.routes().at(-1)).toBe(route);
});

it.each(READS.slice(1))("says which scope is missing for %s", async (_what, read, route) => {
  const api = await managementApi({ [route]: [{ status: 403 }] });
  await expect(read(tenantReader(api.options))).rejects.toThrow(
    /^Auth0 answers 403: .* lacks the scope read:\w+$/,
  );
});

const ABSENT: readonly (readonly [string, (reader: TenantReader) => Promise<unknown>, unknown])[] = [
  ["an API", (reader) => reader.api("x"), null],
  ["an application", (reader) => reader.client("x"), null],
  ["an organization", (reader) => reader.organization("x"), null],
  ["a use of a connection", (reader) => reader.organizationConnection("x", "y"), null],
  ["a profile", (reader) => reader.profile("x"), null],
  ["a list of Actions", (reader) => reader.actions(), "Auth0 answers 404"],
  ["a list of connections", (reader) => reader.connection("x"), "Auth0 answers 404"],
];

it.each(ABSENT)(
  "a 404 is an answer for what may be absent, not for lists: %s",
  async (_what, read, expected) => {
    const api = await managementApi({});
    expect(await read(tenantReader(api.options)).catch((error: Error) => error.message)).toBe(expected);
  },
);

it("waits until Auth0 has capacity again, as its own header says", async () => {
  const reset = Math.floor(Date.now() / 1_000) + 1;
  const limited = { status: 429, headers: { "x-ratelimit-reset": String(reset) } };
  const route = "GET /api/v2/custom-domains";
  const api = await managementApi({ [route]: [limited, { json: [] }] });
  expect(await tenantReader(api.options).customDomains()).toEqual([]);
  expect(Date.now()).toBeGreaterThanOrEqual(reset * 1_000 - 20);
});
