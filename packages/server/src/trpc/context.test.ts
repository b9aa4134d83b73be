import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  type CachedRead,
  type Identity,
  type Memory,
  Refusal,
  readFromCache,
  readOutsideCaches,
  type VerifiedClaims,
} from "../domain/index.ts";
import { memoryPorts, signedIn, VIA_ACME } from "../domain/testing/memory-ports.ts";
import { claims } from "../domain/testing/people.ts";
import { createContext, type Services } from "./context.ts";
import type { Person, User } from "./user.ts";

const READ: CachedRead = { untilMs: Number.POSITIVE_INFINITY };
/** Verified claims by token. The first two say the same, but for their expiry. */
const TOKENS: Readonly<Record<string, VerifiedClaims>> = {
  first: claims({ expiresAt: 60 }),
  second: claims({ expiresAt: 120 }),
  other: claims({ subject: "waad|new", expiresAt: 60 }),
};

let services: Services;
let judged: number;
let remembered: Map<string, User>;
/** What happens while a person is judged. */
let reads: () => void;
let identity: Identity;

beforeEach(async () => {
  judged = 0;
  remembered = new Map();
  reads = () => readFromCache(READ);
  identity = await signedIn(memoryPorts(), VIA_ACME);
  services = {
    ...memoryPorts(),
    people: memory<Person>(new Map()),
    verifier: {
      ...memory(remembered),
      async verify(token) {
        const verified = TOKENS[token];
        if (verified === undefined) throw new Refusal("TOKEN_INVALID", "not one of this test");
        return verified;
      },
    },
    async resolveIdentity(verified) {
      judged += 1;
      reads();
      return { ...identity, claims: verified, expiresAt: verified.expiresAt };
    },
  };
});

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

const userOf = (token: string) => createContext(services, ["X-User-Token", token]).user();

describe("who sent a token", () => {
  it("is judged once for all tokens that say the same, each with its own times", async () => {
    expect(await userOf("first")).toMatchObject({ identity: { expiresAt: 60 } });
    const second = await userOf("second");
    expect(second).toMatchObject({ identity: { expiresAt: 120, claims: TOKENS.second } });
    expect(JSON.parse(second.validation)).toMatchObject({ expiresAt: "1970-01-01T00:02:00.000Z" });
    expect(judged).toBe(1);
    expect([...remembered.keys()]).toEqual(["first", "second"]);
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
  const context = createContext(services, ["X-User-Token", "first"]);
  await Promise.all([context.user(), context.identity(), context.user()]);
  expect(verify).toHaveBeenCalledTimes(1);
  expect(judged).toBe(1);
});
