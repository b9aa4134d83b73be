import { expect, it, vi } from "vitest";
import type { Fault } from "../simulator/fault-proxy.ts";
import { answer, hang, pass, reset, slow } from "../simulator/faults.ts";
import type { Server } from "../simulator/stack.ts";
import { bearer, newcomer } from "./people.ts";
import type { ProxyName } from "./proxies.ts";
import { send } from "./requests.ts";
import { expectRefused, INSTALLED, newPath, type World } from "./world.ts";

const NOWHERE = "http://127.0.0.1:9";
/** A proxy waits 4 s for platform-api. A busy machine may need five times as long. */
const PATIENCE_MS = 20_000;
const UUID = "7d9c1f52-8a3b-4e6d-9f10-2b4c6d8e0f1a";

/** What a client sees: the status, the reason if the body has one, and `Retry-After`. */
type Seen = readonly [status: number, reason: string | null, retryAfter: string | undefined];
type SeenBehind = Readonly<Record<ProxyName, Seen>> & { readonly haproxyAgain?: Seen };

const UNAVAILABLE: Seen = [503, "PLATFORM_UNAVAILABLE", "2"];
const everywhere = (seen: Seen): SeenBehind => ({ nginx: seen, caddy: seen, haproxy: seen, apache: seen });
/** nginx does not know the body of platform-api. */
const outage = (reason: string): SeenBehind => ({
  ...everywhere([503, reason, "2"]),
  nginx: UNAVAILABLE,
});
/** What the proxies themselves answer for a platform-api that does not. */
const noAnswer = (caddy: number, haproxy: number): SeenBehind => ({
  nginx: UNAVAILABLE,
  caddy: [caddy, null, undefined],
  haproxy: [haproxy, null, undefined],
  apache: UNAVAILABLE,
});

const refusal = (status: number, reason: string, headers = {}): Fault => {
  return ({ response }) =>
    response
      .writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers })
      .end(JSON.stringify({ error: { reason } }));
};
const garbage: Fault = ({ response }) => response.socket?.end("SSH-2.0-OpenSSH_9.6\r\n");
const ok =
  (headers: Readonly<Record<string, string>>, status = 200): Fault =>
  ({ response }) =>
    response.writeHead(status, headers).end();

/** Answers that platform-api itself never gives, or only if something is wrong with it. */
const FAULTS: readonly [what: string, fault: Fault, seen: SeenBehind][] = [
  [
    "is overloaded",
    refusal(503, "OVERLOADED", { "retry-after": "1" }),
    {
      ...everywhere([503, "OVERLOADED", "1"]),
      nginx: [503, "PLATFORM_UNAVAILABLE", "1"],
    },
  ],
  [
    "limits the client",
    refusal(429, "RATE_LIMITED", { "retry-after": "17" }),
    everywhere([429, "RATE_LIMITED", "17"]),
  ],
  ["fails", refusal(500, "INTERNAL"), everywhere([500, "INTERNAL", undefined])],
  [
    "finds a wrong requirement",
    refusal(400, "INPUT_INVALID"),
    {
      ...everywhere([400, "INPUT_INVALID", undefined]),
      nginx: [500, "INTERNAL", undefined],
    },
  ],
  ["hangs", hang, noAnswer(504, 504)],
  // HAProxy answers as for any answer without an identity if it had used the connection before.
  ["resets the connection", reset, { ...noAnswer(502, 502), haproxyAgain: UNAVAILABLE }],
  ["does not speak HTTP", garbage, noAnswer(502, 502)],
  ["answers 200 without an identity", answer(200, "<h1>Welcome</h1>", "text/html"), everywhere(UNAVAILABLE)],
  [
    "answers 200 with an empty identity",
    ok({ "x-user-id": "", "x-organization-id": "acme" }),
    everywhere(UNAVAILABLE),
  ],
  ["answers 200 with a subject", ok({ "x-user-id": `waad|${UUID}` }), everywhere(UNAVAILABLE)],
  ["answers 204 without an identity", ok({}, 204), everywhere(UNAVAILABLE)],
];

