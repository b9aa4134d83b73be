import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  type CachedRead,
  type Identity,
  type IdentityLinks,
  type Memory,
  type Reason,
  Refusal,
  type RefusedLogin,
  readFromCache,
  readOutsideCaches,
  type SubjectFacts,
  type VerifiedClaims,
} from "../domain/index.ts";
import { membership, memoryPorts, noJit, signedIn, VIA_ACME } from "../domain/testing/memory-ports.ts";
import { ACME, claims, endedSession, JANE, JOE, subjectFacts } from "../domain/testing/people.ts";
import { Sender, type SenderPorts } from "./sender.ts";
import { memorySenderPorts } from "./testing/memory-sender-ports.ts";
import type { Person, User } from "./user.ts";

const READ: CachedRead = { untilMs: Number.POSITIVE_INFINITY, lastMs: 0 };
const ACTOR = { subject: "auth0|support", clientId: "console" };
/** Verified claims by token. Those of one subject say the same, but for their times and their sessions. */
const TOKENS: Readonly<Record<string, VerifiedClaims>> = {
  first: claims({ expiresAt: 60 }),
  second: claims({ expiresAt: 120 }),
  other: claims({ subject: "waad|new", expiresAt: 60 }),
  newer: claims({ issuedAt: 60, sid: "later" }),
  older: claims({ issuedAt: 40 }),
  "acting-newer": claims({ issuedAt: 60, actor: ACTOR }),
  "acting-older": claims({ issuedAt: 40, actor: ACTOR }),
  ended: claims({ issuedAt: 40, sid: "session" }),
  "legacy-newer": claims({ source: "platform", subject: JANE, issuedAt: 60 }),
  "legacy-older": claims({ source: "platform", subject: JANE, issuedAt: 40 }),
  service: claims({ subject: "worker@clients", connection: null, machine: "its sub", clientId: "worker" }),
  machine: claims({ subject: "other@clients", connection: null, machine: "its sub", clientId: "other" }),
  "user-of-service": claims({ clientId: "worker" }),
};

const ADDRESS = "203.0.113.7";

