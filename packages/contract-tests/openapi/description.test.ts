import { readFileSync } from "node:fs";
import { type IncomingMessage, request, validateHeaderValue } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { createLogger, readServerConfig, serve } from "@platform-api/platform-api";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { beforeAll, describe, expect, it } from "vitest";
import { AUDIENCE, actionClaims, type Issuer, signWithSecret } from "../simulator/issuer.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";
import type { Server } from "../simulator/stack.ts";
import { type Description, describeServer } from "./description.ts";

const NOWHERE = "http://127.0.0.1:9";
const page = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

const LEGACY_SECRET = "a-legacy-secret-for-the-contract-tests-9f3b";
const LEGACY_ISSUER = "https://legacy.platform.example";

const stack = stackOfTests({
  settings: {
    DNS_RESOLVERS: "127.0.0.1:9", // no check leaves this machine
    PLATFORM_JWT_ISSUER: LEGACY_ISSUER,
    PLATFORM_JWT_AUDIENCE: AUDIENCE,
    PLATFORM_JWT_SECRET: LEGACY_SECRET,
  },
});
let description: Description;
let description30: Description;
let servers: Record<"well" | "noDirectory" | "noStore" | "noKeys" | "limited", Server>;
let bossId: string;
let tokens: Awaited<ReturnType<typeof signTokens>>;

beforeAll(async () => {
  description = await describeServer(stack.url);
  description30 = await describeServer(stack.url, "/openapi-3.0.json");
  servers = {
    well: stack,
    noDirectory: await stack.another({ CLJ_PG_WRAPPER_URL: NOWHERE }),
    noStore: await stack.another({ DYNAMODB_ENDPOINT: NOWHERE }),
    noKeys: await stack.another({ AUTH0_JWKS_URL: `${NOWHERE}/jwks.json` }),
    limited: await stack.another({
      RATE_LIMIT_DISCOVER_PER_MINUTE: "1",
      RATE_LIMIT_FAILED_TOKENS_PER_MINUTE: "1",
    }),
  };
  tokens = await signTokens(stack.issuer);
  const { userId } = await stack.client(tokens.removed).auth.validate.query();
  const { auth: bossAuth, org } = stack.client(tokens.boss);
  bossId = (await bossAuth.validate.query()).userId;
  await org.members.remove.mutate({ organizationId: "acme", userId });
});

async function signTokens(issuer: Issuer) {
  const login = logins({ issuer });
  const now = Math.floor(Date.now() / 1_000);
  return {
    jane: await login.entra(`${fresh("jane")}@acme.example`),
    boss: await login.entra("boss@acme.example"),
    chooser: await login.okta(`${fresh("chooser")}@umbrella.example`),
    newcomer: await login.entra(`${fresh("newcomer")}@acme.example`),
    noToken: "no-token",
    expired: await issuer.sign("waad|old", { iat: now - 600, exp: now - 300 }),
    machine: await login.machine("m2m"),
    service: await login.machine(),
    unverified: await login.password(`${fresh("u")}@hooli.example`, { verified: false }),
    removed: await login.entra(`${fresh("removed")}@acme.example`),
    otherClient: await issuer.sign("samlp|globex-saml|other", {
      ...actionClaims({ email: `${fresh("other")}@globex.example` }),
      azp: "other",
    }),
    leaver: await login.password(`${fresh("leaver")}@hooli.example`),
    delegated: await login.entra(`${fresh("delegated")}@acme.example`, { act: { sub: "agt_1" } }),
    legacy: await signWithSecret(LEGACY_SECRET, LEGACY_ISSUER, crypto.randomUUID()),
  };
}

/** Sends exactly these headers and this body, including ones that `fetch` refuses to send. */
async function send(url: string, method: string, headers: Record<string, string> = {}, body = "") {
  const sent = request(url, { method, headers });
  sent.end(body);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once("response", resolve).once("error", reject);
  });
  return { response, body: JSON.parse(await textOf(response)) as unknown };
}

