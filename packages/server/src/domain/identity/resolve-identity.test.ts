import { describe, expect, it, vi } from "vitest";
import { linksOf, type MemoryIdentities, sessionKeyOf } from "../../memory/identities.ts";
import type { MemoryOrganizations } from "../../memory/organizations.ts";
import { parsePersonName } from "../person-name.ts";
import { Refusal } from "../refusal.ts";
import type { SubjectFacts } from "../revocation/facts.ts";
import { loginIdOf } from "../subject-key.ts";
import {
  BY_PASSWORD,
  type MemoryPorts,
  memoryPorts,
  released,
  resolver,
  UNVERIFIED,
  unregistered,
  VIA_ACME,
} from "../testing/memory-ports.ts";
import {
  acmeAlone,
  claims,
  ENTRA,
  endedSession,
  GLOBEX,
  JANE,
  JANE_EMAIL,
  JOE,
  JOE_EMAIL,
  link,
  subjectFacts,
  UNBOUNDED,
} from "../testing/people.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import type { UserId } from "../user-id.ts";
import type { IdentityLink } from "./identity-link.ts";
import { type Identity, identityBy, personKey } from "./resolve-identity.ts";

type Claims = Partial<VerifiedClaims>;
const MISSING = { absent: "EMAIL_MISSING" } as const;
/** An account by password, to which Auth0 has linked that of Acme's SSO. */
const LINKED_AT_AUTH0: Claims = { ...BY_PASSWORD, connection: ENTRA.name };
const LEGACY: Claims = { source: "platform", subject: JANE, connection: null };
const NOBODY = { clientId: null, userId: null };
const SUPPORT = { subject: "auth0|support", clientId: "console" };
const DELEGATED: Claims = { ...VIA_ACME, actor: SUPPORT };
const REPORT = { trustMode: "report" } as const;
const AT_ACME = { domain: "acme.example" };

function takenAway(state: "disabled" | "removed" = "removed"): MemoryOrganizations {
  const organizations = acmeAlone();
  organizations.setConnection(ENTRA, state);
  return organizations;
}
const unasked = { ensureUser: () => Promise.reject(new Error("the directory was asked")) };
const signIn = (ports: MemoryPorts, overrides: Claims, options: Parameters<typeof resolver>[1] = {}) =>
  resolver(ports, options)(claims(overrides), UNBOUNDED);
const written = ({ identities: { links, seats, spoken, entries } }: MemoryPorts) =>
  links.size + seats.size + spoken.size + entries.length;

describe("a refused login makes no directory call and stores nothing:", () => {
  const SIGNED: Claims = { userId: JANE, email: MISSING };
  it.each<[string, string, Claims, (readonly [cached: MemoryOrganizations, stored: MemoryOrganizations])?]>([
    ["a machine token", "USER_TOKEN_REQUIRED", { machine: "its sub ends in @clients" }],
    ["a legacy token whose subject is not a UUID", "TOKEN_INVALID", { ...LEGACY, subject: "jane" }],
    ["T4D: an unregistered connection", "DOMAIN_NOT_ALLOWED", VIA_ACME, [unregistered(), unregistered()]],
    ["T83: a connection that is off", "DOMAIN_NOT_ALLOWED", LINKED_AT_AUTH0, [takenAway(), takenAway()]],
    ["T83: one that was just taken away", "DOMAIN_NOT_ALLOWED", LINKED_AT_AUTH0, [acmeAlone(), takenAway()]],
    ["no address", "EMAIL_MISSING", { ...BY_PASSWORD, email: MISSING }],
    ["T40: an unverified address", "EMAIL_UNVERIFIED", UNVERIFIED],
    ["a domain that the cache does not know", "DOMAIN_NOT_ALLOWED", VIA_ACME, [released(), acmeAlone()]],
    ["T73: a domain that was given up", "DOMAIN_NOT_ALLOWED", VIA_ACME, [acmeAlone(), released()]],
    ["T73: a connection that was taken away", "DOMAIN_NOT_ALLOWED", SIGNED, [acmeAlone(), unregistered()]],
  ])("%s is %s", async (_, reason, overrides, [cached, stored] = [acmeAlone(), acmeAlone()]) => {
    const ports = memoryPorts(cached, { stored });
    await expect(signIn(ports, overrides, { directory: unasked })).rejects.toMatchObject({ reason });
    expect(written(ports)).toBe(0);
  });

  it("names the domain in the refusal's detail, never the address", async () => {
    const message = expect.stringMatching(/^[^@]*connection auth0[^@]* for the domain acme\.example$/);
    await expect(signIn(memoryPorts(), UNVERIFIED)).rejects.toMatchObject({ message });
    const withoutDomain = expect.stringMatching(/connection acme-entra is not trusted$/);
    const invalid: Claims = { email: { absent: "EMAIL_INVALID" } };
    await expect(signIn(memoryPorts(), invalid)).rejects.toMatchObject({ message: withoutDomain });
  });

  it("names an unregistered connection in the refusal's detail", async () => {
    const message = "the connection acme-entra is not registered";
    await expect(signIn(memoryPorts(unregistered()), VIA_ACME)).rejects.toMatchObject({ message });
    for (const [state, why] of [
      ["disabled", "is switched off"],
      ["removed", "was removed"],
    ] as const) {
      const refused = expect(signIn(memoryPorts(takenAway(state)), LINKED_AT_AUTH0)).rejects;
      await refused.toMatchObject({ message: `the connection acme-entra ${why}` });
    }
  });
});

