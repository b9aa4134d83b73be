import { describe, expect, it, vi } from "vitest";
import { domainNamed, MemoryOrganizations } from "../../memory/organizations.ts";
import { meanwhile } from "../testing/meanwhile.ts";
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
  VIA_GLOBEX,
} from "../testing/memory-ports.ts";
import {
  ACME,
  acmeAlone,
  claims,
  ENTRA,
  GLOBEX,
  inside,
  JANE,
  JOE,
  link,
  organization,
  UNBOUNDED,
} from "../testing/people.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import type { IdentityLink } from "./identity-link.ts";
import { MAILBOX, noSpeakers, type Speakers } from "./speakers.ts";

type Claims = Partial<VerifiedClaims>;
const NEW = { ensureUser: async () => ({ userId: JANE, created: true }) };
const KNOWN = { ensureUser: async () => ({ userId: JANE, created: false }) };
const unasked = { ensureUser: () => Promise.reject(new Error("the directory was asked")) };
const signIn = (ports: MemoryPorts, overrides: Claims, directory = KNOWN) =>
  resolver(ports, { directory })(claims(overrides), UNBOUNDED);
const LABS = domainNamed("globex-labs.example");
/** Acme alone has acme.example, and Globex another domain. */
const withLabs = () => acmeAlone().put(organization(GLOBEX), { domains: [LABS] });
const CONFLICT = { reason: "IDENTITY_CONFLICT" };
const SIGNED_ALONE: Claims = { userId: JANE, email: { absent: "EMAIL_MISSING" } };

describe("a first login", () => {
  const unverified = () => new MemoryOrganizations().put(organization(ACME), { connections: [ENTRA] });
  const OF_MAILBOX = { rule: "verified-email", organizationId: null, connection: "auth0" } as const;
  it.each<[string, Claims, Partial<IdentityLink>, MemoryPorts]>([
    ["by SSO", VIA_ACME, { rule: "verified-domain" }, memoryPorts()],
    ["by a mailbox", BY_PASSWORD, OF_MAILBOX, memoryPorts()],
    ["in report mode", VIA_ACME, { rule: "report-mode" }, memoryPorts(unverified(), { trustMode: "report" })],
    ["by a signed user id", { userId: JANE }, { rule: "claim" }, memoryPorts()],
    ["by a signed user id alone", SIGNED_ALONE, { rule: "claim", email: null }, memoryPorts()],
  ])("%s links its subject for life, and is audited", async (_, overrides, expected, ports) => {
    const { subject } = claims(overrides);
    await signIn(ports, overrides, "userId" in overrides ? unasked : KNOWN);
    const made = { ...link({ subject, linkedAt: NOW, rev: expect.any(String) }), ...expected };
    expect([...ports.identities.links.values()]).toEqual([made]);
    const { organizationId, connection, rule } = made;
    const entry = { at: NOW, actor: "login", action: "identity-linked", userId: JANE, subject };
    expect(ports.identities.entries).toMatchObject([{ ...entry, organizationId, connection, rule }]);
  });

  it("T4A: gets the winner's link after losing a race, unless that user is blocked", async () => {
    const ports = memoryPorts();
    const { identities } = ports;
    const racing = () => meanwhile(ports, () => identities.create(link({ userId: JOE })));
    racing();
    expect(await signIn(ports, VIA_ACME)).toMatchObject({ userId: JOE });
    expect([identities.spoken.size, identities.seats.size, identities.entries]).toEqual([0, 0, []]);
    identities.links.clear();
    racing();
    identities.blocked.add(JOE);
    await expect(signIn(ports, VIA_ACME)).rejects.toMatchObject({ reason: "IDENTITY_BLOCKED" });
  });

  const CLAIMED: Claims = { ...BY_PASSWORD, connection: "Username-Password-Authentication" };
  it.each<[string, Claims, Claims, object]>([
    ["T42: by SSO", VIA_ACME, VIA_ACME, { connection: ENTRA.name, organizationId: ACME }],
    ["T79: by a password, without the claim first", BY_PASSWORD, CLAIMED, { connection: "auth0" }],
    ["T79: by a password, with the claim first", CLAIMED, BY_PASSWORD, { connection: "auth0" }],
  ])("is refused to a second account at one address, %s", async (_, first, second, expected) => {
    const ports = memoryPorts();
    await signIn(ports, first);
    const another = signIn(ports, { ...second, subject: "auth0|another" });
    await expect(another).rejects.toMatchObject(CONFLICT);
    const entry = {
      action: "identity-conflict",
      rule: "seat",
      subject: "auth0|another",
      userId: JANE,
      at: NOW,
    };
    const holder = claims(first).subject;
    expect(ports.identities.entries.at(-1)).toMatchObject({ ...entry, ...expected, holder });
  });
});

