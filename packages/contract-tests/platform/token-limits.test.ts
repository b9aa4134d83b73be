import { beforeAll, describe, expect, it } from "vitest";
import { REST_API } from "../../server/src/http/rest/operations.ts";
import { appRouter, contractOf } from "../../server/src/trpc/index.ts";
import { startFaultProxy } from "../simulator/fault-proxy.ts";
import { operationOf, pass } from "../simulator/faults.ts";
import { AUDIENCE, actionClaims, type Claims, signWithSecret } from "../simulator/issuer.ts";
import { duringTests, stackOfTests } from "../simulator/of-tests.ts";
import { logins } from "../simulator/people.ts";
import type { Server } from "../simulator/stack.ts";

const SECRET = "a-legacy-secret-for-the-contract-tests-9f3b";
const TEST_SECRET = "a-test-mode-secret-for-the-contract-tests-4c1d";
const LEGACY_ISSUER = "https://legacy.platform.example";
const UUID = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab";
const [BOSS, SUPPORT] = ["waad|boss", "auth0|support"];

/**
 * What a procedure is to its caller. `answer`: says something to any application. `own`: changes what is the user's own,
 * through any application. `administration`: for the console's applications. `public`: reads no token. `service`: for a
 * machine that operators have listed. `principal`: for a user or such a machine.
 */
type Kind = "public" | "answer" | "own" | "administration" | "service" | "principal";

/** The paths of no procedure that take a token. */
const OTHERS: Readonly<Record<string, Kind>> = { introspect: "service", "audit-feed": "service" };

/** Every procedure. One without a row fails the first test. */
const KINDS: Readonly<Record<string, Kind>> = {
  "auth.validate": "answer",
  "auth.principal": "principal",
  "auth.link": "answer",
  "auth.standings": "service",
  "auth.check": "answer",
  "auth.signOutEverywhere": "own",
  "discover.byEmail": "public",
  "org.me": "answer",
  "org.join": "own",
  "org.get": "administration",
  "org.update": "administration",
  "org.close": "administration",
  "org.keepOpen": "administration",
  "org.members.list": "administration",
  "org.members.lookup": "answer",
  "org.members.setRole": "administration",
  "org.members.remove": "administration",
  "org.members.restore": "administration",
  "org.members.changeMany": "administration",
  "org.members.leave": "own",
  "org.invitations.list": "administration",
  "org.invitations.create": "administration",
  "org.invitations.resend": "administration",
  "org.invitations.revoke": "administration",
  "org.invitations.changeMany": "administration",
  "org.invitations.accept": "own",
  "org.invitations.decline": "own",
  "org.domains.list": "administration",
  "org.domains.claim": "administration",
  "org.domains.check": "administration",
  "org.domains.release": "administration",
  "org.connections.list": "administration",
  "org.connections.begin": "administration",
  "org.connections.get": "administration",
  "org.connections.update": "administration",
  "org.connections.test": "administration",
  "org.connections.remove": "administration",
  "org.refusals.list": "administration",
  "org.askToBeRestored": "own",
  "org.audit.list": "administration",
};

const stack = stackOfTests({
  settings: {
    PLATFORM_JWT_ISSUER: LEGACY_ISSUER,
    PLATFORM_JWT_AUDIENCE: AUDIENCE,
    PLATFORM_JWT_SECRET: SECRET,
    AUTH0_TEST_MODE: "1",
    AUTH0_TEST_SECRET: TEST_SECRET,
    ADMIN_CLIENT_IDS: "spa,platform,test",
    SERVICE_CLIENTS: "spa=standing,worker=standing+audit+introspect",
  },
});
const login = logins(stack);
/** With a store that counts writes. */
let watched: Server;
const READS = ["GetItem", "BatchGetItem", "Query"];
const writes: string[] = [];
const store = duringTests(() =>
  startFaultProxy(stack.environment.DYNAMODB_ENDPOINT ?? "", async (exchange) => {
    const operation = operationOf(exchange);
    if (!READS.includes(operation)) writes.push(operation);
    await pass(exchange);
  }),
);
/** Without any application that administers. */
let closed: Server;

beforeAll(async () => {
  watched = await stack.another({ DYNAMODB_ENDPOINT: store.url });
  closed = await stack.another({ ADMIN_CLIENT_IDS: "" });
  const support = actionClaims({ email: "support@hooli.example", emailVerified: true });
  await stack.client(await boss()).org.me.query();
  await stack.client(await stack.issuer.sign(SUPPORT, support)).auth.validate.query();
});

const OWN = actionClaims({ connection: "acme-entra", email: "boss@acme.example" });
const boss = (claims: Claims = {}) => stack.issuer.sign(BOSS, { ...OWN, ...claims });

/** What only the limits of a token refuse; null for a request that got past them. */
type Limit = "TOKEN_INVALID" | "USER_TOKEN_REQUIRED" | "CLIENT_NOT_ALLOWED" | "DELEGATION_NOT_ALLOWED";
const LIMITS = ["TOKEN_INVALID", "USER_TOKEN_REQUIRED", "CLIENT_NOT_ALLOWED", "DELEGATION_NOT_ALLOWED"];

interface Row {
  readonly name: string;
  readonly token: () => Promise<string>;
  readonly refused: Readonly<Record<Exclude<Kind, "public">, Limit | null>>;
}

