import { once } from "node:events";
import { type IncomingMessage, METHODS, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { TRPCError } from "@trpc/server";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Refusal, type Role, type VerifiedClaims } from "../../domain/index.ts";
import {
  acmeAndGlobex,
  BY_PASSWORD,
  type MemoryPorts,
  membership,
  memoryPorts,
  signedIn,
  VIA_ACME,
} from "../../domain/testing/memory-ports.ts";
import { claims, GLOBEX, JANE } from "../../domain/testing/people.ts";
import { memoryServices } from "../../trpc/testing/memory-services.ts";
import { allowOrigins, headersForAll } from "./cors.ts";
import { errorAnswers } from "./error-answers.ts";
import { registerForwardAuthRoutes, withoutClientsPath } from "./forward-auth-route.ts";
import { readJsonAsText } from "./json-body.ts";
import { sendersFor } from "./senders.ts";

/** Claims by token. Jane is an owner of Acme, and an administrator of Globex. */
const TOKENS: Readonly<Record<string, Partial<VerifiedClaims>>> = {
  sso: VIA_ACME,
  password: BY_PASSWORD,
  agent: { ...VIA_ACME, actor: { subject: "agt_1", clientId: "agent" } },
  somebody: { ...VIA_ACME, actor: { subject: "auth0|support", clientId: null } },
  blank: { ...VIA_ACME, actor: { subject: "auth0|support", clientId: " " } },
  machine: { machine: "its sub ends in @clients" },
};
const AT_ACME = {
  "x-user-id": JANE,
  "x-organization-id": "acme",
  "x-organization-role": "owner",
  "x-actor-client": "",
};
const NOWHERE = { ...AT_ACME, "x-organization-id": "", "x-organization-role": "" };
const AT_GLOBEX = { ...AT_ACME, "x-organization-id": "globex", "x-organization-role": "admin" };

let app: FastifyInstance;
let ports: MemoryPorts;
let port: number;
/** The address of each failed token, and the outcome of each call. */
let failed: string[];
let outcomes: string[];

beforeEach(async () => {
  ports = memoryPorts(acmeAndGlobex());
  ports.memberships.put(
    membership({ role: "owner" }),
    membership({ organizationId: GLOBEX, role: "admin", origin: "invitation", invitedFromOutside: true }),
  );
  failed = [];
  outcomes = [];
  await signedIn(ports, VIA_ACME);
  await signedIn(ports, BY_PASSWORD);
  const services = memoryServices(
    {
      rateLimits: {
        discover: () => null,
        failedTokens: (address) => (failed.push(address) > 1 ? 7 : null),
        mutations: () => null,
        reads: () => null,
        services: () => null,
      },
      verifier: {
        recall: () => null,
        remember: () => {},
        async verify(token) {
          const presented = TOKENS[token];
          if (presented === undefined) throw new Refusal("TOKEN_INVALID", "not one of this test");
          return claims(presented);
        },
      },
    },
    ports,
  );
  const called = (procedure: string | null, reason: string) => outcomes.push(`${procedure} ${reason}`);
  const { answerError } = errorAnswers(called);
  app = Fastify({ rewriteUrl: withoutClientsPath, frameworkErrors: answerError });
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    answerError(new TRPCError({ code: "NOT_FOUND" }), request, reply),
  );
  readJsonAsText(app);
  const methods = new Set(["GET"]);
  allowOrigins(app, { origins: ["https://app.example"], methods, setHeaders: headersForAll([]) });
  registerForwardAuthRoutes(app, { senderOf: sendersFor(services, 1), ports, called, answerError });
  await app.listen({ port: 0, host: "127.0.0.1" });
  [{ port }] = app.addresses() as [AddressInfo];
});
afterEach(() => app.close());

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly token?: string;
  /** Names and values in turn. */
  readonly headers?: readonly string[];
  readonly body?: string;
}

async function ask({ method = "GET", path = "/forward-auth", token = "sso", headers = [], body }: Sent) {
  const credentials = token === "" ? [] : ["Authorization", `Bearer ${token}`];
  const outgoing = request({
    port,
    host: "127.0.0.1",
    method,
    path,
    headers: ["Host", "x", "Connection", "close", ...credentials, ...headers],
  }).end(body);
  const [response]: IncomingMessage[] = await once(outgoing, "response");
  if (response === undefined) throw new Error("no response");
  const answer = await text(response);
  const named = Object.entries(response.headers).filter(([name]) => /^x-(?!request-id)|^www-/.test(name));
  return {
    status: response.statusCode,
    headers: Object.fromEntries(named),
    length: response.headers["content-length"],
    reason: /"reason":"(\w+)"/.exec(answer)?.[1] ?? null,
    text: answer,
  };
}