describe("a linked subject", () => {
  const AS_JOE: Claims = { email: { canonical: JOE_EMAIL } };
  const BY_AUTH0 = { via: "other", strategy: "auth0" } as const;
  it.each<[string, Claims, Partial<Identity>]>([
    ["shows a trusted address", {}, { email: JANE_EMAIL, login: { via: "sso", connection: ENTRA } }],
    ["T4B: stays the same user with another's address", AS_JOE, { email: JOE_EMAIL }],
    ["shows no address if it has none", { email: MISSING }, { email: null, trust: { state: "absent" } }],
    ["shows no address that is not trusted", UNVERIFIED, { email: null, login: BY_AUTH0 }],
    ["may carry the matching signed user id", { userId: JANE }, { userId: JANE }],
    ["keeps what its token says", { auth0OrgId: "org_1", expiresAt: 7 }, {}],
  ])("%s", async (_, overrides, expected) => {
    const ports = memoryPorts();
    const presented = claims(overrides);
    await ports.identities.create(link({ subject: presented.subject }));
    const identity = await signIn(ports, overrides, { directory: unasked });
    expect(identity).toMatchObject({ userId: JANE, claims: presented, ...expected });
    expect(written(ports)).toBe(1);
  });

  const NOT_ALLOWED = { reason: "DOMAIN_NOT_ALLOWED" };
  it.each([
    ["enforce", NOT_ALLOWED],
    ["report", { userId: JANE }],
  ] as const)(
    "T7I: is judged in %s mode with %o once its connection is removed",
    async (trustMode, outcome) => {
      const ports = memoryPorts(unregistered(), { trustMode });
      await ports.identities.create(link());
      expect(await signIn(ports, VIA_ACME).catch((error: unknown) => error)).toMatchObject(outcome);
    },
  );

  it.each<["enforce" | "report", Partial<IdentityLink>, object]>([
    ["enforce", {}, NOT_ALLOWED],
    ["enforce", { connection: "auth0", organizationId: null }, NOT_ALLOWED],
    // Acme has verified the domain: the address does not count in report mode either.
    ["report", {}, { userId: JANE, email: null, login: { via: "unregistered", state: "removed" } }],
    ["report", { organizationId: GLOBEX }, { reason: "IDENTITY_CONFLICT" }],
  ])(
    "T83: is judged in %s mode, linked at Auth0 and here as %o, with %o once its connection is off",
    async (mode, linked, expected) => {
      const ports = memoryPorts(takenAway(), { trustMode: mode });
      await ports.identities.create(link({ subject: "auth0|jane", ...linked }));
      const outcome = await signIn(ports, LINKED_AT_AUTH0).catch((error: unknown) => error);
      expect(outcome).toMatchObject(expected);
    },
  );

  it("T83: still answers through another connection than the one that is off", async () => {
    const ports = memoryPorts(takenAway());
    await ports.identities.create(link({ subject: "auth0|jane" }));
    expect(await signIn(ports, BY_PASSWORD)).toMatchObject({ userId: JANE, email: JANE_EMAIL });
  });
});

