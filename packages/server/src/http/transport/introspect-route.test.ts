import Fastify, { type FastifyInstance } from "fastify";
import { beforeEach, describe, expect, it } from "vitest";
import { type CheckCredentials, Refusal, serviceOf, type VerifiedClaims } from "../../domain/index.ts";
import { memoryPorts, signedIn, VIA_ACME } from "../../domain/testing/memory-ports.ts";
import { claims, JANE } from "../../domain/testing/people.ts";
import { memoryServices } from "../../trpc/testing/memory-services.ts";
import { headersForAll } from "./cors.ts";
import { errorAnswers } from "./error-answers.ts";
import { registerIntrospectRoute } from "./introspect-route.ts";
import { readJsonAsText } from "./json-body.ts";
import { sendersFor } from "./senders.ts";

const machine = (clientId: string) =>
  claims({ subject: `${clientId}@clients`, clientId, connection: null, machine: "gty" });
const TOKENS: Readonly<Record<string, VerifiedClaims>> = {
  jane: claims({ expiresAt: 1_800_000_000 }),
  proxy: machine("proxy"),
  reports: machine("reports"),
  unlisted: machine("unlisted"),
};
const PERMISSIONS = { proxy: new Set(["introspect"] as const), reports: new Set(["audit"] as const) };
const SERVICES = new Map(Object.entries(PERMISSIONS));
const FORM = "application/x-www-form-urlencoded";
const ADDRESS = "192.0.2.1";
const basic = (clientId: string, secret = "right") =>
  `Basic ${Buffer.from(`${clientId}:${secret}`).toString("base64")}`;

let app: FastifyInstance;
let outcomes: string[];
/** By key. */
let failed: string[];
let outage: Refusal | null;

/** The issuer knows the machines, each with the same secret. */
const checkCredentials: CheckCredentials = async ({ clientId, secret }, { count }) => {
  count();
  if (outage !== null) throw outage;
  const known = TOKENS[clientId];
  if (known === undefined || secret !== "right") throw new Refusal("TOKEN_INVALID", "wrong");
  return serviceOf(known, { serviceClients: SERVICES, otherStrategies: new Set() });
};

beforeEach(async () => {
  [outcomes, failed, outage] = [[], [], null];
  const ports = memoryPorts();
  await signedIn(ports, VIA_ACME);
  const count = (key: string) => (failed.push(key) > 3 ? 7 : null);
  const rateLimits = { ...memoryServices().rateLimits, failedTokens: count, services: count };
  const services = memoryServices(
    {
      serviceClients: SERVICES,
      rateLimits,
      verifier: {
        recall: () => null,
        remember: () => {},
        async verify(token) {
          const known = TOKENS[token];
          if (token === "outage") throw new Refusal("KEYS_UNAVAILABLE", "no keys");
          if (known === undefined) throw new Refusal("TOKEN_INVALID", "signature: does not hold");
          return known;
        },
      },
      resolveIdentity: memoryServices({}, ports).resolveIdentity,
    },
    ports,
  );
  const called = (procedure: string | null, reason: string) => outcomes.push(`${procedure} ${reason}`);
  const { answerError, refusalSeen } = errorAnswers(called);
  app = Fastify();
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  const setHeaders = headersForAll([]);
  app.addHook("onRequest", async (request, reply) => setHeaders(request, reply));
  readJsonAsText(app);
  registerIntrospectRoute(app, {
    senderOf: sendersFor(services, 1),
    checkCredentials,
    rateLimits,
    called,
    refusalSeen,
  });
});

async function ask(payload: string, authorization?: string, type = FORM) {
  const headers = {
    "content-type": type,
    "x-forwarded-for": ADDRESS,
    ...(authorization !== undefined && { authorization }),
  };
  const answer = await app.inject({ method: "POST", url: "/introspect", headers, payload });
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
}

const refused = (status: number, reason: string) => ({ status, body: { error: { reason } } });

