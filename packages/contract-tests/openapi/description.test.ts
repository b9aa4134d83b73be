import { readFileSync } from "node:fs";
import { type IncomingMessage, request, validateHeaderValue } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { createLogger, readServerConfig, serve } from "@platform-api/platform-api";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AUDIENCE, signWithSecret } from "../platform/issuer.ts";
import { fresh, logins, ORGANIZATIONS } from "../platform/people.ts";
import { type Server, type Stack, startStack } from "../platform/stack.ts";
import { type Description, describeServer } from "./description.ts";

const NOWHERE = "http://127.0.0.1:9";
const page = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

const LEGACY_SECRET = "a-legacy-secret-for-the-contract-tests-9f3b";
const LEGACY_ISSUER = "https://legacy.platform.example";

let stack: Stack;
let description: Description;
let servers: Record<"well" | "noDirectory" | "noStore" | "noKeys" | "limited", Server>;
let bossId: string;
let tokens: Record<
  "jane" | "boss" | "chooser" | "newcomer" | "expired" | "machine" | "unverified" | "removed" | "legacy",
  string
>;

beforeAll(async () => {
  stack = await startStack({
    DNS_RESOLVERS: "127.0.0.1:9", // no check leaves this machine
    PLATFORM_JWT_ISSUER: LEGACY_ISSUER,
    PLATFORM_JWT_AUDIENCE: AUDIENCE,
    PLATFORM_JWT_SECRET: LEGACY_SECRET,
  });
  await stack.applyOrganizations(ORGANIZATIONS);
  description = await describeServer(stack.url);
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
  const login = logins(stack.issuer);
  const now = Math.floor(Date.now() / 1_000);
  tokens = {
    jane: await login.entra(`${fresh("jane")}@acme.example`),
    boss: await login.entra("boss@acme.example"),
    chooser: await login.okta(`${fresh("chooser")}@umbrella.example`),
    newcomer: await login.entra(`${fresh("newcomer")}@acme.example`),
    expired: await stack.issuer.sign("waad|old", { iat: now - 600, exp: now - 300 }),
    machine: await stack.issuer.sign("m2m@clients", { gty: "client-credentials" }),
    unverified: await login.password(`${fresh("u")}@hooli.example`, { verified: false }),
    removed: await login.entra(`${fresh("removed")}@acme.example`),
    legacy: await signWithSecret(LEGACY_SECRET, LEGACY_ISSUER, crypto.randomUUID()),
  };
  const { userId } = await stack.client(tokens.removed).auth.validate.query();
  const { auth: bossAuth, org } = stack.client(tokens.boss);
  bossId = (await bossAuth.validate.query()).userId;
  await org.members.remove.mutate({ organizationId: "acme", userId });
  const { discover, auth } = servers.limited.client("no-token");
  await Promise.allSettled([discover.byEmail.mutate({ email: "a@acme.example" }), auth.validate.query()]);
});
afterAll(() => stack.close());

/** Sends exactly these headers and this body, including ones that `fetch` refuses to send. */
async function send(url: string, method: string, headers: Record<string, string> = {}, body = "") {
  const sent = request(url, { method, headers });
  sent.end(body);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once("response", resolve).once("error", reject);
  });
  return { response, body: JSON.parse(await textOf(response)) as unknown };
}