const ALLOWED = {
  answer: null,
  own: null,
  administration: null,
  principal: null,
  service: "CLIENT_NOT_ALLOWED", // also where the user's application is a service
} as const;
const DELEGATED = {
  ...ALLOWED,
  own: "DELEGATION_NOT_ALLOWED",
  administration: "DELEGATION_NOT_ALLOWED",
} as const;
/** @param service what a service's procedures say to it */
const everything = (limit: Limit, service: Limit | null = limit) => ({
  answer: limit,
  own: limit,
  administration: limit,
  principal: limit === "USER_TOKEN_REQUIRED" ? service : limit,
  service,
});

/** A row a limit. What a token says by each dialect and actor is proven in packages/server/src/adapters/tokens. */
const ROWS: readonly Row[] = [
  { name: "of the console's application", token: boss, refused: ALLOWED },
  {
    name: "T82: of another application of the tenant",
    token: () => boss({ azp: "reports" }),
    refused: { ...ALLOWED, administration: "CLIENT_NOT_ALLOWED" },
  },
  { name: "T81: on behalf of its user", token: () => boss({ act: { sub: "agt_1" } }), refused: DELEGATED },
  {
    name: "T81: of support staff who impersonate",
    token: () => boss({ act: { sub: SUPPORT } }),
    refused: DELEGATED,
  },
  {
    name: "T81: on behalf of somebody who has never signed in",
    token: () => stack.issuer.sign("waad|new", { ...OWN, act: { sub: "agt_1" } }),
    refused: everything("DELEGATION_NOT_ALLOWED", "CLIENT_NOT_ALLOWED"),
  },
  {
    name: "T80: that is bound to a key",
    token: () => boss({ cnf: { jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" } }),
    refused: everything("TOKEN_INVALID"),
  },
  {
    name: "T25: of a machine",
    token: () => login.machine("other"),
    refused: everything("USER_TOKEN_REQUIRED", "CLIENT_NOT_ALLOWED"),
  },
  {
    name: "of a service",
    token: () => login.machine(),
    refused: everything("USER_TOKEN_REQUIRED", null),
  },
  { name: "of the platform", token: () => signWithSecret(SECRET, LEGACY_ISSUER, UUID), refused: ALLOWED },
  {
    name: "of test mode",
    token: () => signWithSecret(TEST_SECRET, "urn:platform-api:test", "waad|test", OWN),
    refused: ALLOWED,
  },
];

/** The limit that refuses a call without an input, which is checked after the limits. */
async function limitOf(
  path: string,
  init: RequestInit & { method: string },
  token: string,
): Promise<string | null> {
  const json = init.method === "GET" ? {} : { "content-type": "application/json" };
  const headers = { authorization: `Bearer ${token}`, ...json };
  const response = await fetch(`${watched.url}${path}`, { ...init, headers });
  const reason = /"reason":"([A-Z_]+)"/.exec(await response.text())?.[1] ?? null;
  if (reason === "INTERNAL") throw new Error(`${path} failed`);
  return reason !== null && LIMITS.includes(reason) ? reason : null;
}

/** Every way to call each procedure. */
const CALLS = [
  ...Object.keys(KINDS).map((procedure) => {
    const method = contractOf(procedure).type === "query" ? "GET" : "POST";
    return { procedure, path: `/trpc/${procedure}`, method };
  }),
  ...REST_API.operations.flatMap(({ procedure, method, path, stream }) =>
    [path, ...(stream === undefined ? [] : [stream.path])].map((each) => {
      return { procedure, path: each.replaceAll(/\{\w+\}/g, "acme"), method: method.toUpperCase() };
    }),
  ),
  { procedure: "auth.validate", path: "/forward-auth", method: "GET" },
  { procedure: "auth.validate", path: "/ext-authz/anything", method: "POST" },
  { procedure: "introspect", path: "/introspect", method: "POST" },
  { procedure: "audit-feed", path: "/audit.ndjson", method: "GET" },
];

it("every procedure says what it is to its caller", () => {
  expect(Object.keys(KINDS).sort()).toEqual(Object.keys(appRouter._def.procedures).sort());
});

describe("each procedure and path is refused what it must be, and stores nothing, for a token", () => {
  it.each(ROWS)("$name", async ({ token, refused }) => {
    const signed = await token();
    writes.length = 0;
    for (const { procedure, path, method } of CALLS) {
      const kind = KINDS[procedure] ?? OTHERS[procedure] ?? "public";
      // It would end the token of the calls that follow.
      if (procedure === "auth.signOutEverywhere" && refused.own === null) continue;
      const body = method === "GET" ? {} : { body: "{}" };
      const limit = await limitOf(path, { method, ...body }, signed);
      expect(limit, `${method} ${path}`).toBe(kind === "public" ? null : refused[kind]);
    }
    if (refused !== ALLOWED) expect(writes).toEqual([]);
  });
});

it("T82: without a listed application nobody administers, and the answer names the variable", async () => {
  const refused = closed.client(await boss()).org.get.query({ organizationId: "acme" });
  await expect(refused).rejects.toMatchObject({
    message: expect.stringContaining("ADMIN_CLIENT_IDS"),
    data: { reason: "CLIENT_NOT_ALLOWED", httpStatus: 403 },
  });
});

it("T81: each answer about a user says who acts, without a subject", async () => {
  const support = await stack.client(await stack.issuer.sign(SUPPORT)).auth.validate.query();
  const actor = { clientId: "spa", userId: support.userId };
  const asked = stack.client(await boss({ act: { sub: SUPPORT } }));
  const answers = [
    await asked.auth.validate.query(),
    await asked.auth.check.query({ organizationId: "acme" }),
    await asked.org.me.query(),
  ];
  expect(answers).toMatchObject([
    { clientId: "spa", actor },
    { allowed: true, role: "owner", actor },
    { actor },
  ]);
  expect(JSON.stringify(answers)).not.toContain(SUPPORT);
});