describe("POST /introspect", () => {
  it.each(["Bearer proxy", basic("proxy")])("tells a service whose token it is, by %s", async (caller) => {
    const { status, body, headers } = await ask("token=jane&token_type_hint=access_token", caller);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        active: true,
        sub: JANE,
        client_id: "console",
        exp: 1_800_000_000,
        iss: "https://login.acme.example/",
        token_type: "Bearer",
      },
    });
    expect(headers).toMatchObject({ "cache-control": "no-store" });
    expect(outcomes).toEqual(["introspect OK"]);
  });

  it.each([
    ["a forged one", "forged", "TOKEN_INVALID", ["introspect proxy"]],
    ["a machine's", "proxy", "USER_TOKEN_REQUIRED", []],
    ["one that no header can carry", "a%20b", "CREDENTIALS_CONFLICT", []],
  ])("says of %s that it is not active, and counts why", async (_, token, reason, counted) => {
    const { status, body } = await ask(`token=${token}`, "Bearer proxy");
    expect({ status, body }).toEqual({ status: 200, body: { active: false } });
    expect({ outcomes, failed }).toEqual({ outcomes: [`introspect ${reason}`], failed: counted });
  });

  it.each([
    ["no credential", undefined, 401, "TOKEN_MISSING"],
    ["a forged token", "Bearer forged", 401, "TOKEN_INVALID"],
    ["a wrong secret", basic("proxy", "wrong"), 401, "TOKEN_INVALID"],
    ["malformed credentials", "Basic x", 401, "TOKEN_INVALID"],
    ["another scheme", "Digest x y", 400, "CREDENTIALS_CONFLICT"],
    ["a user's own token", "Bearer jane", 403, "CLIENT_NOT_ALLOWED"],
    ["a machine that is not listed", "Bearer unlisted", 403, "CLIENT_NOT_ALLOWED"],
    ["credentials of one that is not listed", basic("unlisted"), 403, "CLIENT_NOT_ALLOWED"],
    ["a service without the permission", "Bearer reports", 403, "ROLE_REQUIRED"],
    ["credentials of one without the permission", basic("reports"), 403, "ROLE_REQUIRED"],
  ])("refuses a caller with %s, whatever the form", async (_, authorization, status, reason) => {
    for (const form of ["token=jane", ""]) {
      const answer = await ask(form, authorization);
      expect(answer).toMatchObject(refused(status, reason));
      const challenges =
        status === 401
          ? [expect.stringContaining("Bearer realm="), expect.stringContaining("Basic realm=")]
          : undefined;
      expect(answer.headers["www-authenticate"]).toEqual(challenges);
    }
  });

  it("asks a caller that sends nothing for what a service has", async () => {
    const { body } = await ask("token=jane");
    expect(body.error.message).toMatch(/: here that of the service which asks, or its client id and secret/);
  });

  it.each([
    ["no token", "", FORM],
    ["an empty one", "token=", FORM],
    ["two", "token=jane&token=jane", FORM],
    ["JSON", '{"token":"jane"}', "application/json"],
  ])("refuses a form with %s", async (_, form, type) => {
    expect(await ask(form, "Bearer proxy", type)).toMatchObject(refused(400, "INPUT_INVALID"));
  });

  it("answers an outage with an outage, never that a token or credentials are wrong", async () => {
    const answer = await ask("token=outage", "Bearer proxy");
    expect(answer).toMatchObject(refused(503, "KEYS_UNAVAILABLE"));
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    outage = new Refusal("AUTH0_UNAVAILABLE", "an outage");
    expect(await ask("token=jane", basic("proxy"))).toMatchObject(refused(502, "AUTH0_UNAVAILABLE"));
  });

  it("reads at most 16 KiB", async () => {
    const form = (bytes: number) => `token=${"x".repeat(bytes - "token=".length)}`;
    expect((await ask(form(16_384), "Bearer proxy")).status).toBe(200);
    expect((await ask(form(16_385), "Bearer proxy")).status).toBe(413);
  });

  it("limits questions about invalid tokens by service, and none about a good one", async () => {
    const statuses = [];
    for (const token of ["forged", "forged", "forged", "forged", "jane"])
      statuses.push((await ask(`token=${token}`, "Bearer proxy")).status);
    expect(statuses).toEqual([200, 200, 200, 429, 200]);
  });

  it("T53: limits the credentials that an address may try, apart from its tokens", async () => {
    const statuses = [];
    for (let time = 0; time < 5; time++)
      statuses.push((await ask("token=jane", basic("proxy", "wrong"))).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    expect(new Set(failed)).toEqual(new Set([`credentials of ${ADDRESS}`]));
    expect((await ask("token=jane", "Bearer proxy")).status).toBe(200);
  });
});