describe("a blocked user is refused", () => {
  it.each<[string, Claims, "linked" | "new"]>([
    ["by a link", VIA_ACME, "linked"],
    ["at a first login", VIA_ACME, "new"],
    ["by a legacy token", LEGACY, "new"],
  ])("%s", async (_, overrides, state) => {
    const ports = memoryPorts();
    if (state === "linked") await ports.identities.create(link());
    ports.identities.blocked.add(JANE);
    const before = written(ports);
    await expect(signIn(ports, overrides)).rejects.toMatchObject({ reason: "IDENTITY_BLOCKED" });
    expect(written(ports)).toBe(before);
  });
});

/** What ends tokens of Jane that were issued until the second 100. */
const ENDINGS: Readonly<Record<string, (identities: MemoryIdentities) => unknown>> = {
  "the deletion of the subject": (identities) => known(identities, { notBefore: 100 }),
  "a logout from all sessions": (identities) => known(identities, { logoutBefore: 100 }),
  "the end of its session": (identities) => {
    known(identities, { sidlessNotBefore: 100 });
    const ended = endedSession();
    identities.sessions.set(sessionKeyOf(ended), ended);
  },
  "a sign-out everywhere": (identities) => signedOut(identities, JANE),
};
const SID = endedSession().sid;

function known(identities: MemoryIdentities, facts: Partial<SubjectFacts>): void {
  const stored = subjectFacts(facts);
  identities.facts.set(loginIdOf(stored), stored);
}

function signedOut({ signOuts }: MemoryIdentities, userId: UserId, notBefore = 100): void {
  signOuts.set(userId, { userId, notBefore, rev: "1" });
}

describe.each(["linked", "new"] as const)("a token of a subject that is %s", (state) => {
  const at = "2026-11-30T12:00:00.000Z";
  async function world() {
    const ports = memoryPorts();
    if (state === "linked") await ports.identities.create(link());
    return ports;
  }

  it.each(Object.entries(ENDINGS))(
    `is refused until %s, and accepted from the next second on: ${state}`,
    async (_, end) => {
      const ports = await world();
      end(ports.identities);
      const before = written(ports);
      for (const issuedAt of [99, 100]) {
        const refused = signIn(ports, { ...VIA_ACME, issuedAt, sid: SID });
        await expect(refused).rejects.toMatchObject({ reason: "TOKEN_REVOKED" });
      }
      expect(written(ports)).toBe(before);
      expect(await signIn(ports, { ...VIA_ACME, issuedAt: 101, sid: SID })).toMatchObject({ userId: JANE });
    },
  );

  it.each(["event", "operator"] as const)(
    `is refused whenever it was issued while an %s blocks the subject, without a call of the directory: ${state}`,
    async (by) => {
      const ports = await world();
      const sources = { event: null, operator: null, [by]: { isBlocked: true, at } };
      known(ports.identities, { sources, notBefore: 200 });
      const refused = signIn(ports, { ...VIA_ACME, issuedAt: 100 }, { directory: unasked });
      await expect(refused).rejects.toMatchObject({ reason: "IDENTITY_BLOCKED" });
    },
  );

  it(`is not refused for the session of another subject, or of another user's sign-out: ${state}`, async () => {
    const ports = await world();
    const other = subjectFacts({ subject: "waad|new", notBefore: 100 });
    ports.identities.facts.set(loginIdOf(other), other);
    signedOut(ports.identities, JOE);
    expect(await signIn(ports, { ...VIA_ACME, issuedAt: 100, sid: SID })).toMatchObject({ userId: JANE });
  });
});

it("a legacy token is refused until a sign-out everywhere", async () => {
  const ports = memoryPorts();
  signedOut(ports.identities, JANE);
  await expect(signIn(ports, { ...LEGACY, issuedAt: 100 })).rejects.toMatchObject({
    reason: "TOKEN_REVOKED",
  });
  expect(await signIn(ports, { ...LEGACY, issuedAt: 101 })).toMatchObject({ userId: JANE });
});

