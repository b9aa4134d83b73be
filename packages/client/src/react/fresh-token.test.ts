import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createFreshToken, type FreshTokenOptions } from "./fresh-token.ts";

/** Longer than the second that it would be, for a busy machine. */
const SOON = { timeout: 10_000 };

class ServiceError extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

function tokenOf(sub: string, iat: number, act?: object): string {
  const claims = { iss: "https://issuer.example/", sub, iat, act };
  return `head.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.sign`;
}

const FIRST = tokenOf("jane", 1);
const LATER = tokenOf("jane", 2);
const JOES = tokenOf("joe", 2);
const DELEGATED = tokenOf("jane", 2, { sub: "joe" });

/** A service that accepts one token, and the issuer of that token. */
function setup({ refresh, ...options }: Partial<FreshTokenOptions> = {}) {
  const seen: (string | null)[] = [];
  const counts = { refreshes: 0 };
  const fresh = createFreshToken({
    token: "old",
    ...options,
    refresh: async () => {
      counts.refreshes += 1;
      return refresh === undefined ? "new" : refresh();
    },
  });
  const ask = () =>
    fresh.call(async (token) => {
      seen.push(token);
      await Promise.resolve();
      if (token !== "new") throw new ServiceError("TOKEN_EXPIRED");
      return "welcome";
    });
  return { fresh, ask, seen, counts };
}

describe("a token that has expired", () => {
  it("is renewed, and the call is repeated with the new one", async () => {
    const { ask, seen } = setup();
    await expect(ask()).resolves.toBe("welcome");
    expect(seen).toEqual(["old", "new"]);
  });

  it("is renewed once for concurrent calls, calls during the renewal and calls after it", async () => {
    const late = Promise.withResolvers<string>();
    const { ask, seen, counts } = setup({ refresh: () => late.promise });
    const together = [ask(), ask(), ask()];
    await expect.poll(() => counts.refreshes, SOON).toBe(1);
    const meanwhile = ask();
    late.resolve("new");
    await expect(Promise.all([...together, meanwhile])).resolves.toEqual(Array(4).fill("welcome"));
    await expect(ask()).resolves.toBe("welcome");
    expect(counts.refreshes).toBe(1);
    expect(seen).toEqual(["old", "old", "old", "new", "new", "new", "new", "new"]);
  });

  it.each([
    { person: "the same user", next: LATER, expected: LATER },
    { person: "another user", next: JOES, expected: "TOKEN_EXPIRED" },
    { person: "somebody who acts for the user", next: DELEGATED, expected: "TOKEN_EXPIRED" },
    { person: "an unknown user", next: "opaque", expected: "TOKEN_EXPIRED" },
  ])("is not renewed when the supplier has a newer one of $person", async ({ next, expected }) => {
    const supply = [FIRST, next];
    const { fresh, counts } = setup({ token: () => supply.shift() });
    const call = fresh.call(async (token) => {
      if (token === FIRST) throw new ServiceError("TOKEN_EXPIRED");
      return token;
    });
    expect(await call.catch((error: unknown) => (error as ServiceError).reason)).toBe(expected);
    expect(counts.refreshes).toBe(0);
  });

  it.each([
    { person: "the same user", token: FIRST, next: LATER, attempts: 2 },
    { person: "another user", token: FIRST, next: JOES, attempts: 1 },
    { person: "who acts for the user", token: FIRST, next: DELEGATED, attempts: 1 },
    { person: "the user themselves", token: tokenOf("jane", 1, { sub: "joe" }), next: LATER, attempts: 1 },
  ])("is replaced only by a renewed token of the same person: $person", async ({ token, next, attempts }) => {
    const { fresh } = setup({ token, refresh: async () => next });
    const attempt = vi.fn(() => Promise.reject(new ServiceError("TOKEN_EXPIRED")));
    await expect(fresh.call(attempt)).rejects.toMatchObject({ reason: "TOKEN_EXPIRED" });
    expect(attempt).toHaveBeenCalledTimes(attempts);
  });

  it("is replaced by the newest one even if the supplier still returns the first", async () => {
    const names = ["second", "third"];
    const { fresh, counts } = setup({ refresh: async () => names.shift() });
    const seen: (string | null)[] = [];
    const ask = (valid: string) =>
      fresh.call(async (token) => {
        seen.push(token);
        if (token !== valid) throw new ServiceError("TOKEN_EXPIRED");
      });
    for (const valid of ["second", "third", "third"]) await ask(valid);
    expect(seen).toEqual(["old", "second", "second", "third", "third"]);
    expect(counts.refreshes).toBe(2);
  });

  it("is renewed again after the supplier has obtained another one itself", async () => {
    const supply = ["old", "old", "newer", "newer"];
    const { ask, seen } = setup({ token: () => supply.shift() });
    await ask();
    await ask();
    expect(seen).toEqual(["old", "new", "newer", "new"]);
  });

  it("is renewed again where the issuer has made the same token within its second", async () => {
    let made = "old";
    const { ask, counts } = setup({ refresh: async () => made });
    await expect(ask()).rejects.toMatchObject({ reason: "TOKEN_EXPIRED" });
    made = "new";
    expect([await ask(), counts.refreshes]).toEqual(["welcome", 2]);
  });

  it("is not renewed again for a call that fails after the renewal", async () => {
    const { fresh, ask, counts } = setup();
    const answer = Promise.withResolvers<never>();
    const slow = fresh.call((token) => (token === "old" ? answer.promise : Promise.resolve(token)));
    await ask();
    answer.reject(new ServiceError("TOKEN_EXPIRED"));
    await expect(slow).resolves.toBe("new");
    expect(counts.refreshes).toBe(1);
  });
});

