import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPlatformClient } from "../client.ts";
import {
  GUARDED_SERVERS,
  type GuardedServer,
  type GuardedServerOptions,
} from "../test-servers/guarded-servers.ts";
import {
  data,
  identity,
  type Replier,
  refused,
  runPlatformStandIn,
  SERVICE,
  USER,
  USER_ID,
} from "../test-servers/platform-stand-in.ts";
import type { Accepted } from "./principal.ts";
import { createTokenValidator, type TokenValidator } from "./token-validator.ts";

/** Longer than the second that it would be, for a busy machine. */
const SOON = { timeout: 10_000 };

/** Query parsers return objects without a prototype, and code that converts one to a string throws. */
const asQueryParsersDo = (_: string, value: unknown) =>
  value instanceof Object && !Array.isArray(value) ? Object.assign(Object.create(null), value) : value;

/** Header names and values in wire order. */
type Headers_ = readonly string[];
const BEARER: Headers_ = ["Authorization", "Bearer s3cret-t0ken"];
const page =
  (status: number, headers = {}) =>
  () => ({ status, body: "<html>s3cret-t0ken", headers });
const CHALLENGE = 'Bearer realm="platform-api"';
const REFUSED_TOKEN = `${CHALLENGE}, error="invalid_token"`;

const platform = runPlatformStandIn();

