import { inspect } from "node:util";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Reason, Refusal, serviceOf } from "../../domain/index.ts";
import { claims } from "../../domain/testing/people.ts";
import { createCredentialCheck } from "./credential-check.ts";

const HOUR_MS = 3_600_000;
const CREDENTIALS = { clientId: "proxy", secret: "canary-secret" };
const SETTINGS = {
  otherStrategies: new Set<string>(),
  serviceClients: new Map([["proxy", new Set(["introspect"] as const)]]),
};
/** Of a proxy, of another client, and of one that is not listed. */
const OF_MACHINES = new Map(["proxy", "audit", "unlisted"].map((id) => [`token-of-${id}`, id]));

let nowMs: number;
let answer: () => Response | Promise<Response>;
let asked: URLSearchParams[];
/** How often each address has asked the issuer. */
let counts: string[];
let check: ReturnType<typeof createCredentialCheck>;

beforeEach(() => {
  nowMs = 0;
  [asked, counts] = [[], []];
  answer = () => Response.json({ access_token: "token-of-proxy", token_type: "Bearer", expires_in: 86_400 });
  check = createCredentialCheck({
    tokenUrl: "https://login.acme.example/oauth/token",
    audience: "https://api.platform.example",
    clock: { monotonicMs: () => nowMs, wallMs: () => nowMs },
    deadlineMs: 200,
    async fetch(url, { body, signal, ...request } = {}) {
      expect([String(url), request]).toEqual([
        "https://login.acme.example/oauth/token",
        { method: "POST", headers: { accept: "application/json" }, redirect: "manual" },
      ]);
      asked.push(new URLSearchParams(String(body)));
      return new Promise((resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
        void Promise.resolve(answer()).then(resolve, reject);
      });
    },
    async serviceOf(token) {
      const clientId = OF_MACHINES.get(token);
      if (clientId === undefined) throw new Refusal("TOKEN_INVALID", "aud: not meant for this API");
      return serviceOf(
        claims({ connection: null, machine: "gty", subject: `${clientId}@clients`, clientId }),
        SETTINGS,
      );
    },
  });
});

function ask(credentials = CREDENTIALS, address = "192.0.2.1", most = 3) {
  const count = () => {
    counts.push(address);
    if (counts.length > most) throw new Refusal("RATE_LIMITED", "too many");
  };
  return check(credentials, { address, count }, AbortSignal.timeout(5_000));
}

async function reasonOf(work: Promise<unknown>): Promise<Reason | null> {
  const error: unknown = await work.then(
    () => null,
    (caught: unknown) => caught,
  );
  expect(inspect(error, { depth: 5 })).not.toContain("canary");
  return error instanceof Refusal ? error.reason : null;
}