it("a token is judged by the sign-out of the user whom its subject has been moved to", async () => {
  const ports = memoryPorts();
  await ports.identities.create(link({ userId: JOE }));
  signedOut(ports.identities, JOE);
  const moved = { link: link({ organizationId: GLOBEX }), facts: null };
  const links = { ...linksOf(ports.identities), findSubject: async () => moved };
  const refused = signIn(ports, { ...VIA_ACME, issuedAt: 100 }, { links });
  await expect(refused).rejects.toMatchObject({ reason: "TOKEN_REVOKED" });
  expect(await signIn(ports, { ...VIA_ACME, issuedAt: 101 }, { links })).toMatchObject({ userId: JOE });
});

describe("T81: a delegated token", () => {
  const BLOCKING = { event: { isBlocked: true, at: "2026-11-30T12:00:00.000Z" }, operator: null };
  const acting = (identities: MemoryIdentities, facts: Partial<SubjectFacts>) =>
    known(identities, { subject: SUPPORT.subject, ...facts });
  const supported = link({ subject: SUPPORT.subject, userId: JOE, connection: "auth0" });

  it.each([
    ["by the link of the actor's own subject", SUPPORT, { clientId: "console", userId: JOE }],
    ["without a user for an actor without a link", { subject: "agt_1", clientId: null }, NOBODY],
    ["without a user for an actor of another issuer", { subject: null, clientId: null }, NOBODY],
  ])("answers for a linked user and says who acts, %s", async (_, actor, expected) => {
    const ports = memoryPorts();
    await ports.identities.create(link());
    await ports.identities.create(supported);
    const before = written(ports);
    const identity = await signIn(ports, { ...VIA_ACME, actor }, { directory: unasked });
    expect(identity).toMatchObject({ userId: JANE, actor: expected });
    expect(written(ports)).toBe(before);
  });

  it.each<[string, Partial<IdentityLink> | null, Claims]>([
    ["makes no link", null, {}],
    ["adopts no link from before the connection was registered", { organizationId: null }, {}],
    ["moves no link to another organization", { organizationId: GLOBEX }, {}],
    ["is signed for the user of the link, and records nothing", {}, { userId: JOE }],
  ])("%s", async (_, stored, overrides) => {
    const ports = memoryPorts();
    if (stored !== null) await ports.identities.create(link(stored));
    const before = written(ports);
    const refused = signIn(ports, { ...DELEGATED, ...overrides }, { directory: unasked });
    await expect(refused).rejects.toMatchObject({ reason: "DELEGATION_NOT_ALLOWED" });
    expect(written(ports)).toBe(before);
  });

  it("is refused when the user who acts was blocked", async () => {
    const ports = memoryPorts();
    await ports.identities.create(link());
    await ports.identities.create(supported);
    ports.identities.blocked.add(JOE);
    await expect(signIn(ports, DELEGATED)).rejects.toMatchObject({ reason: "IDENTITY_BLOCKED" });
  });

  it.each<[string, string, (identities: MemoryIdentities) => unknown]>([
    [
      "the subject who acts was blocked",
      "IDENTITY_BLOCKED",
      (identities) => acting(identities, { sources: BLOCKING }),
    ],
    [
      "the subject who acts was deleted",
      "TOKEN_REVOKED",
      (identities) => acting(identities, { notBefore: 100 }),
    ],
    [
      "a session of who acts has ended",
      "TOKEN_REVOKED",
      (identities) => acting(identities, { sidlessNotBefore: 100 }),
    ],
    ["the user who acts has signed out", "TOKEN_REVOKED", (identities) => signedOut(identities, JOE)],
    ["the user has signed out", "TOKEN_REVOKED", (identities) => signedOut(identities, JANE)],
  ])("is refused when %s", async (_, reason, end) => {
    const ports = memoryPorts();
    await ports.identities.create(link());
    await ports.identities.create(supported);
    end(ports.identities);
    const refused = signIn(ports, { ...DELEGATED, issuedAt: 100, sid: SID });
    await expect(refused).rejects.toMatchObject({ reason });
  });

  it("never shares the flight of the user's own first login", async () => {
    const resolve = resolver(memoryPorts());
    const outcomes = await Promise.allSettled([
      resolve(claims(DELEGATED), UNBOUNDED),
      resolve(claims(VIA_ACME), UNBOUNDED),
    ]);
    expect(outcomes).toMatchObject([
      { reason: { reason: "DELEGATION_NOT_ALLOWED" } },
      { value: { userId: JANE, actor: null } },
    ]);
  });
});

