import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  type CachedRead,
  currentTrace,
  type Identity,
  type Memory,
  type Reason,
  Refusal,
  readFromCache,
  readOutsideCaches,
  type VerifiedClaims,
} from "../domain/index.ts";
import { memoryPorts, signedIn, VIA_ACME } from "../domain/testing/memory-ports.ts";
import { ACME, claims, JANE } from "../domain/testing/people.ts";
import { createContext, type Services } from "./context.ts";
import { authenticatedProcedure, identifiedProcedure, router } from "./init.ts";
import { memoryServices } from "./testing/memory-services.ts";
import type { Person, User } from "./user.ts";

const READ: CachedRead = { untilMs: Number.POSITIVE_INFINITY };
/** Verified claims by token. The first two say the same, but for their expiry. */
const TOKENS: Readonly<Record<string, VerifiedClaims>> = {
  first: claims({ expiresAt: 60 }),
  second: claims({ expiresAt: 120 }),
  other: claims({ subject: "waad|new", expiresAt: 60 }),
};

const ADDRESS = "203.0.113.7";

let services: Services;
/** Calls counted, and the seconds that each limit answers. */
let counted: string[];
let waitSeconds: number | null;
let judged: number;
let remembered: Map<string, User>;
/** What happens while a person is judged. */
let reads: () => void;
let identity: Identity;

beforeEach(async () => {
  judged = 0;
  counted = [];
  waitSeconds = null;
  remembered = new Map();
  reads = () => readFromCache(READ);
  identity = await signedIn(memoryPorts(), VIA_ACME);
  services = memoryServices({
    people: memory<Person>(new Map()),
    rateLimits: {
      discover: countFor("discover"),
      failedTokens: countFor("failedTokens"),
      mutations: countFor("mutations"),
    },
    verifier: {
      ...memory(remembered),
      async verify(token) {
        const verified = TOKENS[token];
        if (verified === undefined) throw new Refusal("TOKEN_INVALID", "not one of this test");
        return verified;
      },
    },
    adminClients: new Set(["console"]),
    resolveStoredIdentity: async (verified) => ({ ...identity, claims: verified }),
    async resolveIdentity(verified) {
      judged += 1;
      reads();
      return { ...identity, claims: verified, expiresAt: verified.expiresAt };
    },
  });
});

function countFor(limit: string) {
  return (key: string) => {
    counted.push(`${limit} ${key}`);
    return waitSeconds;
  };
}

function memory<Value>(values: Map<string, Value>): Memory<Value> {
  return {
    recall: (key) => values.get(key) ?? null,
    remember: (key, value, { length }) => void (length > 0 && values.set(key, value)),
  };
}

function readsBoth(): void {
  readFromCache(READ);
  readOutsideCaches();
}

const contextOf = (token: string) =>
  createContext(services, {
    rawHeaders: ["X-User-Token", token],
    trace: { requestId: "request-1", parent: null },
    address: () => ADDRESS,
  });
const userOf = (token: string) => contextOf(token).user();

describe("the sender of a token", () => {
  it("is judged once for all tokens that say the same, each with its own times", async () => {
    expect(await userOf("first")).toMatchObject({ identity: { expiresAt: 60 } });
    const second = await userOf("second");
    expect(second).toMatchObject({ identity: { expiresAt: 120, claims: TOKENS.second } });
    expect(JSON.parse(second.validation)).toMatchObject({ expiresAt: "1970-01-01T00:02:00.000Z" });
    expect(judged).toBe(1);
    expect([...remembered.keys()]).toEqual(["first", "second"]);
  });

  it("is nobody if a subject stands in the place of the UUID", async () => {
    identity = { ...identity, userId: "waad|jane" as Identity["userId"] };
    await expect(userOf("first")).rejects.toThrow("userId");
    expect(remembered.size).toBe(0);
  });

  it("is judged once for requests that come together, each with its own times", async () => {
    const users = await Promise.all(["first", "first", "second", "other"].map(userOf));
    expect(users.map((user) => user.identity.expiresAt)).toEqual([60, 60, 120, 60]);
    expect(users.map((user) => user.identity.claims)).toMatchObject(
      ["first", "first", "second", "other"].map((token) => ({ subject: TOKENS[token]?.subject })),
    );
    expect(judged).toBe(2);
    expect([...remembered.keys()].sort()).toEqual(["first", "other", "second"]);
  });

  it("is judged again after requests that were refused together", async () => {
    reads = () => {
      throw new Refusal("STORE_UNAVAILABLE", "no answer");
    };
    const outcomes = await Promise.allSettled(["first", "first", "second"].map(userOf));
    expect(outcomes).toMatchObject(Array(3).fill({ reason: { reason: "STORE_UNAVAILABLE" } }));
    expect(judged).toBe(1);
    reads = () => readFromCache(READ);
    expect(await userOf("second")).toMatchObject({ identity: { expiresAt: 120 } });
    expect(judged).toBe(2);
  });

  it("is resolved for each of the requests that come together in report mode, which logs each", async () => {
    const trust = { ...identity.trust, state: "trusted", wouldRefuse: "DOMAIN_NOT_ALLOWED" } as const;
    identity = { ...identity, trust } as Identity;
    await Promise.all(["first", "first", "second"].map(userOf));
    expect(judged).toBe(3);
    expect(remembered.size).toBe(0);
  });

  it("is judged for each login", async () => {
    await userOf("first");
    await userOf("other");
    expect(judged).toBe(2);
  });

  it.each<[what: string, change: () => void]>([
    ["was read from no cache", () => (reads = () => {})],
    ["was read outside the caches, too", () => (reads = readsBoth)],
    [
      "is let through by report mode",
      () => {
        const trust = { ...identity.trust, state: "trusted", wouldRefuse: "DOMAIN_NOT_ALLOWED" } as const;
        identity = { ...identity, trust } as Identity;
      },
    ],
  ])("is judged every time if it %s", async (_, change) => {
    change();
    for (const token of ["first", "first", "second"]) await userOf(token);
    expect(judged).toBe(3);
    expect(remembered.size).toBe(0);
  });
});