describe("a service's credentials", () => {
  it("are asked about by a grant of the client's own, and once an hour", async () => {
    for (let time = 0; time < 3; time++) expect(await ask()).toMatchObject({ clientId: "proxy" });
    expect(asked.map((each) => Object.fromEntries(each))).toEqual([
      {
        grant_type: "client_credentials",
        client_id: "proxy",
        client_secret: "canary-secret",
        audience: "https://api.platform.example",
      },
    ]);
    nowMs = HOUR_MS - 1;
    await ask();
    expect(asked).toHaveLength(1);
    nowMs = HOUR_MS;
    await ask();
    expect(asked).toHaveLength(2);
    expect(counts).toHaveLength(2);
  });

  it("are asked about once for all that come together from an address", async () => {
    await Promise.all([ask(), ask(), ask()]);
    expect(asked).toHaveLength(1);
    expect(counts).toHaveLength(1);
  });

  it("are not those of the same client with another secret, nor of another client with this one", async () => {
    await ask();
    answer = () => Response.json({ error: "access_denied" }, { status: 401 });
    for (const other of [{ secret: "canary" }, { clientId: "audit" }])
      expect(await reasonOf(ask({ ...CREDENTIALS, ...other }))).toBe("TOKEN_INVALID");
    expect(asked).toHaveLength(3);
  });

  it("are asked about again after a refusal, no more often than their address may", async () => {
    answer = () => Response.json({ error: "access_denied" }, { status: 401 });
    const reasons = [];
    for (let time = 0; time < 5; time++) reasons.push(await reasonOf(ask()));
    expect(reasons).toEqual([...Array(3).fill("TOKEN_INVALID"), ...Array(2).fill("RATE_LIMITED")]);
    expect(asked).toHaveLength(3);
    answer = () => Response.json({ access_token: "token-of-proxy" });
    counts = [];
    expect(await ask()).toMatchObject({ clientId: "proxy" });
  });

  const json = (status: number, body: object) => () => Response.json(body, { status });
  it.each<[string, () => Response | Promise<Response>, Reason]>([
    ["a wrong secret, as Auth0 says it", json(401, { error: "access_denied" }), "TOKEN_INVALID"],
    ["a wrong secret, as the RFC says it", json(400, { error: "invalid_client" }), "TOKEN_INVALID"],
    ["a client without a grant for this API", json(403, { error: "access_denied" }), "CLIENT_NOT_ALLOWED"],
    ["a client that is not listed", json(200, { access_token: "token-of-unlisted" }), "CLIENT_NOT_ALLOWED"],
    ["the token of another client", json(200, { access_token: "token-of-audit" }), "CLIENT_NOT_ALLOWED"],
    ["a token that is not for this API", json(200, { access_token: "opaque" }), "AUTH0_UNAVAILABLE"],
    [
      "a client that gets no tokens of its own",
      json(400, { error: "unauthorized_client" }),
      "CLIENT_NOT_ALLOWED",
    ],
    [
      "a 401 of something in front",
      () => new Response("<h1>canary</h1>", { status: 401 }),
      "AUTH0_UNAVAILABLE",
    ],
    ["a 403 of something in front", () => new Response("canary", { status: 403 }), "AUTH0_UNAVAILABLE"],
    ["too many questions", json(429, { error: "too_many_requests" }), "AUTH0_UNAVAILABLE"],
    ["a redirect", json(302, {}), "AUTH0_UNAVAILABLE"],
    ["an outage", json(503, { error: "canary" }), "AUTH0_UNAVAILABLE"],
    ["an outage that has a token", json(500, { access_token: "token-of-proxy" }), "AUTH0_UNAVAILABLE"],
    ["a success without a token", json(200, { error: "canary" }), "AUTH0_UNAVAILABLE"],
    [
      "a huge answer",
      json(200, { access_token: "token-of-proxy", more: "x".repeat(70_000) }),
      "AUTH0_UNAVAILABLE",
    ],
    ["no connection", () => Promise.reject(new TypeError("fetch failed")), "AUTH0_UNAVAILABLE"],
    ["no answer in time", () => new Promise(() => {}), "AUTH0_UNAVAILABLE"],
  ])("are judged by what the issuer answers: %s", async (_, answered, reason) => {
    answer = answered;
    expect(await reasonOf(ask())).toBe(reason);
    answer = () => Response.json({ access_token: "token-of-proxy" });
    expect(await ask()).toMatchObject({ clientId: "proxy" }); // nothing of it is remembered
  });

  it("are not those of a client that the issuer says is another, though both are listed", async () => {
    SETTINGS.serviceClients.set("audit", new Set(["introspect"]));
    answer = () => Response.json({ access_token: "token-of-audit" });
    expect(await reasonOf(ask())).toBe("AUTH0_UNAVAILABLE");
    SETTINGS.serviceClients.delete("audit");
  });

  it("pass on an outage of the keys", async () => {
    vi.spyOn(OF_MACHINES, "get").mockImplementationOnce(() => {
      throw new Refusal("KEYS_UNAVAILABLE", "no keys");
    });
    expect(await reasonOf(ask())).toBe("KEYS_UNAVAILABLE");
  });
});
