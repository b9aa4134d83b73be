import { describe, expect, it, vi } from "vitest";
import { MemoryOrganizations } from "../testing/memory-organizations.ts";
import {
  acmeAndGlobex,
  audited,
  BY_PASSWORD,
  type MemoryPorts,
  memoryPorts,
  NOW,
  resolver,
  spoken,
  VIA_ACME,
} from "../testing/memory-ports.ts";
import {
  ACME,
  acmeAlone,
  claims,
  ENTRA,
  GLOBEX,
  INITECH,
  JANE,
  JOE,
  link,
  organization,
  UNBOUNDED,
} from "../testing/people.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import type { IdentityLink } from "./identity-link.ts";
import { MAILBOX, noSpeakers, type Speakers, trustingOf } from "./speakers.ts";

type Claims = Partial<VerifiedClaims>;
const NEW = { ensureUser: async () => ({ userId: JANE, created: true }) };
const KNOWN = { ensureUser: async () => ({ userId: JANE, created: false }) };
const unasked = { ensureUser: () => Promise.reject(new Error("the directory was asked")) };
const signIn = (ports: MemoryPorts, overrides: Claims, directory = KNOWN) =>
  resolver(ports, { directory })(claims(overrides), UNBOUNDED);
const CONFLICT = { reason: "IDENTITY_CONFLICT" };

describe("a first login", () => {
  const unverified = () => new MemoryOrganizations().put(organization(ACME), { connections: [ENTRA] });
  it.each<[string, Claims, Partial<IdentityLink>, MemoryPorts]>([
    ["by SSO", VIA_ACME, { rule: "verified-domain" }, memoryPorts()],
    [
      "by a mailbox",
      BY_PASSWORD,
      { rule: "verified-email", organizationId: null, connection: "auth0" },
      memoryPorts(),
    ],
    ["in report mode", VIA_ACME, { rule: "report-mode" }, memoryPorts(unverified(), { trustMode: "report" })],
    ["by a signed user id", { userId: JANE }, { rule: "claim" }, memoryPorts()],
    [
      "by a signed user id alone",
      { userId: JANE, email: { absent: "EMAIL_MISSING" } },
      { rule: "claim", email: null },
      memoryPorts(),
    ],
  ])("%s links its subject for life, and is audited", async (_, overrides, expected, ports) => {
    const { subject } = claims(overrides);
    await signIn(ports, overrides, "userId" in overrides ? unasked : KNOWN);
    const made = { ...link({ subject, linkedAt: NOW }), ...expected };
    expect([...ports.identities.links.values()]).toEqual([made]);
    const { organizationId, connection, rule } = made;
    const entry = { at: NOW, actor: "login", action: "identity-linked", userId: JANE, subject };
    expect(ports.identities.entries).toMatchObject([{ ...entry, organizationId, connection, rule }]);
  });

  it("T4A: gets the winner's link after losing a race, unless that user is blocked", async () => {
    const ports = memoryPorts();
    const { identities } = ports;
    const racing = () => {
      identities.takeSeat = async (seat, subject) => {
        identities.links.set(JSON.stringify(["default", subject]), link({ userId: JOE }));
        return { ...seat, subject, formerSubject: null, takenOverAt: null };
      };
    };
    racing();
    expect(await signIn(ports, VIA_ACME)).toMatchObject({ userId: JOE });
    identities.links.clear();
    identities.blocked.add(JOE);
    await expect(signIn(ports, VIA_ACME)).rejects.toMatchObject({ reason: "IDENTITY_BLOCKED" });
  });

  const CLAIMED: Claims = { ...BY_PASSWORD, connection: "Username-Password-Authentication" };
  it.each<[string, Claims, Claims, object]>([
    ["T42: by SSO", VIA_ACME, VIA_ACME, { connection: ENTRA.name, organizationId: ACME }],
    ["T79: by a password, without the claim first", BY_PASSWORD, CLAIMED, { connection: "auth0" }],
    ["T79: by a password, with the claim first", CLAIMED, BY_PASSWORD, { connection: "auth0" }],
  ])("of a second account at one address is refused, %s", async (_, first, second, expected) => {
    const ports = memoryPorts();
    await signIn(ports, first);
    const another = signIn(ports, { ...second, subject: "auth0|another" });
    await expect(another).rejects.toMatchObject(CONFLICT);
    expect(ports.identities.entries.at(-1)).toMatchObject({
      ...{ at: NOW, action: "identity-conflict", rule: "seat", userId: JANE, subject: "auth0|another" },
      ...expected,
      holder: claims(first).subject,
    });
  });
});

describe("a signed user id", () => {
  it("that differs from the link is a conflict", async () => {
    const ports = memoryPorts();
    await ports.identities.create(link());
    await expect(signIn(ports, { userId: JOE })).rejects.toMatchObject(CONFLICT);
    expect(audited(ports)).toEqual(["identity-conflict signed-user-id"]);
  });
});

