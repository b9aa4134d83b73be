import { once } from "node:events";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import type { Environment } from "@platform-api/platform-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readMetrics } from "../metrics/page.ts";
import { type FaultProxy, startFaultProxy } from "../simulator/fault-proxy.ts";
import { heldUntil, pass } from "../simulator/faults.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";
import type { Server } from "../simulator/stack.ts";

const stack = stackOfTests();
const login = logins(stack);

/** Longer than a busy machine needs. */
const PATIENCE = { timeout: 20_000 };

let addresses = 0;
/** An address that no other test uses. */
function freshAddress(): string {
  addresses += 1;
  return `203.0.113.${addresses}`;
}

describe("T53: the rate limits of one address", () => {
  let server: Server;
  beforeAll(async () => {
    server = await stack.another({
      TRUSTED_PROXY_HOPS: "1",
      RATE_LIMIT_DISCOVER_PER_MINUTE: "3",
      RATE_LIMIT_FAILED_TOKENS_PER_MINUTE: "3",
      RATE_LIMIT_SERVICES_PER_MINUTE: "1",
    });
  });

  const from = (address: string) => ({ "x-forwarded-for": `198.51.100.${addresses}, ${address}` });
  const discover = (address: string, path = "/public/auth/discover", body = '{"email":"x@acme.example"}') =>
    fetch(server.url + path, {
      method: "POST",
      headers: { ...from(address), "content-type": "application/json" },
      body,
    });
  const validate = (address: string, token: string, path = "/validate") =>
    fetch(server.url + path, { headers: { ...from(address), "x-user-token": token } });

  async function statusesOf(answers: readonly (() => Promise<Response>)[]): Promise<number[]> {
    const statuses: number[] = [];
    for (const answer of answers) statuses.push((await answer()).status);
    return statuses;
  }

  async function expectLimited(answer: Response): Promise<void> {
    expect(answer.status).toBe(429);
    expect(await answer.text()).toContain('"reason":"RATE_LIMITED"');
    // How many are left is proven beside the limiter. On a busy machine any number of them may have passed.
    expect(answer.headers.get("retry-after")).toMatch(/^([1-9]|[1-5]\d|60)$/);
    expect([...answer.headers.keys()].filter((name) => name.startsWith("ratelimit"))).toEqual([]);
  }

  it("count each discovery, malformed ones, those by tRPC and each of a batch, and no other address's", async () => {
    const address = freshAddress();
    const statuses = await statusesOf([
      () => discover(address, undefined, '{"email":"not an address"}'),
      () => discover(address, "/trpc/discover.byEmail"),
    ]);
    expect(statuses).toEqual([400, 200]);
    const inputs = JSON.stringify({ ...Array(3).fill({ email: "x@acme.example" }) });
    const batch = `/trpc/${Array(3).fill("discover.byEmail").join(",")}?batch=1`;
    const answer = await discover(address, batch, inputs);
    expect(answer.status).toBe(207);
    expect((await answer.text()).match(/"RATE_LIMITED"/g)).toHaveLength(2);
    await expectLimited(await discover(address));
    await expectLimited(await discover(address, "/trpc/discover.byEmail"));
    expect((await discover(freshAddress())).status).toBe(200);
  });

  it("do not count the calls of a service, which has its own limit, and a full question fits in a request", async () => {
    const work = {
      userId: crypto.randomUUID(),
      organizationId: "o".repeat(64),
      role: "member",
      since: "2026-11-25T12:00:00.000+01:00",
      loginId: "l".repeat(43),
    };
    const token = await login.machine();
    const ask = (path: string) =>
      fetch(server.url + path, {
        method: "POST",
        headers: { ...from(freshAddress()), "x-user-token": token, "content-type": "application/json" },
        body: JSON.stringify({ of: Array(100).fill(work) }),
      });
    const answer = await ask("/standings");
    expect([answer.status, await answer.json()]).toEqual([
      200,
      Array(100).fill({ standing: "ended", reason: "NOT_A_MEMBER" }),
    ]);
    await expectLimited(await ask("/trpc/auth.standings"));
  });

  it("count invalid tokens, each call of a batch, and refuse further ones as 429", async () => {
    const address = freshAddress();
    const batch = "/trpc/auth.validate,org.me?batch=1&input={}";
    expect((await validate(address, "junk")).status).toBe(401);
    expect((await validate(address, "junk", batch)).status).toBe(401);
    for (const path of ["/validate", "/trpc/auth.validate", batch])
      await expectLimited(await validate(address, "junk", path));
    expect((await validate(freshAddress(), "junk")).status).toBe(401);
  });

  it("never count nor limit a valid token, an expired one, or a request without one", async () => {
    const address = freshAddress();
    const valid = await login.entra(`${fresh("limits")}@acme.example`);
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const expired = await stack.issuer.sign(fresh("waad|id"), {
      iat: nowSeconds - 7_200,
      exp: nowSeconds - 3_600,
    });
    for (const token of [...Array(4).fill(expired), ...Array(4).fill(valid)])
      expect((await validate(address, token)).status).not.toBe(429);
    for (let i = 0; i < 4; i += 1) expect((await fetch(`${server.url}/validate`)).status).toBe(401);
    expect(await statusesOf(Array(3).fill(() => validate(address, "junk")))).toEqual([401, 401, 401]);
    await expectLimited(await validate(address, "junk"));
    expect((await validate(address, valid)).status).toBe(200);
    expect((await validate(address, expired)).status).toBe(401);
  });
});