describe.each([
  ["the description", () => description],
  ["the description in OpenAPI 3.0", () => description30],
])("%s", (_, described) => {
  it("passes an OpenAPI linter, with the rules that Spectral has beyond it", async () => {
    const more = ["info-contact", "operation-description", "parameter-description"];
    const config = await createConfig({
      extends: ["recommended-strict"],
      rules: Object.fromEntries(more.map((rule) => [rule, "error"])),
    });
    const problems = await lintFromString({
      source: described().text,
      absoluteRef: "openapi.json",
      config,
    });
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  });

  it("gives only examples that satisfy their schemas", () => {
    const { operations, validator, examplesOf } = described();
    let examples = 0;
    const judge = (schema: object, example: unknown, where: string) => {
      const validate = validator(schema);
      expect({ where, valid: validate(example), errors: validate.errors }).toMatchObject({ valid: true });
      examples += 1;
    };
    for (const [name, { parameters, requestBody, responses }] of operations) {
      for (const { schema, example } of parameters) judge(schema, example, name);
      const bodies = [...(requestBody ? [requestBody] : []), ...Object.values(responses)];
      for (const content of bodies.flatMap((body) => Object.values(body.content))) {
        const found = examplesOf(content);
        expect({ name, found }).not.toMatchObject({ found: [] });
        for (const example of found) judge(content.schema, example, name);
      }
    }
    expect(examples).toBeGreaterThan(100);
  });
});

describe("the description in OpenAPI 3.0", () => {
  it("has every operation of the other, with its parameters, statuses and examples", () => {
    const outline = ({ operations, examplesOf }: Description) =>
      [...operations].map(([name, { operationId, security, parameters, requestBody, responses }]) => [
        name,
        operationId,
        security,
        requestBody && Object.values(requestBody.content).flatMap(examplesOf),
        parameters.map(({ schema: _, ...parameter }) => parameter),
        Object.entries(responses).map(([status, { description: words, headers, content }]) => {
          return [status, words, headers, Object.values(content).flatMap(examplesOf)];
        }),
      ]);
    expect(description30.document).toMatchObject({ openapi: "3.0.3" });
    expect(outline(description30)).toEqual(outline(description));
    expect(description30.operations.size).toBeGreaterThan(20);
  });

  it("has every named schema of the other, and refuses what that refuses", () => {
    const schemas = (of: Description) => Object.keys(Object(of.document.components).schemas);
    expect(schemas(description30)).toEqual(schemas(description));
    const validator = (of: Description, name: string) =>
      of.validator({ $ref: `#/components/schemas/${name}` });
    const [validation] = Object.values(
      description.operations.get("GET /validate")?.responses[200]?.content ?? {},
    );
    const [example] = validation === undefined ? [] : description.examplesOf(validation);
    const wrong = [null, {}, { ...Object(example), userId: null }, { ...Object(example), email: 1 }];
    const other = { ...Object(example), email: null, actor: { clientId: null, userId: null } };
    for (const of of [description, description30]) {
      const validate = validator(of, "Validation");
      expect([example, other].map((each) => validate(each))).toEqual([true, true]);
      expect(wrong.map((each) => validate(each))).toEqual(wrong.map(() => false));
      expect(["ok", "late"].map((status) => validator(of, "Liveness")({ status }))).toEqual([true, false]);
      expect(["admin", "king"].map((role) => validator(of, "Role")(role))).toEqual([true, false]);
    }
  });
});