/** platform-api fails, or what is behind it. The service never gets a request. */
export function describeOutages(world: () => World): void {
  async function expectSeen(expected: SeenBehind, token?: string): Promise<void> {
    const each = INSTALLED.map(async (name) => {
      const path = newPath();
      const headers = token === undefined ? world().people["a member"].headers : bearer(token);
      const seen = await send(world().portOf(name), { path, headers });
      expectRefused(world(), { path, seen, what: name }, {});
      const answers = [expected[name], ...(name === "haproxy" ? [expected.haproxyAgain ?? []] : [])];
      expect(answers, name).toContainEqual([seen.status, seen.reason, seen.headers["retry-after"]]);
      expect(seen.ms, name).toBeLessThan(PATIENCE_MS);
    });
    await Promise.all(each);
  }

  it.each(FAULTS)("nobody gets through while platform-api %s", async (_, fault, seen) => {
    world().platform.fault = fault;
    await expectSeen(seen);
  });

  it("everybody gets in whom platform-api lets in after 2 s", async () => {
    const { platform, people, portOf } = world();
    platform.fault = slow(2_000); // half of what a proxy waits, and more than any waits for the connection
    const headers = people["a member"].headers;
    const each = INSTALLED.map(async (name) => {
      const { status } = await send(portOf(name), { path: newPath(), headers });
      return [name, status];
    });
    expect(await Promise.all(each)).toEqual(INSTALLED.map((name) => [name, 200]));
  });

  it.each<[what: string, settings: Record<string, string>, seen: SeenBehind]>([
    ["user directory", { CLJ_PG_WRAPPER_URL: NOWHERE }, everywhere([502, "DIRECTORY_UNAVAILABLE", "2"])],
    ["issuer's keys are", { AUTH0_JWKS_URL: `${NOWHERE}/jwks.json` }, outage("KEYS_UNAVAILABLE")],
    ["store", { DYNAMODB_ENDPOINT: NOWHERE }, outage("STORE_UNAVAILABLE")],
  ])("no new user gets through while platform-api finds no %s", async (_, settings, seen) => {
    const { stack, platform } = world();
    platform.fault = passTo(await stack.another(settings));
    await expectSeen(seen, await newcomer(stack.issuer));
  });

  it("a client who sends many bad tokens has to wait, whatever address it claims to have", async () => {
    const { stack, platform, people, portOf } = world();
    const limited = await stack.another({ RATE_LIMIT_FAILED_TOKENS_PER_MINUTE: "1" });
    platform.fault = passTo(limited);
    await fetch(`${limited.url}/validate`, {
      headers: { "x-user-token": "x", "x-forwarded-for": "127.0.0.1" },
    });
    for (const [index, name] of INSTALLED.entries()) {
      const path = newPath();
      const headers = [...people["a forged token"].headers, "X-Forwarded-For", `192.0.2.${index}`];
      const seen = await send(portOf(name), { path, headers });
      expectRefused(world(), { path, seen, what: name }, { status: 429, reason: "RATE_LIMITED" });
      expect(seen.headers["retry-after"], name).toMatch(/^[1-9]\d?$/);
      const good = await send(portOf(name), { path: newPath(), headers: people["a member"].headers });
      expect(good.status, name).toBe(200);
    }
  });

  it("nobody gets through while nothing listens in place of platform-api, and everybody afterwards", async () => {
    const { platform, people, portOf } = world();
    await platform.pause();
    const refused = () =>
      Promise.all(
        INSTALLED.map(async (name) => {
          const path = newPath();
          const seen = await send(portOf(name), { path, headers: people["a member"].headers });
          expectRefused(world(), { path, seen, what: name }, {});
        }),
      );
    // HAProxy may still choose a connection that is closed, and answers as for any answer without an identity.
    for (let times = 0; times < 5; times += 1) await refused();
    await vi.waitFor(() => expectSeen(noAnswer(502, 503)), { timeout: 10_000 });
    await platform.resume();
    for (const name of INSTALLED) {
      const sent = { path: newPath(), headers: people["a member"].headers };
      expect((await send(portOf(name), sent)).status, name).toBe(200);
    }
  });
}

const passTo =
  ({ url }: Server): Fault =>
  (exchange) =>
    pass({ ...exchange, forward: () => exchange.forward(url + exchange.path) });