it("a context verifies and judges its token once", async () => {
  const verify = vi.spyOn(services.verifier, "verify");
  const context = contextOf("first");
  await Promise.all([context.user(), context.identity(), context.user()]);
  expect(verify).toHaveBeenCalledTimes(1);
  expect(judged).toBe(1);
});

describe("the caller of a change", () => {
  it("is read ahead with what the input names well, and judged once by what is stored", async () => {
    const readAhead = vi.spyOn(services, "readAhead");
    const inputs = [
      { organizationId: "acme", userId: JANE, role: "admin" },
      { organizationId: "not an id", userId: 7 },
      "text",
    ];
    for (const input of inputs) await contextOf("first").storedIdentity(async () => input);
    await contextOf("first").storedIdentity(() => Promise.reject(new Error("not JSON")));
    const nothing = { claims: TOKENS.first, organizationId: null, userId: null };
    expect(readAhead.mock.calls.map(([expected]) => expected)).toEqual([
      { claims: TOKENS.first, organizationId: ACME, userId: JANE },
      nothing,
      nothing,
      nothing,
    ]);
  });

  it("is judged even if nothing can be read ahead", async () => {
    services = {
      ...services,
      readAhead: () => Promise.reject(new Refusal("STORE_UNAVAILABLE", "no answer")),
    };
    await expect(contextOf("first").storedIdentity(async () => ({}))).resolves.toMatchObject({
      userId: identity.userId,
    });
  });

  it("belongs where what is stored says, and is remembered for no other request", async () => {
    const context = contextOf("first");
    await context.storedIdentity(async () => ({}));
    expect(await context.user()).toMatchObject({ identity: { userId: identity.userId } });
    expect([judged, remembered.size]).toEqual([0, 0]);
    await userOf("first");
    expect([judged, remembered.size]).toEqual([1, 1]);
  });
});

describe("limits of one address", () => {
  const refusal = (reason: Reason) => new Refusal(reason, "not one of this test");

  it.each<[reason: Reason, counts: string[]]>([
    ["TOKEN_INVALID", [`failedTokens ${ADDRESS}`]],
    ["TOKEN_EXPIRED", []],
    ["TOKEN_MISSING", []],
    ["CREDENTIALS_CONFLICT", []],
    ["USER_TOKEN_REQUIRED", []],
    ["EMAIL_UNVERIFIED", []],
    ["KEYS_UNAVAILABLE", []],
  ])("a call refused as %s is counted as %j", async (reason, counts) => {
    const refused = refusal(reason);
    await expect(contextOf("first").countRefusal(refused)).rejects.toBe(refused);
    expect(counted).toEqual(counts);
  });

  it("refuse one call too many for the seconds that are left, in place of the refusal", async () => {
    waitSeconds = 17;
    const limited = { reason: "RATE_LIMITED", retryAfterSeconds: 17 };
    await expect(contextOf("first").countRefusal(refusal("TOKEN_INVALID"))).rejects.toMatchObject(limited);
    expect(() => contextOf("first").countDiscovery()).toThrow(expect.objectContaining(limited));
    expect(counted).toEqual([`failedTokens ${ADDRESS}`, `discover ${ADDRESS}`]);
  });
});

it("all work for a request is traced as its own: who asks, where they belong, and the procedure", async () => {
  const traces: unknown[] = [];
  const traced = <Args extends unknown[], T>(work: (...args: Args) => T) => {
    return (...args: Args) => {
      traces.push(currentTrace());
      return work(...args);
    };
  };
  vi.spyOn(services.organizations, "find").mockImplementation(traced(async () => null));
  services = {
    ...services,
    resolveIdentity: traced(services.resolveIdentity),
    resolveStoredIdentity: traced(services.resolveStoredIdentity),
  };
  const answer = traced(async () => {});
  const caller = router({
    user: authenticatedProcedure.query(answer),
    identified: identifiedProcedure.mutation(answer),
  }).createCaller(contextOf("first"));
  await caller.user();
  await caller.identified();
  expect(traces).toEqual(Array(5).fill({ requestId: "request-1", parent: null }));
});