describe("the description", () => {
  it("gives only header examples that a header can carry, because mock servers send them", () => {
    const headers = Object.entries(description.document.components.headers);
    expect(headers.map(([name]) => name)).toEqual(["WWW-Authenticate", "Retry-After"]);
    for (const [name, { example }] of headers) validateHeaderValue(name, String(example));
  });

  it("gives each reason only statuses that docs/reasons.md lists", () => {
    const rows = page("docs/reasons.md").matchAll(/^\| \[([A-Z_]+)\]\(#\w+\) \| ([\d, ]+) \|/gm);
    const documented = new Map([...rows].map(([, reason, statuses = ""]) => [reason, statuses.split(", ")]));
    for (const { responses } of description.operations.values()) {
      for (const [status, { description: words }] of Object.entries(responses)) {
        for (const [, reason] of words.matchAll(/`([A-Z_]+)`/g))
          expect(documented.get(reason) ?? [], reason).toContain(status);
      }
    }
  });

  it("has the version of the package, as --version prints it, and lists only its own server", async () => {
    const { version } = JSON.parse(page("packages/server/package.json"));
    expect(description.document.info.version).toBe(version);
    expect(description.document.servers.map(({ url }) => url)).toEqual(["/"]);
    expect(await stack.cli("--version")).toEqual({ status: 0, output: `${version}\n` });
  });

  it("is where the start page says, as is its viewer", async () => {
    const { body } = await send(`${stack.url}/`, "GET");
    const { version } = description.document.info;
    const documented = { documentation: "/docs", description: "/openapi.json" };
    expect(body).toEqual({ service: "platform-api", version, ...documented });
    for (const path of ["/docs", "/openapi.json"]) expect((await fetch(stack.url + path)).status).toBe(200);
  });

  it("is served without its viewer with DOCS_VIEWER=0, as the start page says", async () => {
    const { url } = await stack.another({ DOCS_VIEWER: "0" });
    expect((await send(`${url}/`, "GET")).body).toMatchObject({
      documentation: null,
      description: "/openapi.json",
    });
    expect((await send(`${url}/openapi.json`, "GET")).response.statusCode).toBe(200);
    for (const path of ["/docs", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css", "/docs/start.js"]) {
      const { response, body } = await send(`${url}${path}`, "GET");
      expect(response.statusCode, path).toBe(404);
      expect(body).toEqual({ error: { reason: "NOT_FOUND", message: expect.any(String) } });
    }
  });

  it("is not served while the server drains", async () => {
    const running = await serve(readServerConfig(stack.environment), createLogger("silent"));
    const stopped = running.stop();
    const answers = ["/openapi.json", "/docs", "/docs/swagger-ui.css"].map((path) =>
      send(`${running.url}${path}`, "GET"),
    );
    for (const { response, body } of await Promise.all(answers)) {
      expect(response.statusCode).toBe(503);
      expect(body).toMatchObject({ error: { reason: "DRAINING" } });
    }
    await stopped;
  });
});

it("describes CLIENT_NOT_ALLOWED for exactly the operations that refuse another application", async () => {
  const { url } = stack;
  for (const [name, { parameters, responses }] of description.operations) {
    const [method = "", template = ""] = name.split(" ");
    const examples = new Map(parameters.map((known) => [`{${known.name}}`, String(known.example)]));
    const path = template.replaceAll(/\{\w+\}/g, (parameter) =>
      encodeURIComponent(examples.get(parameter) ?? ""),
    );
    const headers = { authorization: `Bearer ${tokens.otherClient}`, "content-type": "application/json" };
    if (path === "/principal") headers.authorization = `Bearer ${tokens.machine}`; // it refuses no user's application
    if (path === "/sign-out-everywhere") headers.authorization = `Bearer ${tokens.noToken}`; // it ends its token
    const { body } = await send(url + path, method, headers, method.startsWith("P") ? "{}" : "");
    const isRefused = JSON.stringify(body).includes("CLIENT_NOT_ALLOWED");
    const isDescribed = responses[403]?.description.includes("CLIENT_NOT_ALLOWED") ?? false;
    expect(isRefused, `${name} answers ${JSON.stringify(body)}`).toBe(isDescribed);
  }
});

describe("answers match the description", () => {
  type Row = [
    operation: string,
    status: number,
    reason: string | null,
    more?: {
      /** Whose token is sent. */
      as?: keyof typeof tokens;
      /** Instead of the description's example values. */
      path?: Record<string, string> | (() => Record<string, string>);
      query?: string;
      headers?: Record<string, string>;
      /** Sent as JSON, unless the headers say otherwise. */
      body?: string;
      on?: keyof typeof servers;
    },
  ];
  const IN = "/organizations/{organizationId}";
  const JOIN = `POST ${IN}/join`;
  const ROLE = `PUT ${IN}/members/{userId}/role`;
  const DISCOVER = "POST /public/auth/discover";
  const INTROSPECT = "POST /introspect";
  const FORM = { "content-type": "application/x-www-form-urlencoded" };
  const BASIC = { authorization: "Basic YTpi" }; // the issuer of this test has no token endpoint
  const TEXT = { "content-type": "text/plain" };
  const CONFLICTING = { authorization: "Bearer a", "x-user-token": "b" };
  const OF_ACME = '{"email":"a@acme.example"}';
  const NOBODY = "7c18584b-d06e-4ad2-9ff1-6ef64128fed0";
  const standingOf = (userId: string) =>
    JSON.stringify({ of: [{ userId, organizationId: "acme", since: "2026-11-25T11:00:00Z" }] });
  const own = () => ({ organizationId: "acme", userId: bossId });
  const ofDomain = (domain: string) => ({ organizationId: "acme", domain });
  const ofName = (name: string) => ({ organizationId: "acme", name });
  // What follows from the token, the input and the method is the same for every operation: its rows are those of
  // /validate. The other operations have a row for their answer, and for each reason of their own.
  it.each<Row>([
    ["GET /validate", 200, null, { as: "jane" }],
    ["POST /validate", 200, null, { as: "jane" }],
    ["GET /validate", 401, "TOKEN_MISSING"],
    ["GET /validate", 401, "TOKEN_INVALID", { as: "noToken" }],
    ["GET /validate", 401, "TOKEN_EXPIRED", { as: "expired" }],
    ["GET /validate", 400, "CREDENTIALS_CONFLICT", { headers: CONFLICTING }],
    ["GET /validate", 403, "USER_TOKEN_REQUIRED", { as: "machine" }],
    ["GET /validate", 403, "DELEGATION_NOT_ALLOWED", { as: "delegated" }],
    ["GET /validate", 403, "EMAIL_UNVERIFIED", { as: "unverified" }],
    ["GET /check", 403, "MEMBERSHIP_REMOVED", { as: "removed", query: "?organizationId=acme" }],
    ["GET /validate", 431, "TOO_LARGE", { headers: { x: "x".repeat(17_000) } }],
    ["GET /validate", 502, "DIRECTORY_UNAVAILABLE", { as: "newcomer", on: "noDirectory" }],
    ["GET /validate", 503, "STORE_UNAVAILABLE", { as: "jane", on: "noStore" }],
    ["GET /validate", 503, "KEYS_UNAVAILABLE", { as: "jane", on: "noKeys" }],
    ["GET /validate", 429, "RATE_LIMITED", { as: "noToken", on: "limited" }],
    ["POST /validate", 413, "TOO_LARGE", { body: " ".repeat(33_000) }],
    ["POST /validate", 415, "INPUT_INVALID", { headers: TEXT, body: "x" }],
    ["POST /validate", 400, "INPUT_INVALID", { body: "[".repeat(33) }],
    ["GET /principal", 200, null, { as: "jane" }],
    ["GET /principal", 200, null, { as: "service" }],
    ["GET /principal", 403, "CLIENT_NOT_ALLOWED", { as: "machine" }],
    ["POST /standings", 200, null, { as: "service", body: standingOf(NOBODY) }],
    ["POST /standings", 400, "INPUT_INVALID", { as: "service", body: '{"of":[]}' }],
    ["POST /standings", 403, "CLIENT_NOT_ALLOWED", { as: "jane", body: standingOf(NOBODY) }],
    ["GET /link", 200, null, { as: "jane" }],
    ["GET /link", 404, "NOT_FOUND", { as: "legacy" }],
    ["POST /sign-out-everywhere", 200, null, { as: "leaver" }],
    ["POST /sign-out-everywhere", 401, "TOKEN_REVOKED", { as: "leaver" }],
    ["GET /check", 200, null, { as: "jane", query: "?organizationId=acme&role=admin" }],
    ["GET /check", 400, "INPUT_INVALID", { as: "jane" }],
    ["GET /organizations/me", 200, null, { as: "jane" }],
    ["GET /organizations/me", 401, "TOKEN_MISSING"],
    [JOIN, 200, null, { as: "chooser", path: { organizationId: "umbrella-retail" } }],
    [JOIN, 403, "NOT_JOINABLE", { as: "jane" }],
    [JOIN, 400, "INPUT_INVALID", { as: "jane", path: { organizationId: "x".repeat(257) } }],
    [`GET ${IN}`, 200, null, { as: "jane" }],
    [`GET ${IN}`, 403, "CLIENT_NOT_ALLOWED", { as: "otherClient" }],
    [`GET ${IN}`, 403, "NOT_A_MEMBER", { as: "jane", path: { organizationId: "globex" } }],
    [`PATCH ${IN}`, 200, null, { as: "boss", body: '{"name":"Acme"}' }],
    [`PATCH ${IN}`, 403, "ROLE_REQUIRED", { as: "jane", body: '{"name":"Mine"}' }],
    [`POST ${IN}/members/search`, 200, null, { as: "boss", body: '{"query":"bo","limit":1}' }],
    [`POST ${IN}/members/search`, 400, "INPUT_INVALID", { as: "boss", body: '{"cursor":"x"}' }],
    [`POST ${IN}/members/search`, 403, "ROLE_REQUIRED", { as: "jane" }],
    [`POST ${IN}/members/lookup`, 200, null, { as: "jane", body: `{"userIds":["${NOBODY}"]}` }],
    [ROLE, 200, null, { as: "boss", path: own, body: '{"role":"owner"}' }],
    [ROLE, 409, "LAST_OWNER", { as: "boss", path: own, body: '{"role":"member"}' }],
    [ROLE, 409, "CONFLICT", { as: "boss", path: own, body: '{"role":"admin","expectedRole":"member"}' }],
    [ROLE, 404, "NOT_FOUND", { as: "boss", body: '{"role":"admin"}' }],
    [ROLE, 403, "ROLE_REQUIRED", { as: "jane", body: '{"role":"admin"}' }],
    [`POST ${IN}/members/{userId}/remove`, 409, "LAST_OWNER", { as: "boss", path: own }],
    [`POST ${IN}/members/{userId}/remove`, 404, "NOT_FOUND", { as: "boss" }],
    [`POST ${IN}/members/{userId}/restore`, 200, null, { as: "boss", path: own }],
    [`POST ${IN}/members/{userId}/restore`, 404, "NOT_FOUND", { as: "boss" }],
    [
      `POST ${IN}/members/change`,
      200,
      null,
      { as: "boss", body: `{"userIds":["${NOBODY}"],"change":"restore"}` },
    ],
    [
      `POST ${IN}/members/change`,
      400,
      "INPUT_INVALID",
      { as: "boss", body: '{"userIds":[],"change":"remove"}' },
    ],
    [`POST ${IN}/invitations/change`, 200, null, { as: "boss", body: '{"emails":["x@"],"change":"revoke"}' }],
    [
      `POST ${IN}/invitations/change`,
      403,
      "ROLE_REQUIRED",
      { as: "jane", body: '{"emails":["x@"],"change":"revoke"}' },
    ],
    [`POST ${IN}/leave`, 409, "LAST_OWNER", { as: "boss" }],
    [`GET ${IN}/refusals`, 200, null, { as: "boss" }],
    [`GET ${IN}/refusals`, 403, "ROLE_REQUIRED", { as: "jane" }],
    ["POST /restore-request", 409, "CONFLICT", { as: "jane", body: '{"organizationId":"acme"}' }],
    ["POST /restore-request", 403, "NOT_A_MEMBER", { as: "jane", body: '{"organizationId":"x"}' }],
    [`GET ${IN}/domains`, 200, null, { as: "boss" }],
    [`GET ${IN}/domains`, 403, "ROLE_REQUIRED", { as: "jane" }],
    [`POST ${IN}/domains`, 200, null, { as: "boss", body: '{"domain":"New.Example"}' }],
    [`POST ${IN}/domains`, 400, "INPUT_INVALID", { as: "boss", body: '{"domain":"localhost"}' }],
    [
      `POST ${IN}/domains/{domain}/check`,
      404,
      "NOT_FOUND",
      { as: "boss", path: ofDomain("nobody%2Eexample") },
    ],
    [`DELETE ${IN}/domains/{domain}`, 200, null, { as: "boss", path: ofDomain("nobody.example") }],
    [`DELETE ${IN}/domains/{domain}`, 403, "ROLE_REQUIRED", { as: "jane" }],
    [`GET ${IN}/connections`, 200, null, { as: "boss" }],
    [`POST ${IN}/connections`, 409, "NOT_READY", { as: "boss", body: '{"displayName":"Acme"}' }],
    [`GET ${IN}/connections/{name}`, 200, null, { as: "boss", path: ofName("acme%2Dentra") }],
    [`GET ${IN}/connections/{name}`, 404, "NOT_FOUND", { as: "boss", path: ofName("a%2Fb%25") }],
    [`PATCH ${IN}/connections/{name}`, 404, "NOT_FOUND", { as: "boss", body: '{"displayName":"A"}' }],
    [`POST ${IN}/connections/{name}/test`, 404, "NOT_FOUND", { as: "boss", body: '{"token":"x"}' }],
    [`DELETE ${IN}/connections/{name}`, 404, "NOT_FOUND", { as: "boss" }],
    [`DELETE ${IN}/connections/{name}`, 403, "ROLE_REQUIRED", { as: "jane" }],
    [DISCOVER, 200, null, { body: OF_ACME }],
    [DISCOVER, 200, null, { body: '{"email":"a@nobody.example"}' }],
    [DISCOVER, 400, "INPUT_INVALID", { body: '{"email":"a"}' }],
    [DISCOVER, 503, "STORE_UNAVAILABLE", { body: OF_ACME, on: "noStore" }],
    [DISCOVER, 429, "RATE_LIMITED", { body: OF_ACME, on: "limited" }],
    [INTROSPECT, 200, null, { as: "service", headers: FORM, body: "token=x" }],
    [INTROSPECT, 400, "INPUT_INVALID", { as: "service", headers: FORM, body: "" }],
    [INTROSPECT, 401, "TOKEN_MISSING", { headers: FORM, body: "token=x" }],
    [INTROSPECT, 403, "CLIENT_NOT_ALLOWED", { as: "machine", headers: FORM, body: "token=x" }],
    [INTROSPECT, 413, "TOO_LARGE", { as: "service", headers: FORM, body: "x".repeat(17_000) }],
    [INTROSPECT, 502, "AUTH0_UNAVAILABLE", { headers: { ...FORM, ...BASIC }, body: "token=x" }],
    ["GET /audit.ndjson", 400, "INPUT_INVALID", { as: "service", query: "?cursor=x" }],
    ["GET /audit.ndjson", 403, "CLIENT_NOT_ALLOWED", { as: "boss" }],
    ["GET /livez", 200, null],
    ["GET /readyz", 200, null],
    ["GET /readyz", 503, null, { on: "noKeys" }],
  ])(
    "answers %s with status %i and reason %s, as described",
    async (name, status, reason, { as, path, query = "", headers = {}, body, on = "well" } = {}) => {
      const operation = description.operations.get(name);
      const inPath = operation?.parameters.filter((parameter) => parameter.in === "path") ?? [];
      const examples = Object.fromEntries(inPath.map((known) => [known.name, String(known.example)]));
      const values = typeof path === "function" ? path() : (path ?? examples);
      const [method = "", template = ""] = name.split(" ");
      const target = template.replaceAll(/\{(\w+)\}/g, (_, parameter) => values[parameter] ?? "");
      const sent = {
        ...(as !== undefined && { authorization: `Bearer ${tokens[as]}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      };
      const ask = () => send(`${servers[on].url}${target}${query}`, method, sent, body);
      if (on === "limited") await ask(); // the one of this minute, however long the rows before took
      const answer = await ask();
      expect(answer.response.statusCode).toBe(status);
      const described = operation?.responses[status];
      const content = described?.content["application/json"];
      const validate = description.validator(content?.schema ?? { not: {} });
      expect({ body: answer.body, errors: validate(answer.body) ? [] : validate.errors }).toMatchObject({
        errors: [],
      });
      if (reason !== null) {
        expect(answer.body).toMatchObject({ error: { reason } });
        expect(described?.description).toContain(`\`${reason}\``);
      }
      const known = ["www-authenticate", "retry-after"].filter((header) => header in answer.response.headers);
      expect(Object.keys(described?.headers ?? {}).map((header) => header.toLowerCase())).toEqual(known);
    },
  );
});