describe("an overloaded server", () => {
  let directory: FaultProxy;
  beforeAll(async () => {
    directory = await startFaultProxy(stack.environment.CLJ_PG_WRAPPER_URL ?? "", pass);
  });
  afterAll(() => directory.close());

  const start = (settings: Environment) =>
    stack.another({
      CLJ_PG_WRAPPER_URL: directory.url,
      DIRECTORY_ATTEMPT_MS: "20000",
      DIRECTORY_DEADLINE_MS: "20000",
      ...settings,
    });
  const validate = ({ url }: Server, token: string) =>
    fetch(`${url}/validate`, { headers: { "x-user-token": token } });
  /** The status for a request without a token: 401, or 503. */
  const answer = async ({ url }: Server) => (await fetch(`${url}/organizations/me`)).status;

  /** First logins that are in work until `release`, because the directory does not answer. */
  async function hold(server: Server, count: number) {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    directory.fault = heldUntil(released);
    const people = Array.from({ length: count }, () => login.entra(`${fresh("held")}@acme.example`));
    const answers = Promise.all((await Promise.all(people)).map((token) => validate(server, token)));
    await expect.poll(() => directory.pending, PATIENCE).toBe(count);
    return async () => {
      release();
      expect((await answers).map(({ status }) => status)).toEqual(Array(count).fill(200));
      directory.fault = pass;
    };
  }

  it("refuses requests beyond MAX_IN_FLIGHT with 503, but answers health checks and remembered tokens", async () => {
    const caches = { IDENTITY_CACHE_MS: "60000", MEMBERSHIP_CACHE_MS: "5000" };
    const server = await start({ MAX_IN_FLIGHT: "2", ...caches });
    const token = await login.entra(`${fresh("load")}@acme.example`);
    // The first is a first login, the second fills the caches, the third is remembered.
    for (let i = 0; i < 3; i += 1) expect((await validate(server, token)).status).toBe(200);
    const release = await hold(server, 2);
    const refused = await fetch(`${server.url}/organizations/me`);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await refused.text()).toContain("OVERLOADED");
    expect((await validate(server, token)).status).toBe(200);
    for (const path of ["/livez", "/readyz"]) expect((await fetch(server.url + path)).status).toBe(200);
    await release();
    await expect.poll(() => answer(server), PATIENCE).toBe(401);
  });

  it("T8G: refuses nobody for requests whose body does not come", async () => {
    const server = await start({ MAX_IN_FLIGHT: "2" });
    const sockets = Array.from({ length: 20 }, () => {
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
      socket.write("POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n");
      socket.write("Content-Length: 10\r\n\r\n{");
      return socket;
    });
    const active = async () => (await readMetrics(server.url)).get("http_server_active_requests");
    await expect.poll(active, PATIENCE).toBe(21); // with the reading of this page
    expect(await answer(server)).toBe(401);
    const post = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
    expect((await fetch(`${server.url}/validate`, post)).status).toBe(401);
    for (const socket of sockets) socket.destroy();
    await expect.poll(active, PATIENCE).toBe(1);
  });

  it("T8O: refuses requests while its event loop is delayed and others wait, but none that is alone", async () => {
    // The delay is measured by a timer of 20 ms, so it is always longer than this.
    const server = await start({ MAX_EVENT_LOOP_DELAY_MS: "1" });
    const release = await hold(server, 10);
    await expect.poll(() => answer(server), PATIENCE).toBe(503);
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
    await release();
    await expect.poll(() => answer(server), PATIENCE).toBe(401);
    for (let i = 0; i < 20; i += 1) expect(await answer(server)).toBe(401);
  });
});

describe("connections", () => {
  it("are closed beyond MAX_CONNECTIONS, and those that are open work", async () => {
    const server = await stack.another({ MAX_CONNECTIONS: "2" });
    const agent = new Agent({ keepAlive: true, maxSockets: 2 });
    const livez = async () => {
      const [response] = await once(get(`${server.url}/livez`, { agent }), "response");
      response.resume();
      await once(response, "end");
      return response.statusCode;
    };
    expect(await Promise.all([livez(), livez()])).toEqual([200, 200]);
    const third = connect(Number(new URL(server.url).port), "127.0.0.1");
    third.on("error", () => {}); // it may be reset
    third.write("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let reply = "";
    third.setEncoding("latin1").on("data", (text) => {
      reply += text;
    });
    await once(third, "close");
    expect(reply).toBe("");
    expect(await livez()).toBe(200);
    agent.destroy();
  });

  it("stay open for KEEP_ALIVE_MS, which the answer says, by default longer than a load balancer's 60 s", async () => {
    const server = await stack.another({ KEEP_ALIVE_MS: "7000" });
    const keepAliveOf = async ({ url }: Server) => {
      const agent = new Agent({ keepAlive: true });
      const [response] = await once(get(`${url}/livez`, { agent }), "response");
      agent.destroy();
      return response.headers["keep-alive"];
    };
    expect(await keepAliveOf(server)).toBe("timeout=7");
    expect(await keepAliveOf(stack)).toBe("timeout=72");
  });
});