const required = (id: string, role?: Role): readonly string[] => [
  "X-Require-Organization-Id",
  id,
  ...(role === undefined ? [] : ["X-Require-Role", role]),
];

describe("a proxy gets the identity, with an empty value for what is missing", () => {
  it.each<[sent: Sent, headers: typeof AT_ACME]>([
    [{}, AT_ACME],
    [{ path: "/forward-auth?" }, AT_ACME],
    [{ token: "password" }, NOWHERE],
    [{ token: "agent" }, { ...AT_ACME, "x-actor-client": "agent" }],
    [{ token: "somebody" }, { ...AT_ACME, "x-actor-client": "unknown" }],
    [{ token: "blank" }, { ...AT_ACME, "x-actor-client": "unknown" }],
    [{ headers: ["X-Actor-Client", "evil"] }, AT_ACME],
    [{ token: "", headers: ["X-User-Token", "sso"] }, AT_ACME],
    [{ path: "/forward-auth?organizationId=globex" }, AT_GLOBEX],
    [{ path: "/forward-auth?organizationId=globex&role=admin" }, AT_GLOBEX],
    [{ path: "/forward-auth?role=admin&organizationId=acme", token: "password" }, AT_ACME],
    // What the client of the proxy may have sent.
    [
      { headers: ["X-User-Id", "evil", "X-Organization-Id", "globex", "X-Organization-Role", "owner"] },
      AT_ACME,
    ],
    [{ headers: required("globex", "owner") }, AT_ACME],
    [{ headers: ["X-Forwarded-Method", "POST", "X-Forwarded-Uri", "/?organizationId=globex"] }, AT_ACME],
    [{ headers: ["Content-Type", "multipart/form-data", "Content-Length", "3"], body: "abc" }, AT_ACME],
    [{ path: "/ext-authz", headers: required("globex", "admin") }, AT_GLOBEX],
    [{ path: "/ext-authz/a/b?organizationId=globex&role=x" }, AT_ACME],
    [{ path: "/ext-authz?role=owner" }, AT_ACME],
    [{ path: "/ext-authz/%zz" }, AT_ACME],
    [{ path: "/ext-authz//\\..;/%00%c0?%zz" }, AT_ACME],
  ])("%j", async (sent, headers) => {
    expect(await ask(sent)).toEqual({ status: 200, headers, length: "0", reason: null, text: "" });
  });

  const FORWARDED = METHODS.filter((method) => method !== "CONNECT");
  it.each(FORWARDED)("answers a request of the method %s that Envoy holds", async (method) => {
    expect(await ask({ method, path: "/ext-authz/items" })).toMatchObject({ status: 200, headers: AT_ACME });
  });

  it.each([
    ["application/json", "{"],
    ["text/plain", "x"],
    ["nonsense; a", "x"],
  ])("reads no body of the type %s", async (type, body) => {
    const headers = ["Content-Type", type, "Transfer-Encoding", "chunked"];
    const answer = await ask({ method: "POST", path: "/ext-authz/items", headers, body });
    expect(answer).toMatchObject({ status: 200, headers: AT_ACME });
  });
});