describe.each(Object.entries(GUARDED_SERVERS))("%s", (_, start) => {
  let service: GuardedServer;
  beforeEach(() => serve());
  afterEach(() => service.close());

  const client = () => createPlatformClient({ url: platform.url, token: "the service's own", retries: 0 });

  async function serve(options: GuardedServerOptions = { client: client() }): Promise<void> {
    await service?.close().catch(() => {});
    service = await start(options);
  }

  function send(path: string, headers: Headers_) {
    return httpRequest(`${service.url}${path}`, { headers: ["Host", "service.example", ...headers] }).end();
  }

  async function get(path: string, headers: Headers_) {
    const [response] = await once(send(path, headers), "response");
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  }

  const reasonIn = (body: string) => JSON.parse(body).error.reason;

  it("sets the identity after a request to platform-api with X-User-Token", async () => {
    const { status, body } = await get("/me", ["authorization", "bearer  s3cret-t0ken"]);
    expect([status, JSON.parse(body).userId]).toEqual([200, USER_ID]);
    expect(platform.calls).toEqual([{ procedure: "auth.validate", token: "s3cret-t0ken", input: undefined }]);
    await get("/me", BEARER);
    expect(platform.calls).toHaveLength(1);
  });

  it("says that Bearer is missing from a header without a scheme", async () => {
    const problem = "the Authorization header has no scheme: send `Authorization: Bearer <token>`";
    for (const value of ["s3cret", ""]) {
      const { error } = JSON.parse((await get("/me", ["Authorization", value])).body);
      expect(error.message).toBe(`Send exactly one Bearer token: ${problem}`);
    }
    const { error } = JSON.parse((await get("/me", ["Authorization", "Basic YTpi"])).body);
    expect(error.message).toBe("Send exactly one Bearer token");
  });

  it.each<[string, Headers_, number, string, string | undefined]>([
    ["no header", [], 401, "TOKEN_MISSING", CHALLENGE],
    ["only X-User-Token", ["X-User-Token", "a"], 401, "TOKEN_MISSING", CHALLENGE],
    ["another scheme", ["Authorization", "Basic YTpi"], 400, "CREDENTIALS_CONFLICT", undefined],
    ["no scheme", ["Authorization", "a"], 400, "CREDENTIALS_CONFLICT", undefined],
    ["an empty header", ["Authorization", ""], 400, "CREDENTIALS_CONFLICT", undefined],
    ["an empty token", ["Authorization", "Bearer "], 400, "CREDENTIALS_CONFLICT", undefined],
    ["whitespace inside", ["Authorization", "Bearer a b"], 400, "CREDENTIALS_CONFLICT", undefined],
    ["a no-break space", ["Authorization", "Bearer a\u00a0"], 400, "CREDENTIALS_CONFLICT", undefined],
    ["a no-break space first", ["Authorization", "\u00a0Bearer a"], 400, "CREDENTIALS_CONFLICT", undefined],
    ["a comma inside", ["Authorization", "Bearer a,b"], 400, "CREDENTIALS_CONFLICT", undefined],
    ["two tokens", [...BEARER, "authorization", "Bearer b"], 400, "CREDENTIALS_CONFLICT", undefined],
    ["one token twice", [...BEARER, ...BEARER], 400, "CREDENTIALS_CONFLICT", undefined],
    ["two schemes", [...BEARER, "Authorization", "Basic YTpi"], 400, "CREDENTIALS_CONFLICT", undefined],
    ["Latin-1", ["Authorization", "Bearer pässwort"], 401, "TOKEN_INVALID", REFUSED_TOKEN],
  ])("refuses %s without a request to platform-api", async (_, headers, status, reason, challenge) => {
    const answer = await get("/me", headers);
    expect([answer.status, reasonIn(answer.body)]).toEqual([status, reason]);
    expect(answer.headers["www-authenticate"]).toBe(challenge);
    expect(platform.calls).toEqual([]);
  });

  it.each<[Replier, number, string, string | undefined]>([
    [refused(401, "TOKEN_INVALID"), 401, "TOKEN_INVALID", undefined],
    [refused(401, "TOKEN_EXPIRED"), 401, "TOKEN_EXPIRED", undefined],
    [refused(403, "EMAIL_UNVERIFIED"), 403, "EMAIL_UNVERIFIED", undefined],
    [refused(403, "MEMBERSHIP_REMOVED"), 403, "MEMBERSHIP_REMOVED", undefined],
    [refused(429, "RATE_LIMITED", { "retry-after": "60" }), 429, "RATE_LIMITED", "60"],
    [refused(502, "DIRECTORY_UNAVAILABLE"), 502, "DIRECTORY_UNAVAILABLE", "2"],
    [refused(503, "OVERLOADED", { "retry-after": "1" }), 503, "OVERLOADED", "1"],
    [refused(500, "INTERNAL"), 502, "INTERNAL", "2"],
    [refused(404, "NOT_FOUND"), 502, "NOT_FOUND", undefined],
    [() => null, 503, "PLATFORM_UNAVAILABLE", "2"],
    [() => ({ status: 200, body: "<html>s3cret-t0ken" }), 503, "PLATFORM_UNAVAILABLE", "2"],
    [identity({ userId: "waad|abc123" }), 503, "PLATFORM_UNAVAILABLE", "2"],
    [page(502), 503, "PLATFORM_UNAVAILABLE", "2"],
    [page(503, { "retry-after": "30" }), 503, "PLATFORM_UNAVAILABLE", "30"],
    [page(429, { "retry-after": "7" }), 429, "RATE_LIMITED", "7"],
  ])("answers failure %# with its own fixed text", async (failure, status, reason, retryAfter) => {
    platform.replies(failure);
    const answer = await get("/me", BEARER);
    expect([answer.status, reasonIn(answer.body)]).toEqual([status, reason]);
    expect(answer.headers).toMatchObject({
      "cache-control": "no-store",
      "content-type": expect.stringContaining("application/json"),
    });
    expect(answer.headers["retry-after"]).toBe(retryAfter);
    expect(answer.headers["www-authenticate"]).toBe(status === 401 ? REFUSED_TOKEN : undefined);
    expect(Object.keys(JSON.parse(answer.body).error)).toEqual(["reason", "message"]);
    expect(answer.body).not.toMatch(/upstream|s3cret/);
    expect(service.errors).toEqual([]);
  });

  describe("an organization", () => {
    const ACME: Headers_ = ["X-Organization-Id", "acme"];
    const GLOBEX: Headers_ = ["X-Organization-Id", "globex"];
    const checked = (allowed: boolean, role: string | null) => [identity(), data({ allowed, role })];

    it.each<[string, Headers_, string, string]>([
      ["the named one", GLOBEX, "/organization", "globex"],
      ["the token's own if none is named", [], "/organization", "acme"],
      ["the named one on a route for administrators", ACME, "/admin", "acme"],
    ])("is %s", async (_, named, path, id) => {
      const { status, body } = await get(path, [...BEARER, ...named]);
      expect([status, JSON.parse(body)]).toEqual([200, { id, role: "admin" }]);
      const required = path === "/admin" ? "admin" : "member";
      expect(platform.calls[1]).toMatchObject({
        procedure: "auth.check",
        token: "s3cret-t0ken",
        input: { organizationId: id, role: required },
      });
    });

    it.each<[string, Headers_, Replier[], number, string]>([
      ["if the user is not a member", GLOBEX, checked(false, null), 403, "NOT_A_MEMBER"],
      ["if the user's role is too weak", ACME, checked(false, "member"), 403, "ROLE_REQUIRED"],
      ["if the answer allows it without a role", ACME, checked(true, null), 403, "NOT_A_MEMBER"],
      ["during an outage", ACME, [identity(), refused(503, "STORE_UNAVAILABLE")], 503, "STORE_UNAVAILABLE"],
      ["with an incomplete answer", ACME, [identity(), data({})], 503, "PLATFORM_UNAVAILABLE"],
      ["if none is named", [], [identity({ organizationId: null })], 400, "INPUT_INVALID"],
      ["with an empty name", ["X-Organization-Id", ""], [identity()], 400, "INPUT_INVALID"],
      ["with a long name", ["X-Organization-Id", "x".repeat(257)], [identity()], 400, "INPUT_INVALID"],
      ["if two are named", [...ACME, ...GLOBEX], [identity()], 400, "INPUT_INVALID"],
      ["if it is named twice", [...ACME, ...ACME], [identity()], 400, "INPUT_INVALID"],
    ])("is refused %s", async (_, named, replies, status, reason) => {
      platform.replies(...replies);
      const answer = await get("/organization", [...BEARER, ...named]);
      expect([answer.status, reasonIn(answer.body)]).toEqual([status, reason]);
      expect(platform.calls).toHaveLength(replies.length);
    });

    it("can be read from another place than the header", async () => {
      await serve({
        client: client(),
        organizationOf: ({ url }) => new URL(url, "http://service.example").searchParams.get("for"),
      });
      const own = await get("/organization", [...BEARER, ...GLOBEX]);
      expect(JSON.parse(own.body).id).toBe("acme");
      const named = await get("/organization?for=initech", BEARER);
      expect(JSON.parse(named.body).id).toBe("initech");
    });

    it.each([
      ["null", 200],
      ['"globex"', 200],
      ['""', 400],
      ["0", 400],
      ["false", 400],
      ["{}", 400],
      ["[]", 400],
      ["[null]", 400],
      ['["acme"]', 400],
      ['[["acme"],"globex"]', 400],
    ])("is %s after a query parser, and is answered with %i", async (found, status) => {
      await serve({ client: client(), organizationOf: () => JSON.parse(found, asQueryParsersDo) });
      const answer = await get("/organization", BEARER);
      expect(answer.status).toBe(status);
      if (status === 400) expect(reasonIn(answer.body)).toBe("INPUT_INVALID");
      expect(service.errors).toEqual([]);
    });
  });

  it.each([
    ["lets a delegated token in, and says who acts", false, { clientId: "agent", userId: null }, 200],
    ["refuses a delegated token where a service says so", true, { clientId: null, userId: null }, 403],
    ["lets the user's own token in where delegated ones are refused", true, null, 200],
  ])("%s", async (_, refuseDelegated, actor, status) => {
    await serve({ client: client(), refuseDelegated });
    platform.replies(identity({ actor }));
    const answer = await get("/me", BEARER);
    expect(answer.status).toBe(status);
    if (status === 200) expect(JSON.parse(answer.body).actor).toEqual(actor);
    else expect(reasonIn(answer.body)).toBe("DELEGATION_NOT_ALLOWED");
  });

  it("knows the principal of a user without a further request", async () => {
    expect(JSON.parse((await get("/principal", BEARER)).body)).toEqual(USER);
    expect(platform.calls.map(({ procedure }) => procedure)).toEqual(["auth.validate"]);
  });

  describe("where services are accepted", () => {
    const acting = { ...USER, actor: { clientId: "agent", userId: null } };
    it.each<[string, readonly Accepted[], object, string, number, object | string]>([
      ["a user", ["user", "service"], USER, "/principal", 200, USER],
      ["a service", ["user", "service"], SERVICE, "/principal", 200, SERVICE],
      ["a service", ["service"], SERVICE, "/principal", 200, SERVICE],
      ["a user among services", ["service"], USER, "/principal", 403, "CLIENT_NOT_ALLOWED"],
      [
        "a service in an organization",
        ["user", "service"],
        SERVICE,
        "/organization",
        403,
        "USER_TOKEN_REQUIRED",
      ],
      ["a delegated token", ["user", "service"], acting, "/principal", 403, "DELEGATION_NOT_ALLOWED"],
    ])("%s of %j is answered as %j on %s: %i", async (_, accepts, principal, path, status, answer) => {
      await serve({ client: client(), accepts, refuseDelegated: true });
      platform.replies(data(principal));
      const got = await get(path, BEARER);
      expect(got.status).toBe(status);
      expect(status === 200 ? JSON.parse(got.body) : reasonIn(got.body)).toEqual(answer);
      expect(platform.calls).toEqual([
        { procedure: "auth.principal", token: "s3cret-t0ken", input: undefined },
      ]);
    });

    it("a user has their organization, and a machine that is not listed is refused", async () => {
      await serve({ client: client(), accepts: ["user", "service"] });
      platform.replies(data(USER), identity(), data({ allowed: true, role: "admin" }));
      expect(JSON.parse((await get("/organization", BEARER)).body)).toEqual({ id: "acme", role: "admin" });
      platform.replies(refused(403, "CLIENT_NOT_ALLOWED"));
      const { status, body } = await get("/principal", ["Authorization", "Bearer another"]);
      expect([status, reasonIn(body)]).toEqual([403, "CLIENT_NOT_ALLOWED"]);
    });
  });

  it("names its metadata in each answer 401, and in no other", async () => {
    const resourceMetadata = "https://service.example/.well-known/oauth-protected-resource";
    const named = `resource_metadata="${resourceMetadata}"`;
    await serve({ client: client(), resourceMetadata });
    const challengeTo = async (headers: Headers_) => (await get("/me", headers)).headers["www-authenticate"];
    expect(await challengeTo([])).toBe(`${CHALLENGE}, ${named}`);
    platform.replies(refused(401, "TOKEN_EXPIRED"));
    expect(await challengeTo(BEARER)).toBe(`${REFUSED_TOKEN}, ${named}`);
    platform.replies(refused(403, "IDENTITY_BLOCKED"));
    expect(await challengeTo(BEARER)).toBeUndefined();
  });

  it("waits for the answer after the request body has been read", async () => {
    platform.replies(identity(), async (call) => {
      await setTimeout(20); // the request itself ended long before
      return data({ allowed: true, role: "member" })(call);
    });
    const answer = await fetch(`${service.url}/echo`, {
      method: "POST",
      headers: { authorization: "Bearer s3cret-t0ken", "content-type": "application/json" },
      body: '{"said":"all"}',
    });
    expect(await answer.json()).toEqual({ said: "all" });
  });

  it("ends only the wait of the client that disconnects", async () => {
    const waits: (AbortSignal | undefined)[] = [];
    const validator = createTokenValidator({ client: client() });
    const watched: TokenValidator = {
      ...validator,
      validate: (token, waiting) => {
        waits.push(waiting?.signal);
        return validator.validate(token, waiting);
      },
    };
    await serve({ validator: watched });
    const { promise, resolve } = Promise.withResolvers<void>();
    platform.replies(async (call) => {
      await promise;
      return identity()(call);
    });

    const leaving = send("/me", BEARER).on("error", () => {});
    await vi.waitFor(() => expect(waits).toHaveLength(1), SOON);
    const staying = get("/me", BEARER);
    await vi.waitFor(() => expect(waits).toHaveLength(2), SOON);
    leaving.destroy();
    await vi.waitFor(() => expect(waits[0]?.aborted).toBe(true), SOON);
    expect(waits[1]?.aborted).toBe(false);
    resolve();
    expect((await staying).status).toBe(200);
    expect(platform.calls).toHaveLength(1);
    expect(service.errors).toEqual([]);
  });

  it("throws without a client and a validator", async () => {
    await service.close();
    await expect(start({} as GuardedServerOptions)).rejects.toThrow(
      "Pass a client (createPlatformClient) or a validator",
    );
    await serve();
  });
});