describe("T25: a token is a person's", () => {
  it.each<[string, boolean, Claims]>([
    ["by its connection claim, whatever its subject", true, { subject: "jane" }],
    ["by an enterprise strategy", true, { subject: "waad|acme-entra|jane", connection: null }],
    ["by another strategy that is configured", true, BY_PASSWORD],
    ["as a legacy token", true, LEGACY],
    ["not by a strategy that is not configured", false, { ...BY_PASSWORD, subject: "passkey|jane" }],
    ["not by a bare subject", false, { ...BY_PASSWORD, subject: "jane" }],
    ["not by a strategy where something says machine", false, { ...BY_PASSWORD, machine: "x" }],
  ])("%s: %s", async (_, isPerson, overrides) => {
    const outcome = await signIn(memoryPorts(), overrides).catch((error: unknown) => error);
    expect(outcome).toMatchObject(isPerson ? { userId: JANE } : { reason: "USER_TOKEN_REQUIRED" });
  });
});

it("identifies a legacy token by its subject and shows its address", async () => {
  const ports = memoryPorts();
  const expected = { userId: JANE, login: { via: "platform" }, trust: { state: "absent" } };
  const addressed = await signIn(ports, LEGACY, { directory: unasked });
  expect(addressed).toMatchObject({ ...expected, email: JANE_EMAIL });
  const unaddressed = await signIn(ports, { ...LEGACY, email: MISSING });
  expect(unaddressed).toMatchObject({ ...expected, email: null });
  expect([written(ports), ports.organizations.asked]).toEqual([0, []]);
});

it.each<[string, Claims, MemoryOrganizations, unknown[]]>([
  ["SSO", VIA_ACME, released(), [{ reason: "DOMAIN_NOT_ALLOWED", connection: ENTRA.name, ...AT_ACME }]],
  ["a mailbox", UNVERIFIED, released(), [{ reason: "EMAIL_UNVERIFIED", connection: "auth0", ...AT_ACME }]],
  ["nothing that enforce mode accepts too", VIA_ACME, acmeAlone(), []],
])("report mode reports what it accepts: %s", async (_, overrides, organizations, expected) => {
  const reported: unknown[] = [];
  const ports = memoryPorts(organizations, REPORT);
  await signIn(ports, overrides, { wouldRefuse: (refusal) => reported.push(refusal) });
  expect(reported).toEqual(expected);
});