describe("the description", () => {
  it("passes an OpenAPI linter, with the rules that Spectral has beyond it", async () => {
    const more = ["info-contact", "operation-description", "parameter-description"];
    const config = await createConfig({
      extends: ["recommended-strict"],
      rules: Object.fromEntries(more.map((rule) => [rule, "error"])),
    });
    const problems = await lintFromString({
      source: description.text,
      absoluteRef: "openapi.json",
      config,
    });
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  });

  it("gives only examples that satisfy their schemas", () => {
    let examples = 0;
    const judge = (schema: object, example: unknown, where: string) => {
      const validate = description.validator(schema);
      expect({ where, valid: validate(example), errors: validate.errors }).toMatchObject({ valid: true });
      examples += 1;
    };
    for (const [name, { parameters, requestBody, responses }] of description.operations) {
      for (const { schema, example } of parameters) judge(schema, example, name);
      const bodies = [...(requestBody ? [requestBody] : []), ...Object.values(responses)];
      for (const content of bodies.flatMap((body) => Object.values(body.content))) {
        const found = description.examplesOf(content);
        expect({ name, found }).not.toMatchObject({ found: [] });
        for (const example of found) judge(content.schema, example, name);
      }
    }
    expect(examples).toBeGreaterThan(100);
  });

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
    const start = { service: "platform-api", version, documentation: "/docs", description: "/openapi.json" };
    expect(body).toEqual(start);
    for (const path of ["/docs", "/openapi.json"]) expect((await fetch(stack.url + path)).status).toBe(200);
    const withoutViewer = await stack.another({ DOCS_VIEWER: "0" });
    const bare = await send(`${withoutViewer.url}/`, "GET");
    expect(bare.body).toEqual({ ...start, documentation: null });
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

describe("answers match the description", () => {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const forwarded = (token: string) => ({ "x-user-token": token });
  const json = { "content-type": "application/json" };
  type Row = [
    operation: string,
    status: number,
    reason: string | null,
    more?: {
      /** Instead of the description's example values. */
      path?: Record<string, string> | (() => Record<string, string>);
      query?: string;
      headers?: () => Record<string, string>;
      body?: string;
      on?: keyof typeof servers;
    },
  ];
  const IN = "/organizations/{organizationId}";
  const NOBODY = "7c18584b-d06e-4ad2-9ff1-6ef64128fed0";
  const jane = () => ({ ...json, ...bearer(tokens.jane) });
  const boss = () => ({ ...json, ...bearer(tokens.boss) });
  const ownRole = () => ({ organizationId: "acme", userId: bossId });
  const ofDomain = (domain: string) => ({ organizationId: "acme", domain });
  const ofName = (name: string) => ({ organizationId: "acme", name });
  const JOIN = "POST /organizations/{organizationId}/join";
  // What follows from the token, the input and the method is the same for every operation: its rows are those of
  // /validate. The other operations have a row for their answer, and for each reason of their own.
  it.each<Row>([
    ["GET /validate", 200, null, { headers: () => bearer(tokens.jane) }],
    ["POST /validate", 200, null, { headers: () => forwarded(tokens.jane) }],
    ["GET /validate", 401, "TOKEN_MISSING"],
    ["GET /validate", 401, "TOKEN_INVALID", { headers: () => bearer("no-token") }],
    ["GET /validate", 401, "TOKEN_EXPIRED", { headers: () => forwarded(tokens.expired) }],
    [
      "GET /validate",
      400,
      "CREDENTIALS_CONFLICT",
      { headers: () => ({ ...bearer("a"), ...forwarded("b") }) },
    ],
    ["GET /validate", 403, "USER_TOKEN_REQUIRED", { headers: () => bearer(tokens.machine) }],
    ["GET /validate", 403, "EMAIL_UNVERIFIED", { headers: () => bearer(tokens.unverified) }],
    [
      "GET /check",
      403,
      "MEMBERSHIP_REMOVED",
      { query: "?organizationId=acme", headers: () => bearer(tokens.removed) },
    ],
    ["GET /validate", 431, "TOO_LARGE", { headers: () => ({ x: "x".repeat(17_000) }) }],
    [
      "GET /validate",
      502,
      "DIRECTORY_UNAVAILABLE",
      { headers: () => bearer(tokens.newcomer), on: "noDirectory" },
    ],
    ["GET /validate", 503, "STORE_UNAVAILABLE", { headers: () => bearer(tokens.jane), on: "noStore" }],
    ["GET /validate", 503, "KEYS_UNAVAILABLE", { headers: () => bearer(tokens.jane), on: "noKeys" }],
    ["GET /validate", 429, "RATE_LIMITED", { headers: () => bearer("no-token"), on: "limited" }],
    ["POST /validate", 413, "TOO_LARGE", { headers: () => json, body: " ".repeat(33_000) }],
    [
      "POST /validate",
      415,
      "INPUT_INVALID",
      { headers: () => ({ "content-type": "text/plain" }), body: "x" },
    ],
    ["POST /validate", 400, "INPUT_INVALID", { headers: () => json, body: "[".repeat(33) }],
    ["GET /link", 200, null, { headers: () => bearer(tokens.jane) }],
    ["GET /link", 404, "NOT_FOUND", { headers: () => bearer(tokens.legacy) }],
    [
      "GET /check",
      200,
      null,
      { query: "?organizationId=acme&role=admin", headers: () => bearer(tokens.jane) },
    ],
    ["GET /check", 400, "INPUT_INVALID", { headers: () => bearer(tokens.jane) }],
    ["GET /organizations/me", 200, null, { headers: () => bearer(tokens.jane) }],
    ["GET /organizations/me", 401, "TOKEN_MISSING"],
    [JOIN, 200, null, { path: { organizationId: "umbrella-retail" }, headers: () => bearer(tokens.chooser) }],
    [JOIN, 403, "NOT_JOINABLE", { headers: () => forwarded(tokens.jane) }],
    [
      JOIN,
      400,
      "INPUT_INVALID",
      { path: { organizationId: "x".repeat(257) }, headers: () => bearer(tokens.jane) },
    ],
    [`GET ${IN}`, 200, null, { headers: jane }],
    [`GET ${IN}`, 403, "NOT_A_MEMBER", { path: { organizationId: "globex" }, headers: jane }],
    [`PATCH ${IN}`, 200, null, { headers: boss, body: '{"name":"Acme"}' }],
    [`PATCH ${IN}`, 403, "ROLE_REQUIRED", { headers: jane, body: '{"name":"Mine"}' }],
    [`POST ${IN}/members/search`, 200, null, { headers: boss, body: '{"query":"bo","limit":1}' }],
    [`POST ${IN}/members/search`, 400, "INPUT_INVALID", { headers: boss, body: '{"cursor":"x"}' }],
    [`POST ${IN}/members/search`, 403, "ROLE_REQUIRED", { headers: jane }],
    [`POST ${IN}/members/lookup`, 200, null, { headers: jane, body: `{"userIds":["${NOBODY}"]}` }],
    [
      `PUT ${IN}/members/{userId}/role`,
      200,
      null,
      { path: ownRole, headers: boss, body: '{"role":"owner"}' },
    ],
    [
      `PUT ${IN}/members/{userId}/role`,
      409,
      "LAST_OWNER",
      { path: ownRole, headers: boss, body: '{"role":"member"}' },
    ],
    [
      `PUT ${IN}/members/{userId}/role`,
      409,
      "CONFLICT",
      { path: ownRole, headers: boss, body: '{"role":"admin","expectedRole":"member"}' },
    ],
    [`PUT ${IN}/members/{userId}/role`, 404, "NOT_FOUND", { headers: boss, body: '{"role":"admin"}' }],
    [`PUT ${IN}/members/{userId}/role`, 403, "ROLE_REQUIRED", { headers: jane, body: '{"role":"admin"}' }],
    [`POST ${IN}/members/{userId}/remove`, 409, "LAST_OWNER", { path: ownRole, headers: boss }],
    [`POST ${IN}/members/{userId}/remove`, 404, "NOT_FOUND", { headers: boss }],
    [`POST ${IN}/members/{userId}/restore`, 200, null, { path: ownRole, headers: boss }],
    [`POST ${IN}/members/{userId}/restore`, 404, "NOT_FOUND", { headers: boss }],
    [`POST ${IN}/leave`, 409, "LAST_OWNER", { headers: boss }],
    [`GET ${IN}/domains`, 200, null, { headers: boss }],
    [`GET ${IN}/domains`, 403, "ROLE_REQUIRED", { headers: jane }],
    [`POST ${IN}/domains`, 200, null, { headers: boss, body: '{"domain":"New.Example"}' }],
    [`POST ${IN}/domains`, 400, "INPUT_INVALID", { headers: boss, body: '{"domain":"localhost"}' }],
    [
      `POST ${IN}/domains/{domain}/check`,
      404,
      "NOT_FOUND",
      { path: ofDomain("nobody%2Eexample"), headers: boss },
    ],
    [`DELETE ${IN}/domains/{domain}`, 200, null, { path: ofDomain("nobody.example"), headers: boss }],
    [`DELETE ${IN}/domains/{domain}`, 403, "ROLE_REQUIRED", { headers: jane }],
    [`GET ${IN}/connections`, 200, null, { headers: boss }],
    [`POST ${IN}/connections`, 409, "NOT_READY", { headers: boss, body: '{"displayName":"Acme"}' }],
    [`GET ${IN}/connections/{name}`, 200, null, { path: ofName("acme%2Dentra"), headers: boss }],
    [`GET ${IN}/connections/{name}`, 404, "NOT_FOUND", { path: ofName("a%2Fb%25"), headers: boss }],
    [`PATCH ${IN}/connections/{name}`, 404, "NOT_FOUND", { headers: boss, body: '{"displayName":"A"}' }],
    [`POST ${IN}/connections/{name}/test`, 404, "NOT_FOUND", { headers: boss, body: '{"token":"x"}' }],
    [`DELETE ${IN}/connections/{name}`, 404, "NOT_FOUND", { headers: boss }],
    [`DELETE ${IN}/connections/{name}`, 403, "ROLE_REQUIRED", { headers: jane }],
    ["POST /public/auth/discover", 200, null, { headers: () => json, body: '{"email":"a@acme.example"}' }],
    ["POST /public/auth/discover", 200, null, { headers: () => json, body: '{"email":"a@nobody.example"}' }],
    ["POST /public/auth/discover", 400, "INPUT_INVALID", { headers: () => json, body: '{"email":"a"}' }],
    [
      "POST /public/auth/discover",
      503,
      "STORE_UNAVAILABLE",
      { headers: () => json, body: '{"email":"a@acme.example"}', on: "noStore" },
    ],
    [
      "POST /public/auth/discover",
      429,
      "RATE_LIMITED",
      { headers: () => json, body: '{"email":"a@acme.example"}', on: "limited" },
    ],
    ["GET /livez", 200, null],
    ["GET /readyz", 200, null],
    ["GET /readyz", 503, null, { on: "noKeys" }],
  ])(
    "answers %s with status %i and reason %s, as described",
    async (name, status, reason, { path, query = "", headers, body, on = "well" } = {}) => {
      const operation = description.operations.get(name);
      const inPath = operation?.parameters.filter((parameter) => parameter.in === "path") ?? [];
      const examples = Object.fromEntries(inPath.map((known) => [known.name, String(known.example)]));
      const values = typeof path === "function" ? path() : (path ?? examples);
      const [method = "", template = ""] = name.split(" ");
      const target = template.replaceAll(/\{(\w+)\}/g, (_, parameter) => values[parameter] ?? "");
      const answer = await send(`${servers[on].url}${target}${query}`, method, headers?.(), body);
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