describe("a signed user id", () => {
  it("is a conflict when it differs from the link", async () => {
    const ports = memoryPorts();
    await ports.identities.create(link());
    await expect(signIn(ports, { userId: JOE })).rejects.toMatchObject(CONFLICT);
    expect(audited(ports)).toEqual(["identity-conflict signed-user-id"]);
  });
});

describe("on a domain that Acme and Globex share, Acme's SSO", () => {
  const known = (speakers: Partial<Speakers>, organizations = acmeAndGlobex()) =>
    spoken(memoryPorts(organizations), speakers);
  const IN_GLOBEX = { by: MAILBOX, inside: inside(GLOBEX) } as const;
  const IN_LABS = { by: MAILBOX, inside: [{ organizationId: GLOBEX, domain: LABS }] } as const;
  const trusted = acmeAndGlobex({}, { trusts: [ACME] });
  const trusting = acmeAndGlobex({ trusts: [GLOBEX] });

  it.each<[string, MemoryPorts, typeof NEW, Claims]>([
    ["T7K: links a new person", memoryPorts(acmeAndGlobex()), NEW, VIA_ACME],
    ["links a member of Globex if Globex trusts Acme", known(IN_GLOBEX, trusted), KNOWN, VIA_ACME],
    ["T8E: links a member of a domain that Globex gave up", known(IN_GLOBEX, acmeAlone()), KNOWN, VIA_ACME],
  ])("%s", async (_, ports, directory, login) => {
    expect(await signIn(ports, login, directory)).toMatchObject({ userId: JANE });
  });

  it.each<[string, MemoryPorts, typeof NEW, Claims]>([
    ["T7H: cannot link a person whom the directory knew", memoryPorts(acmeAndGlobex()), KNOWN, VIA_ACME],
    ["T7H: cannot link a person by a signed user id", known({}), unasked, { userId: JANE }],
    ["T7F: cannot link a person inside Globex", known(IN_GLOBEX, trusting), KNOWN, VIA_ACME],
    ["T8E: cannot link who is at a domain Globex still has", known(IN_LABS, withLabs()), KNOWN, VIA_ACME],
    ["T8E: cannot link such a member without an address", known(IN_GLOBEX), unasked, SIGNED_ALONE],
    ["T7K: came first, so Globex's SSO is refused", known({ by: ACME, sso: ACME }), KNOWN, VIA_GLOBEX],
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
    let reads = 0;
    const find: typeof speakers.find = async (userId, signal) => {
      reads += 1;
      if (reads === 3) stored.set(JANE, { ...noSpeakers(JANE), by: ACME, sso: ACME, rev: "1" });
      return speakers.find(userId, signal);
    };
    expect(await signIn({ ...ports, speakers: { find } }, VIA_ACME)).toMatchObject({ userId: JANE });
    expect([reads, stored.get(JANE)]).toEqual([3, expect.objectContaining({ by: ACME, sso: ACME })]);
  });

  it("is an outage, and no refusal, if the request ends while it waits", async () => {
    const ports = memoryPorts(acmeAndGlobex());
    const { speakers } = ports.identities;
    const request = new AbortController();
    const find: typeof speakers.find = (userId, signal) => {
      setImmediate(() => request.abort());
      return speakers.find(userId, signal);
    };
    const resolve = resolver({ ...ports, speakers: { find } }, { directory: KNOWN });
    const waiting = resolve(claims(VIA_ACME), request.signal);
    await expect(waiting).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
  });

  it("does not wait if another organization already speaks for the person", async () => {
    const ports = known({ by: GLOBEX, sso: GLOBEX });
    const find = vi.spyOn(ports.identities.speakers, "find");
    await expect(signIn(ports, VIA_ACME)).rejects.toMatchObject(CONFLICT);
    expect(find).toHaveBeenCalledTimes(1);
  });
});
