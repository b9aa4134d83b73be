import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Refusal } from "../../domain/index.ts";
import type { OnUpstream } from "../timed.ts";
import { auth0Tenant } from "./auth0-tenant.ts";
import { createBudget } from "./deadline.ts";
import { type Answer, BY_NAME, IDENTITY, managementApi, SECRET, TOKEN } from "./management-api.fixture.ts";
import { ManagementError, wasNotExecuted } from "./management-error.ts";

const TICKETS = "POST /api/v2/self-service-profiles/ssp_1/sso-ticket";
const ORGANIZATIONS = "POST /api/v2/organizations";
const CONNECTION = { id: "con_1", name: "acme-1", strategy: "okta", options: {} };
const SET_UP = { name: "acme-1", displayName: "Acme", auth0OrgId: "org_1" };

/** What no error may show: it stands in every body. */
const LEAK = "b0dy-of-an-upstream";
const NOT_JSON = "the answer's content type is not JSON";
const NOT_DOCUMENTED = "the answer is not what Auth0 documents";
const SLOW = { attemptMs: 40, budgetMs: 100 };

const signal = () => AbortSignal.timeout(5_000);

async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  const error = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(error instanceof Refusal)) throw new Error(`no refusal: ${String(error)}`);
  const shown = inspect(error, { depth: 10 });
  for (const secret of [SECRET, TOKEN, LEAK, "acme-1?", "ticket="]) expect(shown).not.toContain(secret);
  expect(error.reason).toBe("AUTH0_UNAVAILABLE");
  return error;
}

const leaking = (status: number): Answer => ({ status, json: { message: LEAK } });

/** The answer, how often it is asked for, and the detail. */
const FAULTS: readonly (readonly [string, Answer, number, string])[] = [
  ["slow", { delayMs: 1_000 }, 3, "Auth0 did not answer in time"],
  ["HTML", { html: `<h1>${LEAK}</h1>` }, 1, NOT_JSON],
  ["no JSON", { json: undefined, headers: { "content-type": "text/plain" } }, 1, NOT_JSON],
  ["another type", { json: { [LEAK]: true } }, 1, NOT_DOCUMENTED],
  ["a field of another type", { json: [{ ...CONNECTION, id: 7, name: LEAK }] }, 1, NOT_DOCUMENTED],
  ["an id of another form", { json: [{ ...CONNECTION, id: `../${LEAK}` }] }, 1, NOT_DOCUMENTED],
  [
    "a huge one",
    { json: [{ ...CONNECTION, options: { text: LEAK.repeat(20_000) } }] },
    1,
    "the answer is larger than 262144 bytes",
  ],
  [
    "half a body",
    { json: [{ ...CONNECTION, options: { text: LEAK.repeat(50) } }], isCut: true },
    3,
    "Auth0 is unreachable",
  ],
  [
    "a redirect",
    { status: 302, headers: { location: `http://127.0.0.1:1/${LEAK}` } },
    1,
    "Auth0 answers 302, a redirect, which is not followed",
  ],
  ["400", leaking(400), 1, "Auth0 answers 400"],
  ["401", leaking(401), 2, "Auth0 answers 401: it does not accept its own token"],
  ["403", leaking(403), 1, "Auth0 answers 403: the client's grant lacks the scope read:connections"],
  ["404 to a search", leaking(404), 1, "Auth0 answers 404"],
  ["429", { status: 429 }, 3, "Auth0 answers 429"],
  ["429 beyond the call's time", { status: 429, headers: { "retry-after": "60" } }, 1, "Auth0 answers 429"],
  ["500", leaking(500), 1, "Auth0 answers 500"],
  ["503", { status: 503, html: LEAK }, 3, "Auth0 answers 503"],
];

describe("a call that Auth0 does not answer well", () => {
  it.each(FAULTS)("%s", async (_fault, answer, calls, detail) => {
    const api = await managementApi({ [BY_NAME]: [answer] });
    const times = answer.delayMs === undefined ? {} : { attemptMs: 400 };
    const onUpstream = vi.fn<OnUpstream<string>>();
    const refusal = await refusalOf(
      auth0Tenant({ ...api.options, ...times, onUpstream }).findConnection("acme-1", signal()),
    );
    expect(refusal.message).toBe(`a connection by its name: ${detail}`);
    expect(onUpstream.mock.calls).toEqual([["read:connections", "failed", expect.any(Number)]]);
    expect(api.calls()).toHaveLength(calls);
  });

  it("nobody listens", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const tenant = auth0Tenant({ url: `http://127.0.0.1:${port}`, ...IDENTITY });
    const refusal = await refusalOf(tenant.findConnection("acme-1", signal()));
    expect(refusal.message).toBe("a connection by its name: Auth0 is unreachable");
    expect(refusal.cause instanceof ManagementError && wasNotExecuted(refusal.cause)).toBe(true);
  });
});

const denied = (status: number): Answer => ({ status, json: { error: LEAK } });
const NO_TOKEN = "no token for the Management API: Auth0 answers";

describe("a token that Auth0 does not issue", () => {
  it.each<[string, Answer, number, string]>([
    [
      "wrong secret",
      denied(401),
      1,
      `${NO_TOKEN} 401: AUTH0_MANAGEMENT_CLIENT_ID or AUTH0_MANAGEMENT_CLIENT_SECRET is wrong`,
    ],
    ["no grant", denied(403), 1, `${NO_TOKEN} 403: the client has no grant for the Management API`],
    ["elsewhere", { status: 308, headers: { location: "/" } }, 1, `${NO_TOKEN} 308`],
    ["busy", { status: 503 }, 3, `${NO_TOKEN} 503`],
    ["a page", { html: LEAK }, 1, NOT_JSON],
    ["no header value", { json: { access_token: `${LEAK}\n`, expires_in: 60 } }, 1, NOT_DOCUMENTED],
    ["no life", { json: { access_token: LEAK, expires_in: "60" } }, 1, NOT_DOCUMENTED],
  ])("%s", async (_fault, answer, requests, detail) => {
    const api = await managementApi({ "POST /oauth/token": [answer] });
    const refusal = await refusalOf(auth0Tenant(api.options).findConnection("acme-1", signal()));
    expect(refusal.message).toBe(`a connection by its name: ${detail}`);
    expect(api.routes()).toEqual(Array(requests).fill("POST /oauth/token"));
  });
});