describe("logins at the same time", () => {
  it("are each judged by their own token for one subject", async () => {
    const resolve = resolver(memoryPorts());
    const [refused, accepted] = await Promise.allSettled([
      resolve(claims(UNVERIFIED), UNBOUNDED),
      resolve(claims(BY_PASSWORD), UNBOUNDED),
    ]);
    expect(refused).toMatchObject({ reason: { reason: "EMAIL_UNVERIFIED" } });
    expect(accepted).toMatchObject({ value: { userId: JANE } });
  });

  it("share nothing for two subjects", async () => {
    const resolve = resolver(memoryPorts());
    const both = await Promise.all([
      resolve(claims(BY_PASSWORD), UNBOUNDED),
      resolve(claims({ ...BY_PASSWORD, subject: "auth0|joe", email: { canonical: JOE_EMAIL } }), UNBOUNDED),
    ]);
    expect(both.map(({ userId }) => userId)).toEqual([JANE, JOE]);
  });

  it.each([
    ["first", [100, 101]],
    ["last", [101, 100]],
  ])("are each judged by their own times, where the one that has ended comes %s", async (_, times) => {
    const ports = memoryPorts();
    signedOut(ports.identities, JANE);
    const resolve = resolver(ports);
    const outcomes = await Promise.allSettled(
      times.map((issuedAt) => resolve(claims({ ...VIA_ACME, issuedAt }), UNBOUNDED)),
    );
    const [refused, accepted] = times[0] === 100 ? outcomes : outcomes.toReversed();
    expect(refused).toMatchObject({ reason: { reason: "TOKEN_REVOKED" } });
    expect(accepted).toMatchObject({ value: { userId: JANE } });
  });

  it("T84: each read the block for one subject: one after it shares no answer from before it", async () => {
    const ports = memoryPorts();
    await ports.identities.create(link());
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    const isBlocked = vi.spyOn(ports.identities, "isBlocked").mockImplementationOnce(async () => {
      asked.resolve();
      await answered.promise;
      return false;
    });
    const resolve = resolver(ports);
    const before = resolve(claims(VIA_ACME), UNBOUNDED);
    await asked.promise;
    ports.identities.blocked.add(JANE);
    const after = resolve(claims(VIA_ACME), UNBOUNDED);
    answered.resolve();
    expect(await before).toMatchObject({ userId: JANE });
    await expect(after).rejects.toMatchObject({ reason: "IDENTITY_BLOCKED" });
    expect(isBlocked).toHaveBeenCalledTimes(2);
  });

  it("refuses DIRECTORY_UNAVAILABLE when the joined first login outlives the caller's deadline", async () => {
    const { promise: user, resolve: answer } = Promise.withResolvers<{ userId: UserId; created: boolean }>();
    const resolve = resolver(memoryPorts(), { directory: { ensureUser: () => user } });
    const hasty = new AbortController();
    const opened = resolve(claims(), UNBOUNDED);
    const joined = resolve(claims(), hasty.signal);
    setImmediate(() => hasty.abort());
    await expect(joined).rejects.toMatchObject({ reason: "DIRECTORY_UNAVAILABLE" });
    answer({ userId: JANE, created: true });
    expect(await opened).toMatchObject({ userId: JANE });
  });

  it("reports a refusal that arrives together with the deadline as it is", async () => {
    const hasty = new AbortController();
    const ensureUser = async () => {
      hasty.abort();
      throw new Refusal("OVERLOADED", "its queue is full");
    };
    const outcome = resolver(memoryPorts(), { directory: { ensureUser } })(claims(), hasty.signal);
    await expect(outcome).rejects.toMatchObject({ reason: "OVERLOADED" });
  });
});

describe("a person whose next token says the same", () => {
  it.each<[what: string, changed: Claims]>([
    ["the issuer", { source: "test" }],
    ["the tenant", { tenant: "other" }],
    ["the subject", { subject: "waad|new" }],
    ["a machine", { machine: "its sub ends in @clients" }],
    ["the application", { clientId: "other" }],
    ["who acts", DELEGATED],
    ["the address", { email: { canonical: JOE_EMAIL } }],
    ["no address", { email: MISSING }],
    ["an address that is unusable", { email: { absent: "EMAIL_INVALID" } }],
    ["the proof of the address", { emailVerified: true }],
    ["the connection", { connection: "other" }],
    ["no connection", { connection: null }],
    ["the organization", { auth0OrgId: "org_acme" }],
    ["the signed user id", { userId: JANE }],
  ])("is another key by %s", (_, changed) => {
    expect(personKey(claims(changed))).not.toBe(personKey(claims()));
  });

  it("T8R: has the same key, and the times, the session and the name of its own token", async () => {
    const later = claims({ issuedAt: 30, sid: "session", expiresAt: 60, name: parsePersonName("Jane") });
    expect(personKey(later)).toBe(personKey(claims()));
    const known = await signIn(memoryPorts(), VIA_ACME);
    expect(identityBy(later, known)).toEqual({ ...known, claims: later, judged: null });
  });

  it.each([[{ subject: "waad|new" }], [{ tenant: "other" }]])("is nobody by %j", async (changed) => {
    const known = await signIn(memoryPorts(), VIA_ACME);
    expect(() => identityBy(claims(changed), known)).toThrow("a token of another subject");
  });
});
