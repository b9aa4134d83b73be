import { once } from "node:events";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { actionClaims } from "./issuer.ts";
import { fresh, logins, ORGANIZATIONS } from "./people.ts";
import { type Server, type Stack, startStack } from "./stack.ts";

let stack: Stack;
let login: ReturnType<typeof logins>;

beforeAll(async () => {
  stack = await startStack();
  await stack.applyOrganizations(ORGANIZATIONS);
  login = logins(stack.issuer);
});
afterAll(() => stack.close());

let addresses = 0;
/** An address that no other test uses. */
function freshAddress(): string {
  addresses += 1;
  return `203.0.113.${addresses}`;
}

describe("T53: rate limits of one address", () => {
  let server: Server;
  beforeAll(async () => {
    server = await stack.another({
      TRUSTED_PROXY_HOPS: "1",
      RATE_LIMIT_DISCOVER_PER_MINUTE: "3",
      RATE_LIMIT_FAILED_TOKENS_PER_MINUTE: "3",
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
    const seconds = Number(answer.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(50);
    expect(seconds).toBeLessThanOrEqual(60);
    expect([...answer.headers.keys()].filter((name) => name.startsWith("ratelimit"))).toEqual([]);
  }

  it("counts each discovery, malformed ones and those by tRPC included, and no other address's", async () => {
    const address = freshAddress();
    const body = '{"email":"not an address"}';
    const statuses = await statusesOf([
      () => discover(address, undefined, body),
      () => discover(address),
      () => discover(address, "/trpc/discover.byEmail"),
    ]);
    expect(statuses).toEqual([400, 200, 200]);
    await expectLimited(await discover(address));
    await expectLimited(await discover(address, "/trpc/discover.byEmail"));
    expect((await discover(freshAddress())).status).toBe(200);
  });

  it("counts each discovery of a batch", async () => {
    const address = freshAddress();
    const inputs = JSON.stringify({ ...Array(5).fill({ email: "x@acme.example" }) });
    const answer = await discover(
      address,
      `/trpc/${Array(5).fill("discover.byEmail").join(",")}?batch=1`,
      inputs,
    );
    expect(answer.status).toBe(207);
    expect((await answer.text()).match(/"RATE_LIMITED"/g)).toHaveLength(2);
    await expectLimited(await discover(address));
  });

  it("counts invalid tokens, each call of a batch, and refuses further ones as 429", async () => {
    const address = freshAddress();
    const batch = "/trpc/auth.validate,org.me?batch=1&input={}";
    expect((await validate(address, "junk")).status).toBe(401);
    expect((await validate(address, "junk", batch)).status).toBe(401);
    await expectLimited(await validate(address, "junk"));
    await expectLimited(await validate(address, "junk", "/trpc/auth.validate"));
    await expectLimited(await validate(address, "junk", batch));
    expect((await validate(freshAddress(), "junk")).status).toBe(401);
  });

  it("never counts nor limits a valid token, an expired one, or a request without one", async () => {
    const address = freshAddress();
    const valid = await login.entra(`${fresh("limits")}@acme.example`);
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const expired = await stack.issuer.sign(fresh("waad|id"), {
      ...actionClaims({ connection: "acme-entra", email: `${fresh("limits")}@acme.example` }),
      ...{ iat: nowSeconds - 7_200, exp: nowSeconds - 3_600 },
    });
    const uncounted = [...Array(5).fill(expired), ...Array(5).fill(valid)];
    for (const token of uncounted) expect((await validate(address, token)).status).not.toBe(429);
    for (let i = 0; i < 5; i += 1) expect((await fetch(`${server.url}/validate`)).status).toBe(401);
    expect(await statusesOf(Array(3).fill(() => validate(address, "junk")))).toEqual([401, 401, 401]);
    await expectLimited(await validate(address, "junk"));
    expect((await validate(address, valid)).status).toBe(200);
    expect((await validate(address, await login.entra(`${fresh("limits")}@acme.example`))).status).toBe(200);
    expect((await validate(address, expired)).status).toBe(401);
  });

  it("hold for 1,000 calls, whatever addresses the client writes in front, or has in its /64", async () => {
    const address = freshAddress();
    const statuses: number[] = [];
    for (let i = 0; i < 1_000; i += 1) {
      const forwarded =
        i % 2 === 0 ? `192.0.2.${i % 250}, ${address}` : `2001:db8:ffff:1:${i.toString(16)}::1`;
      const headers = { "x-forwarded-for": forwarded, "x-user-token": "junk" };
      const answer = await fetch(`${server.url}/validate`, { headers });
      await answer.text();
      statuses.push(answer.status);
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(6);
    expect(statuses.filter((status) => status === 429)).toHaveLength(994);
  });

  it("counts the addresses of one /64 together", async () => {
    const network = `2001:db8:${addresses}:1:`;
    const statuses = await statusesOf([1, 2, 3, 4].map((host) => () => discover(`${network}:${host}`)));
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect((await discover(`2001:db8:${addresses}:2::1`)).status).toBe(200);
  });

  it("ignores X-Forwarded-For where no proxy is trusted", async () => {
    const direct = await stack.another({ RATE_LIMIT_FAILED_TOKENS_PER_MINUTE: "3" });
    const ask = () =>
      fetch(`${direct.url}/validate`, { headers: { ...from(freshAddress()), "x-user-token": "junk" } });
    expect(await statusesOf(Array(5).fill(ask))).toEqual([401, 401, 401, 429, 429]);
  });
});

describe("an overloaded server", () => {
  it("refuses requests beyond MAX_IN_FLIGHT with 503, but answers health checks and remembered tokens", async () => {
    const caches = { IDENTITY_CACHE_MS: "60000", MEMBERSHIP_CACHE_MS: "5000" };
    const server = await stack.another({ MAX_IN_FLIGHT: "2", ...caches });
    const token = await login.entra(`${fresh("load")}@acme.example`);
    const ask = (path = "/validate") => fetch(server.url + path, { headers: { "x-user-token": token } });
    // The first is a first login, the second fills the caches, the third is remembered.
    for (let i = 0; i < 3; i += 1) expect((await ask()).status).toBe(200);

    // A request is in work until its body has arrived.
    const open = () => {
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
      socket.write("POST /check HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n");
      socket.write("Content-Length: 10\r\n\r\n{");
      return socket;
    };
    const validateByPost = () =>
      fetch(`${server.url}/validate`, { method: "POST", headers: { "x-user-token": token } });
    const sockets = [open(), open()];
    await vi.waitFor(async () => {
      const answer = await validateByPost();
      expect(answer.status).toBe(503);
      expect(answer.headers.get("retry-after")).toBe("1");
      expect(await answer.text()).toContain("OVERLOADED");
    });
    expect((await ask()).status).toBe(200);
    expect((await ask("/livez")).status).toBe(200);
    expect((await ask("/readyz")).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(async () => expect((await validateByPost()).status).toBe(200));
  });

  it("refuses requests for a second after its event loop was blocked", async () => {
    const server = await stack.another({ MAX_EVENT_LOOP_DELAY_MS: "500" });
    const ask = async () => (await fetch(`${server.url}/organizations/me`)).status;
    expect(await ask()).toBe(401);
    await sleep(100); // the timer that measures has fired once
    const until = performance.now() + 1_200;
    while (performance.now() < until);
    await vi.waitFor(async () => expect(await ask()).toBe(503), { timeout: 5_000, interval: 5 });
    await vi.waitFor(async () => expect(await ask()).toBe(401), { timeout: 20_000 });
  });
});

describe("connections", () => {
  it("beyond MAX_CONNECTIONS are closed, and those that are open work", async () => {
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