describe("a call that may have had its effect", () => {
  it.each<[string, Answer, number]>([
    ["is not repeated after silence", { delayMs: 1_000 }, 1],
    ["is not repeated after 503", { status: 503 }, 1],
    ["is not repeated after half a body", { json: { ticket: LEAK.repeat(50) }, isCut: true }, 1],
    ["is repeated after 429, which did nothing", { status: 429, headers: { "retry-after": "0" } }, 3],
  ])("%s", async (_case, answer, calls) => {
    const api = await managementApi({ [TICKETS]: [answer], [ORGANIZATIONS]: [answer] });
    const tenant = auth0Tenant({
      ...api.options,
      ...(answer.delayMs === undefined ? {} : { attemptMs: 400 }),
    });
    await refusalOf(tenant.createTicket(SET_UP, signal()));
    await refusalOf(tenant.ensureOrganization({ name: "acme", displayName: "Acme" }, signal()));
    expect(api.calls()).toEqual([...Array(calls).fill(TICKETS), ...Array(calls).fill(ORGANIZATIONS)]);
  });
});

it("says what to fix when there is no profile, and takes no conflict for an answer", async () => {
  const api = await managementApi({
    [TICKETS]: [{ status: 404 }, { status: 409 }, { json: { ticket: "http://x/?ticket=1" } }],
  });
  const tenant = auth0Tenant(api.options);
  const details = [];
  for (let i = 0; i < 3; i++) details.push((await refusalOf(tenant.createTicket(SET_UP, signal()))).message);
  expect(details).toEqual([
    "a ticket for the wizard: Auth0 answers 404: there is no profile AUTH0_SELF_SERVICE_PROFILE_ID",
    "a ticket for the wizard: Auth0 answers 409",
    "a ticket for the wizard: the answer holds no ticket's address",
  ]);
});

describe("time", () => {
  it("is shared by all calls with one signal", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const budget = createBudget(100);
    const leftOf = (signal: AbortSignal) => budget(signal, async (_, leftMs) => leftMs());
    const shared = new AbortController().signal;
    expect(await leftOf(shared)).toBe(100);
    vi.advanceTimersByTime(70);
    expect(await leftOf(shared)).toBe(30);
    expect(await leftOf(new AbortController().signal)).toBe(100);
    const late = budget(shared, async (limit) => {
      await new Promise((resolve) => limit.addEventListener("abort", resolve));
      limit.throwIfAborted();
    });
    const refused = expect(late).rejects.toThrow("Auth0 did not answer in time");
    vi.advanceTimersByTime(30);
    await refused;
  });

  it("ends with the request", async () => {
    const api = await managementApi({ [BY_NAME]: [{ delayMs: 1_000 }] });
    const refusal = await refusalOf(
      auth0Tenant(api.options).findConnection("acme-1", AbortSignal.timeout(50)),
    );
    expect(refusal.message).toBe("a connection by its name: the request ended before Auth0 answered");
  });

  it("is kept while the tenant never answers", async () => {
    const api = await managementApi({ "POST /oauth/token": [{ delayMs: 10_000 }] });
    const began = performance.now();
    await refusalOf(auth0Tenant({ ...api.options, ...SLOW }).findConnection("acme-1", signal()));
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe("the token", () => {
  const grant = (token: string, expires_in: number) => ({ json: { access_token: token, expires_in } });

  it("is asked for once, also by calls at the same time, and again when its life ends", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const api = await managementApi({
      "POST /oauth/token": [grant("first", 120), grant("second", 86_400)],
      [BY_NAME]: [{ json: [] }],
    });
    const tenant = auth0Tenant(api.options);
    const ask = () => tenant.findConnection("acme-1", signal());
    await Promise.all([ask(), ask(), ask()]);
    vi.advanceTimersByTime(60_000); // it is renewed a minute before its end
    await Promise.all([ask(), ask()]);
    const used = api.received.flatMap(({ authorization }) => authorization ?? []);
    expect(used).toEqual([...Array(3).fill("Bearer first"), ...Array(2).fill("Bearer second")]);
  });

  it("is replaced once when the API does not accept it any more", async () => {
    const api = await managementApi({ [BY_NAME]: [{ status: 401 }, { json: [CONNECTION] }] });
    const found = await auth0Tenant(api.options).findConnection("acme-1", signal());
    expect(found?.id).toBe("con_1");
    const used = api.received.flatMap(({ authorization }) => authorization ?? []);
    expect(used).toEqual([`Bearer ${TOKEN}-1`, `Bearer ${TOKEN}-2`]);
  });

  it("is not lost for others when the caller that asked for it leaves", async () => {
    const api = await managementApi({
      "POST /oauth/token": [{ ...grant("late", 86_400), delayMs: 100 }],
      [BY_NAME]: [{ json: [CONNECTION] }],
    });
    const tenant = auth0Tenant(api.options);
    const leaver = refusalOf(tenant.findConnection("acme-1", AbortSignal.timeout(20)));
    const found = tenant.findConnection("acme-1", signal());
    await leaver;
    expect((await found)?.id).toBe("con_1");
    expect(api.routes()).toEqual(["POST /oauth/token", BY_NAME]);
  });
});