describe("a rejection", () => {
  it.each<[string, NonNullable<FreshTokenOptions["refresh"]>, (string | null)[]]>([
    ["when the new token is refused as well", async () => "another", ["old", "another"]],
    ["when there is no new token", async () => null, ["old"]],
    ["when the new token is empty", async () => "", ["old"]],
    ["when the renewal fails", () => Promise.reject(new Error("the issuer is down")), ["old"]],
  ])("stands %s", async (_, refresh, attempts) => {
    const { ask, seen, counts } = setup({ refresh });
    await expect(ask()).rejects.toMatchObject({ reason: "TOKEN_EXPIRED" });
    expect(seen).toEqual(attempts);
    expect(counts.refreshes).toBe(1);
  });

  it("stands when the second call of the supplier fails", async () => {
    const supply = ["old"];
    const { ask, seen } = setup({ token: () => supply.shift() ?? Promise.reject(new Error("locked")) });
    await expect(ask()).rejects.toMatchObject({ reason: "TOKEN_EXPIRED" });
    expect(seen).toEqual(["old"]);
  });

  it("stands when there is no `refresh` function", async () => {
    const fresh = createFreshToken({ token: "old" });
    const call = fresh.call(() => Promise.reject(new ServiceError("TOKEN_EXPIRED")));
    await expect(call).rejects.toMatchObject({ reason: "TOKEN_EXPIRED" });
  });

  it.each(["TOKEN_INVALID", "TOKEN_REVOKED"])("stands when the reason is %s", async (reason) => {
    const { fresh, counts } = setup();
    const call = fresh.call(() => Promise.reject(new ServiceError(reason)));
    await expect(call).rejects.toMatchObject({ reason });
    expect(counts.refreshes).toBe(0);
  });
});

describe("without a result", () => {
  const never = () => new Promise<never>(() => {});
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("the supplier fails the call after 4 s", async () => {
    const { ask, seen } = setup({ token: never });
    const call = expect(ask()).rejects.toMatchObject({ name: "TimeoutError" });
    await vi.advanceTimersByTimeAsync(4_000);
    await call;
    expect(seen).toEqual([]);
  });

  it("a renewal counts as failed after 30 s, and the next call tries again", async () => {
    const { ask, counts } = setup({ refresh: never });
    for (const refreshes of [1, 2]) {
      const call = expect(ask()).rejects.toMatchObject({ reason: "TOKEN_EXPIRED" });
      await vi.advanceTimersByTimeAsync(30_000);
      await call;
      expect(counts.refreshes).toBe(refreshes);
    }
    expect(vi.getTimerCount()).toBe(0);
  });
});

it("tries the renewal again at the next call after a failed one", async () => {
  const results = [null, "new"];
  const { ask, counts } = setup({ refresh: async () => results.shift() });
  await expect(ask()).rejects.toMatchObject({ reason: "TOKEN_EXPIRED" });
  await expect(ask()).resolves.toBe("welcome");
  expect(counts.refreshes).toBe(2);
});