describe("a proxy gets a refusal", () => {
  it.each<[sent: Sent, status: number, reason: string]>([
    [{ token: "" }, 401, "TOKEN_MISSING"],
    [{ token: "forged" }, 401, "TOKEN_INVALID"],
    [{ token: "forged", path: "/ext-authz/x" }, 401, "TOKEN_INVALID"],
    [{ headers: ["X-User-Token", "password"] }, 401, "CREDENTIALS_CONFLICT"],
    [{ token: "", headers: ["Authorization", "Basic eDp5"] }, 401, "CREDENTIALS_CONFLICT"],
    [{ token: "machine" }, 403, "USER_TOKEN_REQUIRED"],
    [{ path: "/forward-auth?organizationId=nowhere" }, 403, "NOT_A_MEMBER"],
    [{ path: "/forward-auth?organizationId=globex&role=owner" }, 403, "ROLE_REQUIRED"],
    [{ path: "/ext-authz/x", headers: required("globex", "owner") }, 403, "ROLE_REQUIRED"],
    [{ method: "HEAD" }, 404, ""],
    [{ method: "POST" }, 404, "NOT_FOUND"],
    [{ method: "OPTIONS" }, 404, "NOT_FOUND"],
    [{ method: "OPTIONS", path: "/ext-authz/x", token: "" }, 401, "TOKEN_MISSING"],
    [{ path: "/forward-auth/" }, 404, "NOT_FOUND"],
    [{ path: "/ext-authzx" }, 404, "NOT_FOUND"],
    [{ path: "/other/%zz" }, 400, "INPUT_INVALID"],
  ])("%j: %i %s", async (sent, status, reason) => {
    const answer = await ask(sent);
    expect(answer).toMatchObject({ status, reason: reason || null });
    const challenges = status === 401 ? [expect.stringMatching(/^Bearer realm="platform-api"/)] : [];
    expect(Object.values(answer.headers)).toEqual(challenges);
  });

  it("refuses a member who was removed from the organization of the token, whatever the proxy requires", async () => {
    ports.memberships.put(membership({ status: "removed" }));
    for (const path of ["/forward-auth", "/forward-auth?organizationId=globex"]) {
      expect(await ask({ path })).toMatchObject({ status: 403, reason: "MEMBERSHIP_REMOVED", headers: {} });
    }
  });
});

it("counts failed tokens by the address that the proxy names, and limits nothing else", async () => {
  const headers = ["X-Forwarded-For", "192.0.2.9, 192.0.2.1"];
  const statuses = [];
  for (const token of ["forged", "sso", "forged", "machine"]) {
    const path = token === "forged" ? "/ext-authz/items" : "/forward-auth";
    statuses.push((await ask({ path, token, headers })).status);
  }
  expect(statuses).toEqual([401, 200, 429, 403]);
  expect(failed).toEqual(["192.0.2.1", "192.0.2.1"]);
  const reasons = ["TOKEN_INVALID", "OK", "RATE_LIMITED", "USER_TOKEN_REQUIRED"];
  expect(outcomes).toEqual(reasons.map((reason) => `forward-auth ${reason}`));
});

describe("a wrong requirement lets nobody in and says how to write it", () => {
  it.each<[query: string, problem: string]>([
    ["organization=acme", "unknown parameter"],
    ["organizationId=acme&x", "unknown parameter"],
    ["organizationid=acme", "unknown parameter"],
    ["__proto__=acme", "unknown parameter"],
    ["organizationId=acme?organizationId=globex", "organizationId is not an organization id"],
    ["organizationId=acme&organizationId=acme", "organizationId is given more than once"],
    ["organizationId=acme&role=admin&role=admin", "role is given more than once"],
    ["organizationId=", "organizationId is not an organization id"],
    ["organizationId=%zz", "organizationId is not an organization id"],
    ["organizationId=acme&role=", "role is unknown: use one of member, admin, owner"],
    ["organizationId=acme&role=Admin", "role is unknown"],
    ["role=admin", "role needs organizationId"],
  ])("%s", async (query, problem) => {
    for (const token of ["sso", "forged", ""]) {
      const answer = await ask({ path: `/forward-auth?${query}`, token });
      expect(answer).toMatchObject({ status: 400, reason: "INPUT_INVALID", headers: {} });
      expect(answer.text).toContain(problem);
    }
  });

  it.each<[headers: readonly string[], problem: string]>([
    [required("acme, globex"), "x-require-organization-id is not an organization id"],
    [[...required("acme"), ...required("acme")], "x-require-organization-id is given more than once"],
    [[...required("acme", "admin"), "x-require-role", "member"], "x-require-role is given more than once"],
    [["X-Require-Role", "admin"], "x-require-role needs x-require-organization-id"],
    [[...required("acme"), "X-Require-Role", "root"], "x-require-role is unknown"],
  ])("%j", async (headers, problem) => {
    const answer = await ask({ path: "/ext-authz/x", headers });
    expect(answer).toMatchObject({ status: 400, reason: "INPUT_INVALID" });
    expect(answer.text).toContain(problem);
  });
});
