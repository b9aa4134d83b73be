import { beforeAll, describe, expect, it, vi } from "vitest";
import { startFaultProxy } from "../simulator/fault-proxy.ts";
import { answer as fault, only, pass } from "../simulator/faults.ts";
import { actionClaims } from "../simulator/issuer.ts";
import { duringTests, stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";
import type { Server } from "../simulator/stack.ts";
import {
  answer,
  cached,
  call,
  expectGrowth,
  growth,
  json,
  readMetrics,
  send,
  total,
  upstream,
} from "./page.ts";

const NOWHERE = "http://127.0.0.1:9";
/** What the tests of requests compare. */
const REQUESTS =
  /^(platform_api_(calls|links|memberships|would_refuse|audit_lost|shed|rate_limited)_total|http_server_request_duration_seconds_count)/;
const UPSTREAMS = /^platform_api_upstream_duration_seconds_count/;

const stack = stackOfTests({ settings: { IDENTITY_CACHE_MS: "60000", MEMBERSHIP_CACHE_MS: "5000" } });
const login = logins(stack);
const store = duringTests(() => startFaultProxy(stack.environment.DYNAMODB_ENDPOINT ?? "", pass));
let servers: Record<"well" | "noDirectory" | "noStore" | "noKeys" | "report" | "faultyStore", Server>;

beforeAll(async () => {
  servers = {
    well: stack,
    noDirectory: await stack.another({ CLJ_PG_WRAPPER_URL: NOWHERE }),
    noStore: await stack.another({ DYNAMODB_ENDPOINT: NOWHERE }),
    noKeys: await stack.another({ AUTH0_JWKS_URL: `${NOWHERE}/jwks.json` }),
    report: await stack.another({ TRUST_MODE: "report" }),
    faultyStore: await stack.another({ DYNAMODB_ENDPOINT: store.url }),
  };
  // The first login of a process loads code, which may take a busy machine longer than a request has.
  for (const server of [servers.well, servers.report, servers.faultyStore]) {
    const status = async () => {
      const token = await login.entra(`${fresh("warm")}@acme.example`);
      return (await send(server, "/validate", token)).status;
    };
    await vi.waitUntil(async () => (await status()) === 200, { timeout: 30_000 });
  }
});

describe("the counters grow by exactly what was done", () => {
  it("a first login, and the same token again", async () => {
    const token = await login.entra(`${fresh("first")}@acme.example`);
    await expectGrowth(stack, REQUESTS, () => send(stack, "/validate", token), {
      [call("auth.validate", "OK")]: 1,
      [answer("GET", "/validate", 200)]: 1,
      [total("links", { outcome: "made" })]: 1,
      [total("memberships", { how: "jit" })]: 1,
    });
    const again = async () => {
      for (let i = 0; i < 3; i += 1) await send(stack, "/trpc/auth.validate", token);
    };
    await expectGrowth(stack, REQUESTS, again, {
      [call("auth.validate", "OK")]: 3,
      [answer("GET", "/trpc/*", 200)]: 3,
    });
    const tokens = /^platform_api_cache_requests_total{cache="tokens"/;
    await expectGrowth(stack, tokens, again, { [cached("tokens", "hit")]: 3 });
  });

  it("discovery, by either way", async () => {
    const discoveries = async () => {
      await send(stack, "/public/auth/discover", undefined, json({ email: "x@acme.example" }));
      await send(stack, "/trpc/discover.byEmail", undefined, json({ email: "x@acme.example" }));
      await send(stack, "/public/auth/discover", undefined, json({ email: "nobody" }));
    };
    await expectGrowth(stack, REQUESTS, discoveries, {
      [call("discover.byEmail", "OK")]: 2,
      [call("discover.byEmail", "INPUT_INVALID")]: 1,
      [answer("POST", "/public/auth/discover", 200)]: 1,
      [answer("POST", "/public/auth/discover", 400)]: 1,
      [answer("POST", "/trpc/*", 200)]: 1,
    });
  });

  it("forward-auth, of either way", async () => {
    const token = await login.entra(`${fresh("forward")}@acme.example`);
    await send(stack, "/validate", token);
    const proxied = async () => {
      await send(stack, "/forward-auth", token);
      await send(stack, "/ext-authz/any/path", token);
      await send(stack, "/forward-auth?role=owner", token);
    };
    await expectGrowth(stack, REQUESTS, proxied, {
      [call("forward-auth", "OK")]: 2,
      [call("forward-auth", "INPUT_INVALID")]: 1,
      [answer("GET", "/forward-auth", 200)]: 1,
      [answer("GET", "/ext-authz", 200)]: 1,
      [answer("GET", "/forward-auth", 400)]: 1,
    });
  });

  it("a logout without a token", async () => {
    const logout = () => send(stack, "/backchannel-logout", undefined, json({}));
    await expectGrowth(stack, REQUESTS, logout, {
      [call("backchannel-logout", "TOKEN_INVALID")]: 1,
      [answer("POST", "/backchannel-logout", 400)]: 1,
    });
  });

  it("hostile paths and methods, without a label of their own", async () => {
    const hostile = async () => {
      for (const path of [
        "/secret-path",
        "/validate/secret",
        "/trpc/secret.procedure",
        "/secret?query=secret",
      ]) {
        await send(stack, path);
      }
      for (const method of ["PROPFIND", "DELETE"]) await send(stack, "/validate", undefined, { method });
    };
    await expectGrowth(stack, REQUESTS, hostile, {
      [call("other", "NOT_FOUND")]: 6,
      [answer("GET", "other", 404)]: 3,
      [answer("GET", "/trpc/*", 404)]: 1,
      [answer("DELETE", "other", 404)]: 1,
      [answer("_OTHER", "other", 404)]: 1,
    });
  });

  it("calls beyond a limit", async () => {
    const limited = await stack.another({
      RATE_LIMIT_DISCOVER_PER_MINUTE: "1",
      RATE_LIMIT_FAILED_TOKENS_PER_MINUTE: "2",
    });
    const beyond = async () => {
      const email = { email: "x@acme.example" };
      for (let i = 0; i < 3; i += 1) await send(limited, "/public/auth/discover", undefined, json(email));
      for (let i = 0; i < 3; i += 1) await send(limited, "/validate", "made.up.token");
    };
    await expectGrowth(limited, REQUESTS, beyond, {
      [call("discover.byEmail", "OK")]: 1,
      [call("discover.byEmail", "RATE_LIMITED")]: 2,
      [call("auth.validate", "TOKEN_INVALID")]: 2,
      [call("auth.validate", "RATE_LIMITED")]: 1,
      [answer("POST", "/public/auth/discover", 200)]: 1,
      [answer("POST", "/public/auth/discover", 429)]: 2,
      [answer("GET", "/validate", 401)]: 2,
      [answer("GET", "/validate", 429)]: 1,
      [total("rate_limited", { limit: "discover" })]: 2,
      [total("rate_limited", { limit: "failed_tokens" })]: 1,
    });
  });

  it("a login that only report mode accepts", async () => {
    const claims = actionClaims({ connection: "entra-common", email: `${fresh("early")}@notyet.example` });
    const token = await stack.issuer.sign(fresh("waad|early"), claims);
    await expectGrowth(servers.report, REQUESTS, () => send(servers.report, "/validate", token), {
      [call("auth.validate", "OK")]: 1,
      [answer("GET", "/validate", 200)]: 1,
      [total("links", { outcome: "made" })]: 1,
      [total("would_refuse")]: 1,
    });
  });

  it("a conflict whose audit entry was lost", async () => {
    const email = `${fresh("lost")}@acme.example`;
    await send(stack, "/validate", await login.entra(email));
    store.fault = only(({ body }) => body.includes('"identity-conflict"'), fault(400, {}));
    const token = await login.entra(email);
    await expectGrowth(servers.faultyStore, REQUESTS, () => send(servers.faultyStore, "/validate", token), {
      [call("auth.validate", "IDENTITY_CONFLICT")]: 1,
      [answer("GET", "/validate", 403)]: 1,
      [total("links", { outcome: "conflict" })]: 1,
      [total("audit_lost")]: 1,
    });
    store.fault = pass;
  });
});

describe("an outage", () => {
  it.each([
    ["noDirectory", "DIRECTORY_UNAVAILABLE", 502, upstream("directory", "ensure", "failed")],
    ["noStore", "STORE_UNAVAILABLE", 503, null],
    ["noKeys", "KEYS_UNAVAILABLE", 503, null],
  ] as const)("%s is counted by its reason: %s", async (name, reason, status, failed) => {
    const server = servers[name];
    const token = await login.entra(`${fresh("outage")}@acme.example`);
    const before = await readMetrics(server.url);
    await expectGrowth(server, REQUESTS, () => send(server, "/validate", token), {
      [call("auth.validate", reason)]: 1,
      [answer("GET", "/validate", status)]: 1,
    });
    const grown = growth(before, await readMetrics(server.url), UPSTREAMS);
    if (failed !== null) expect(grown[failed]).toBe(1);
    if (name === "noStore")
      expect(Object.keys(grown).filter((key) => key.includes('"failed"'))).not.toEqual([]);
  });

  it("shows no key, and no age, where it is of the keys", async () => {
    const series = await readMetrics(servers.noKeys.url);
    expect(series.get("platform_api_jwks_usable_keys")).toBe(0);
    expect(series.has("platform_api_jwks_age_seconds")).toBe(false);
    expect(series.get(total("jwks_refreshes", { outcome: "failed" }))).toBeGreaterThan(0);
  });
});