let ports: SenderPorts;
/** The addresses of the calls that were counted, and the seconds that the limit answers. */
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
  ports = {
    ...memorySenderPorts(),
    people: memory<Person>(new Map()),
    serviceClients: new Map([["worker", new Set(["standing"] as const)]]),
    rateLimits: {
      failedTokens(key) {
        counted.push(key);
        return waitSeconds;
      },
    },
    verifier: {
      ...memory(remembered),
      async verify(token) {
        const verified = TOKENS[token];
        if (verified === undefined) throw new Refusal("TOKEN_INVALID", "not one of this test");
        return verified;
      },
    },
    resolveStoredIdentity: async (verified) => ({ ...identity, claims: verified }),
    async resolveIdentity(verified) {
      judged += 1;
      reads();
      return { ...identity, claims: verified };
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

const senderOf = (token: string) =>
  new Sender(ports, {
    rawHeaders: ["X-User-Token", token],
    trace: { requestId: "request-1", parent: null },
    address: () => ADDRESS,
  });
const userOf = (token: string) => senderOf(token).user();

describe("who sent a token", () => {
  it("is judged once for all tokens that say the same, each with its own times", async () => {
    expect(await userOf("first")).toMatchObject({ identity: { claims: { expiresAt: 60 } } });
    const second = await userOf("second");
    expect(second).toMatchObject({ identity: { claims: TOKENS.second } });
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
    expect(users.map((user) => user.identity.claims.expiresAt)).toEqual([60, 60, 120, 60]);
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
    expect(await userOf("second")).toMatchObject({ identity: { claims: { expiresAt: 120 } } });
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

describe("what has ended one token of a person", () => {
  /** What the rule of a token reads: facts of its subject, its user, and the end of its session. */
  function answering(facts: Partial<SubjectFacts>, read: () => void) {
    const asked: string[] = [];
    const answer =
      <T>(name: string, value: T) =>
      async () => {
        asked.push(name);
        read();
        return value;
      };
    const links: IdentityLinks = {
      findSubject: answer("subject", { link: null, facts: subjectFacts(facts) }),
      findLogin: answer("login", { link: null, facts: null }),
      findUser: answer("user", { isBlocked: false, signOut: null }),
      findSession: answer("session", endedSession({ at: 50 })),
    };
    ports = { ...ports, links };
    return asked;
  }
  const ruleRead: CachedRead = { untilMs: Number.POSITIVE_INFINITY, lastMs: 1 };
  const fromCache = () => readFromCache(ruleRead);

  it.each([
    ["is remembered", ["newer", "older"]],
    ["is remembered, in a session that has ended", ["newer", "ended"]],
  ])("refuses it, though its person %s by a later one", async (_, [newer = "", older = ""]) => {
    answering({ sidlessNotBefore: 50 }, fromCache);
    await userOf(newer);
    await expect(userOf(older)).rejects.toMatchObject({ reason: "TOKEN_REVOKED" });
    expect([judged, [...remembered.keys()]]).toEqual([1, [newer]]);
  });

  it("refuses it, though it came together with a later one", async () => {
    answering({ notBefore: 50 }, fromCache);
    const outcomes = await Promise.allSettled(["newer", "older"].map(userOf));
    expect(outcomes).toMatchObject([{ status: "fulfilled" }, { reason: { reason: "TOKEN_REVOKED" } }]);
    expect([...remembered.keys()]).toEqual(["newer"]);
  });

  it("is asked by the request that has not resolved it itself, and by no other", async () => {
    const asked = answering({}, fromCache);
    await userOf("newer");
    expect(asked).toEqual([]);
    await userOf("older");
    expect(asked.sort()).toEqual(["subject", "user"]);
  });

  it("is among what its answer is remembered by", async () => {
    answering({}, fromCache);
    const remember = vi.spyOn(ports.verifier, "remember");
    for (const token of ["newer", "older"]) await userOf(token);
    expect(remember.mock.calls.map(([, , made]) => made)).toEqual([[READ], [READ, ruleRead]]);
  });

  it("is asked each time where no cache holds it", async () => {
    const asked = answering({}, readOutsideCaches);
    for (const token of ["newer", "older", "older"]) await userOf(token);
    expect([asked.length, [...remembered.keys()]]).toEqual([4, ["newer"]]);
  });

  it("is an outage while the store fails, and no yes", async () => {
    answering({}, () => {
      throw new Refusal("STORE_UNAVAILABLE", "no answer");
    });
    await userOf("newer");
    await expect(userOf("older")).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
  });

  it("refuses who changes something by what is stored, though the person is remembered", async () => {
    await userOf("newer");
    const refused = new Refusal("TOKEN_REVOKED", "it has ended");
    ports = { ...ports, resolveStoredIdentity: () => Promise.reject(refused) };
    const sender = senderOf("older");
    const stored = sender.storedIdentity(async () => ({ organizationId: ACME, userId: JANE }));
    await expect(stored).rejects.toBe(refused);
    await expect(sender.user()).rejects.toBe(refused);
    expect([...remembered.keys()]).toEqual(["newer"]);
  });

  it("refuses it, though it is who acts whose tokens have ended", async () => {
    answering({}, fromCache);
    const { findSubject } = ports.links;
    const ending = { link: null, facts: subjectFacts({ notBefore: 50 }) };
    const links: IdentityLinks = {
      ...ports.links,
      findSubject: (key, signal) =>
        key.subject === ACTOR.subject ? Promise.resolve(ending) : findSubject(key, signal),
    };
    ports = { ...ports, links };
    await userOf("acting-newer");
    await expect(userOf("acting-older")).rejects.toMatchObject({ reason: "TOKEN_REVOKED" });
  });

  it.each([
    ["who acts is known by no user", null, ["subject", "subject", "user"]],
    ["who acts is another user", JOE, ["subject", "subject", "user", "user"]],
  ])("is asked of the user and of who acts for them, where %s", async (_, userId, expected) => {
    identity = { ...identity, actor: { clientId: "console", userId } };
    const asked = answering({}, fromCache);
    await userOf("acting-newer");
    await userOf("acting-older");
    expect(asked.sort()).toEqual(expected);
  });

  it("refuses it, though it is the user who acts who has signed out", async () => {
    identity = { ...identity, actor: { clientId: "console", userId: JOE } };
    answering({}, fromCache);
    const signOut = { userId: JOE, notBefore: 50, rev: "0" };
    const findUser: IdentityLinks["findUser"] = async (userId) => {
      fromCache();
      return { isBlocked: false, signOut: userId === JOE ? signOut : null };
    };
    ports = { ...ports, links: { ...ports.links, findUser } };
    await userOf("acting-newer");
    await expect(userOf("acting-older")).rejects.toMatchObject({ reason: "TOKEN_REVOKED" });
  });

  it("is asked of the user alone for a legacy token, whose subject is the user", async () => {
    const asked = answering({ notBefore: 50 }, fromCache);
    await userOf("legacy-newer");
    await userOf("legacy-older");
    expect(asked).toEqual(["user"]);
  });

  it("is remembered for no other request by one that has asked the store", async () => {
    await userOf("newer");
    const sender = senderOf("older");
    await sender.storedIdentity(async () => ({ organizationId: ACME, userId: JANE }));
    await sender.user();
    expect([...remembered.keys()]).toEqual(["newer"]);
  });

  it("refuses the other calls of a batch whose first one was refused for it", async () => {
    await userOf("newer");
    const refused = new Refusal("TOKEN_REVOKED", "it has ended");
    ports = { ...ports, resolveIdentity: () => Promise.reject(refused) };
    const sender = senderOf("older");
    await expect(sender.identity()).rejects.toBe(refused);
    await expect(sender.user()).rejects.toBe(refused);
  });
});

it("a sender's token is verified and judged once", async () => {
  const verify = vi.spyOn(ports.verifier, "verify");
  const sender = senderOf("first");
  await Promise.all([sender.user(), sender.identity(), sender.user()]);
  expect(verify).toHaveBeenCalledTimes(1);
  expect(judged).toBe(1);
});

describe("who changes something", () => {
  const named = async () => ({ organizationId: ACME, userId: JANE });

  it("is read ahead with what the change names, and judged once by what is stored", async () => {
    const readAhead = vi.spyOn(ports, "readAhead");
    const sender = senderOf("first");
    await Promise.all([sender.storedIdentity(named), sender.storedIdentity(named)]);
    const expected = { claims: TOKENS.first, organizationId: ACME, userId: JANE };
    expect(readAhead.mock.calls).toEqual([[expected, sender.signal]]);
  });

  it("is judged even if nothing can be read ahead", async () => {
    ports = { ...ports, readAhead: () => Promise.reject(new Refusal("STORE_UNAVAILABLE", "no answer")) };
    await expect(senderOf("first").storedIdentity(named)).resolves.toMatchObject({
      userId: identity.userId,
    });
  });

  it("belongs where what is stored says, and is remembered for no other request", async () => {
    const sender = senderOf("first");
    await sender.storedIdentity(named);
    expect(await sender.user()).toMatchObject({ identity: { userId: identity.userId } });
    expect([judged, remembered.size]).toEqual([0, 0]);
    await userOf("first");
    expect([judged, remembered.size]).toEqual([1, 1]);
  });
});

describe("a token of a user or a service", () => {
  it("is a user's for every person, whatever their application, and known without verifying it again", async () => {
    const { verifier } = ports;
    const verify = vi.fn(verifier.verify);
    ports = { ...ports, verifier: { ...verifier, verify } };
    for (const asked of ["first", "first", "user-of-service"])
      expect(await senderOf(asked).principal()).toMatchObject({
        kind: "user",
        user: { identity: { userId: JANE } },
      });
    expect(verify.mock.calls.map(([token]) => token)).toEqual(["first", "user-of-service"]);
  });

  it("is a service's for a machine that is listed, which is nobody", async () => {
    const service = { clientId: "worker", permissions: new Set(["standing"]) };
    expect(await senderOf("service").principal()).toEqual({ kind: "service", service });
    expect(await senderOf("service").service("standing")).toEqual(service);
    expect(judged).toBe(0);
  });

  it.each<[string, Reason]>([
    ["machine", "CLIENT_NOT_ALLOWED"],
    ["user-of-service", "CLIENT_NOT_ALLOWED"],
    ["service", "ROLE_REQUIRED"],
  ])("is refused as a %s with %s where a service with another permission asks", async (token, reason) => {
    await expect(senderOf(token).service("audit")).rejects.toMatchObject({ reason });
  });

  it("is nobody's for a machine that is not listed", async () => {
    await expect(senderOf("machine").principal()).rejects.toMatchObject({ reason: "CLIENT_NOT_ALLOWED" });
  });
});

describe("a call that is refused for its token", () => {
  const refusal = (reason: Reason) => new Refusal(reason, "not one of this test");

  it.each<[reason: Reason, counts: string[]]>([
    ["TOKEN_INVALID", [ADDRESS]],
    ["TOKEN_EXPIRED", []],
    ["TOKEN_REVOKED", []],
    ["TOKEN_MISSING", []],
    ["CREDENTIALS_CONFLICT", []],
    ["USER_TOKEN_REQUIRED", []],
    ["EMAIL_UNVERIFIED", []],
    ["KEYS_UNAVAILABLE", []],
  ])("is counted, where it is %s, for %j", async (reason, counts) => {
    const refused = refusal(reason);
    await expect(senderOf("first").counted(Promise.reject(refused))).rejects.toBe(refused);
    expect(counted).toEqual(counts);
  });

  it("is refused RATE_LIMITED for the seconds that are left, where it is one too many", async () => {
    waitSeconds = 17;
    const limited = { reason: "RATE_LIMITED", retryAfterSeconds: 17 };
    const refused = Promise.reject(refusal("TOKEN_INVALID"));
    await expect(senderOf("first").counted(refused)).rejects.toMatchObject(limited);
    expect(counted).toEqual([ADDRESS]);
  });
});

describe("a refusal", () => {
  let noted: RefusedLogin[];
  const refuseWith = (reason: Reason) => {
    const refused = () => Promise.reject(new Refusal(reason, "not one of this test"));
    ports = { ...ports, resolveIdentity: refused, resolveStoredIdentity: refused };
  };
  const named = async () => ({ organizationId: ACME, userId: JANE });
  /** Noted beside the answer. */
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    noted = [];
    ports = { ...ports, refusals: { note: (refused) => void noted.push(refused) } };
  });

  it.each<[string, (sender: Sender) => Promise<unknown>]>([
    ["who they are", (sender) => sender.identity()],
    ["who they are, and where they belong", (sender) => sender.user()],
    ["who changes something", (sender) => sender.storedIdentity(named)],
    ["whose token it is", (sender) => sender.principal()],
  ])("is noted with the claims of a genuine token: asked %s", async (_, ask) => {
    refuseWith("IDENTITY_CONFLICT");
    await expect(ask(senderOf("first"))).rejects.toMatchObject({ reason: "IDENTITY_CONFLICT" });
    await settled();
    const expected = { claims: TOKENS.first, reason: "IDENTITY_CONFLICT", userId: null };
    expect(noted).toEqual([expected]);
  });

  it("is noted nowhere for a token that is not genuine", async () => {
    const sender = senderOf("forged");
    await expect(sender.counted(sender.user())).rejects.toMatchObject({ reason: "TOKEN_INVALID" });
    ports = {
      ...ports,
      verifier: { ...ports.verifier, verify: () => Promise.reject(new Refusal("EMAIL_INVALID", "")) },
    };
    await expect(senderOf("forged").user()).rejects.toMatchObject({ reason: "EMAIL_INVALID" });
    await settled();
    expect(noted).toEqual([]);
  });

  it.each<Reason>(["TOKEN_REVOKED", "EMAIL_UNVERIFIED", "STORE_UNAVAILABLE", "USER_TOKEN_REQUIRED"])(
    "%s is nothing that an organization could do anything about",
    async (reason) => {
      refuseWith(reason);
      await expect(senderOf("first").user()).rejects.toMatchObject({ reason });
      await settled();
      expect(noted).toEqual([]);
    },
  );

  it("is noted nowhere of somebody who was erased", async () => {
    const refused = () => Promise.reject(new Refusal("IDENTITY_CONFLICT", "erased", { isNoted: false }));
    ports = { ...ports, resolveIdentity: refused, resolveStoredIdentity: refused };
    await expect(senderOf("first").user()).rejects.toMatchObject({ reason: "IDENTITY_CONFLICT" });
    await settled();
    expect(noted).toEqual([]);
  });

  it("is noted with the user who was removed", async () => {
    const memory = memoryPorts();
    identity = await signedIn(memory, VIA_ACME);
    memory.memberships.put(membership({ status: "removed" }));
    ports = { ...ports, memberships: memory.memberships };
    await expect(senderOf("first").user()).rejects.toMatchObject({ reason: "MEMBERSHIP_REMOVED" });
    await settled();
    expect(noted).toMatchObject([{ reason: "MEMBERSHIP_REMOVED", userId: JANE }]);
  });

  it("is noted of a user who is not a member where they sign in, and of nobody who is one", async () => {
    const memory = memoryPorts(noJit());
    identity = await signedIn(memory, VIA_ACME);
    ports = { ...ports, ...memorySenderPorts(memory), ...kept() };
    expect(await userOf("first")).toMatchObject({ organization: null });
    expect(noted).toMatchObject([{ reason: "NOT_A_MEMBER", userId: JANE }]);
    memory.memberships.put(membership());
    expect(await userOf("other")).toMatchObject({ organization: { id: ACME } });
    expect(noted).toHaveLength(1);
  });

  /** What the tests above play themselves. */
  function kept() {
    const { verifier, people, resolveIdentity, resolveStoredIdentity, refusals } = ports;
    return { verifier, people, resolveIdentity, resolveStoredIdentity, refusals };
  }
});