describe("on a domain that Acme and Globex share, Acme's SSO", () => {
  const knowing = (known: Partial<Speakers>, organizations = acmeAndGlobex()) =>
    spoken(memoryPorts(organizations), known);

  it.each<[string, MemoryPorts, typeof NEW, Claims]>([
    ["T7K: links a new person", memoryPorts(acmeAndGlobex()), NEW, VIA_ACME],
    [
      "links a member of Globex if Globex trusts Acme",
      knowing({ by: MAILBOX, inside: [GLOBEX] }, acmeAndGlobex({}, { trusts: [ACME] })),
      KNOWN,
      VIA_ACME,
    ],
  ])("%s", async (_, ports, directory, login) => {
    expect(await signIn(ports, login, directory)).toMatchObject({ userId: JANE });
  });

  it.each<[string, MemoryPorts, typeof NEW, Claims]>([
    ["T7H: cannot link a person whom the directory knew", knowing({}), KNOWN, VIA_ACME],
    ["T7H: cannot link a person by a signed user id", knowing({}), unasked, { userId: JANE }],
    ["T70: cannot link a person of Globex's SSO", knowing({ by: MAILBOX, sso: GLOBEX }), KNOWN, VIA_ACME],
    [
      "T7F: cannot link a person inside Globex",
      knowing({ by: MAILBOX, inside: [GLOBEX] }, acmeAndGlobex({ trusts: [GLOBEX] })),
      KNOWN,
      VIA_ACME,
    ],
    ["T7K: came first, so a password login is refused", knowing({ by: ACME, sso: ACME }), KNOWN, BY_PASSWORD],
  ])("%s: a conflict that creates neither a seat nor a link", async (_, ports, directory, login) => {
    const before = new Map(ports.identities.spoken);
    await expect(signIn(ports, login, directory)).rejects.toMatchObject(CONFLICT);
    const { links, seats, spoken: after, entries } = ports.identities;
    expect([links.size, seats.size, after]).toEqual([0, 0, before]);
    const { subject, tenant } = claims(login);
    expect(entries).toMatchObject([
      { action: "identity-conflict", rule: "foreign-organization", userId: JANE, subject, tenant, at: NOW },
    ]);
  });

  it("T62: waits for another process that is linking the same new person", async () => {
    const ports = memoryPorts(acmeAndGlobex());
    const { spoken: stored, speakers } = ports.identities;
    const nobody = noSpeakers(JANE);
    const find = vi.spyOn(speakers, "find").mockResolvedValueOnce(nobody).mockResolvedValueOnce(nobody);
    stored.set(JANE, { ...nobody, by: ACME, sso: ACME, version: 1 });
    expect(await signIn(ports, VIA_ACME)).toMatchObject({ userId: JANE });
    expect(find).toHaveBeenCalledTimes(3);
    expect(stored.get(JANE)).toMatchObject({ by: ACME, sso: ACME });
  });

  it("is an outage, and no refusal, if the request ends while it waits", async () => {
    const ports = memoryPorts(acmeAndGlobex());
    const request = new AbortController();
    vi.spyOn(ports.speakers, "find").mockImplementation(async (userId) => {
      setImmediate(() => request.abort());
      return noSpeakers(userId);
    });
    const asked = resolver(ports, { directory: KNOWN })(claims(VIA_ACME), request.signal);
    await expect(asked).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
  });

  it("does not wait if another organization already speaks for the person", async () => {
    const ports = knowing({ by: GLOBEX, sso: GLOBEX });
    const find = vi.spyOn(ports.speakers, "find");
    await expect(signIn(ports, VIA_ACME)).rejects.toMatchObject(CONFLICT);
    expect(find).toHaveBeenCalledTimes(1);
  });
});

it.each<[string, readonly (typeof ACME)[], typeof ACME | null, readonly (typeof ACME)[], string[]]>([
  ["those that do and still exist", [GLOBEX, INITECH], ACME, [GLOBEX], ["findMany globex initech"]],
  ["never the organization itself", [ACME, GLOBEX], ACME, [GLOBEX], ["findMany globex"]],
  ["empty without other organizations", [ACME], ACME, [], []],
  ["empty if none of them does", [ACME], GLOBEX, [], ["findMany acme"]],
  ["empty for a login without an organization", [GLOBEX], null, [], []],
])("who trusts an organization: %s", async (_, ids, trusted, expected, asked) => {
  const stored = acmeAlone()
    .put(organization(ACME, { trusts: [ACME] }))
    .put(organization(GLOBEX, { trusts: [ACME] }));
  expect([...(await trustingOf(ids, trusted, stored, UNBOUNDED))]).toEqual(expected);
  expect(stored.asked).toEqual(asked);
});
