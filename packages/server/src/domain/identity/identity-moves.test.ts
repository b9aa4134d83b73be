import { describe, expect, it } from "vitest";
import { domainNamed, MemoryOrganizations } from "../../memory/organizations.ts";
import { loginIdOf } from "../subject-key.ts";
import { meanwhile } from "../testing/meanwhile.ts";
import {
  acmeAndGlobex,
  audited,
  GUEST_EMAIL,
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
  INITECH,
  inside,
  JANE,
  JOE,
  link,
  organization,
  relinkWindow,
  UNBOUNDED,
  userAt,
} from "../testing/people.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import type { IdentityLink } from "./identity-link.ts";
import type { RelinkWindow } from "./relink-window.ts";
import { MAILBOX, type Speakers } from "./speakers.ts";

const CONFLICT = { reason: "IDENTITY_CONFLICT" };
const OUTAGE = { reason: "STORE_UNAVAILABLE" };
const signIn = (
  ports: MemoryPorts,
  overrides: Partial<VerifiedClaims> = VIA_ACME,
  directory = { ensureUser: userAt },
) => resolver(ports, { directory })(claims(overrides), UNBOUNDED);

const IN_LABS = { organizationId: GLOBEX, domain: domainNamed("globex-labs.example") };

/** Jane came through Globex's connection; it is Acme's now. */
async function moved(
  { stored = acmeAlone(), window }: { stored?: MemoryOrganizations; window?: Partial<RelinkWindow> } = {},
  former: Partial<IdentityLink> = {},
): Promise<MemoryPorts> {
  const ports = memoryPorts(acmeAlone(), { stored });
  const { identities } = ports;
  const theirs = link({ organizationId: GLOBEX, ...former });
  await identities.takeSeat(theirs, theirs.subject);
  await identities.create(theirs);
  if (window !== undefined) identities.opened.set(ENTRA.name, relinkWindow({ from: GLOBEX, ...window }));
  return spoken(ports, { by: MAILBOX, sso: GLOBEX, inside: inside(GLOBEX) });
}

describe("a link through a connection that has moved to another organization", () => {
  it.each<[string, Partial<RelinkWindow> | null, Partial<VerifiedClaims>, MemoryOrganizations]>([
    ["without a window", null, VIA_ACME, acmeAlone()],
    ["in a window for no merger", { from: null }, VIA_ACME, acmeAlone()],
    ["in a window for the merger of another", { from: INITECH }, VIA_ACME, acmeAlone()],
    ["after the window", { until: NOW }, VIA_ACME, acmeAlone()],
    ["by an address of another domain", {}, { email: { canonical: GUEST_EMAIL } }, acmeAlone()],
    ["without an address", {}, { email: { absent: "EMAIL_MISSING" } }, acmeAlone()],
  ])("is a conflict %s", async (_, window, login, stored) => {
    const ports = await moved({ stored, ...(window === null ? {} : { window }) });
    await expect(signIn(ports, login)).rejects.toMatchObject(CONFLICT);
    expect(audited(ports)).toEqual(["identity-conflict moved-connection"]);
    expect(ports.identities.spoken.get(JANE)).toMatchObject({ sso: GLOBEX, rev: "1" });
    expect([...ports.identities.links.values()]).toEqual([link({ organizationId: GLOBEX })]);
  });

  it("is a conflict in report mode for an unverified domain", async () => {
    const stored = acmeAlone();
    stored.release("acme.example", ACME);
    const ports = await moved({ stored, window: {} });
    await expect(signIn({ ...ports, trustMode: "report" })).rejects.toMatchObject(CONFLICT);
    expect(audited(ports)).toEqual(["identity-conflict moved-connection"]);
  });

  it("moves with the connection in the merger's window, with its seat and who speaks for the user", async () => {
    const ports = await moved({ window: {} });
    expect(await signIn(ports)).toMatchObject({ userId: JANE, login: { connection: ENTRA } });
    const { identities } = ports;
    expect([...identities.links.values()]).toEqual([link({ linkedAt: NOW, rev: expect.any(String) })]);
    expect(identities.seats.size).toBe(1);
    const settled = { by: MAILBOX, sso: ACME, inside: inside(ACME), settledAt: NOW };
    expect(identities.spoken.get(JANE)).toMatchObject(settled);
    expect(audited(ports)).toEqual(["identity-allowed merger", "identity-linked verified-domain"]);
  });

  it("T81: answers where the store knows of no move, for somebody who acts for the user too", async () => {
    const ports = await moved();
    ports.stored.connections.set(ENTRA.name, { ...ENTRA, organizationId: GLOBEX });
    const actor = { subject: "auth0|support", clientId: null };
    expect(await signIn(ports, { actor })).toMatchObject({ userId: JANE });
  });

  it("is judged by its own connection, not by the one that the user comes through now", async () => {
    const ports = memoryPorts(acmeAndGlobex());
    await ports.identities.create(link());
    expect(await signIn(ports, { ...VIA_GLOBEX, subject: link().subject })).toMatchObject({ userId: JANE });
  });

  it("T84: does not move for a user who was blocked meanwhile", async () => {
    const ports = await moved({ window: {} });
    ports.storedLinks.findUser = async () => ({ isBlocked: true, signOut: null });
    await expect(signIn(ports)).rejects.toMatchObject({ reason: "IDENTITY_BLOCKED" });
    expect([...ports.identities.links.values()]).toEqual([link({ organizationId: GLOBEX })]);
  });

  it("is a conflict on a shared domain if nothing is stored about the user", async () => {
    const stored = acmeAlone().put(organization(INITECH), { domains: ["acme.example"] });
    const ports = await moved({ stored, window: {} });
    ports.identities.spoken.clear();
    await expect(signIn(ports)).rejects.toMatchObject(CONFLICT);
  });

  it.each<[string, (ports: MemoryPorts) => void]>([
    [
      "the store knows of no move",
      ({ stored }) => stored.connections.set(ENTRA.name, { ...ENTRA, organizationId: GLOBEX }),
    ],
    [
      "an operator has settled it",
      ({ identities, storedLinks }) => {
        const settled = link();
        const key = loginIdOf(settled);
        const old = identities.links.get(key) ?? settled;
        identities.find = async () => old;
        identities.links.set(key, settled);
        storedLinks.find = async () => settled;
      },
    ],
  ])("is judged by the store where %s", async (_, change) => {
    const ports = await moved({
      stored: acmeAlone().put(organization(GLOBEX), { domains: ["acme.example"] }),
    });
    change(ports);
    expect(await signIn(ports)).toMatchObject({ userId: JANE });
    expect(audited(ports)).toEqual([]);
  });

  it("is refused if the store no longer has the connection", async () => {
    const stored = acmeAlone();
    stored.connections.clear();
    await expect(signIn(await moved({ stored }))).rejects.toMatchObject({ reason: "DOMAIN_NOT_ALLOWED" });
  });
});

it("lets a new subject take the seat over in the merger's window", async () => {
  const ports = await moved({ window: {} });
  expect(await signIn(ports, { subject: "waad|new" })).toMatchObject({ userId: JANE });
  expect(ports.identities.linkedTo(JANE)).toEqual(["waad|new"]);
  const settled = { sso: ACME, inside: inside(ACME), settledAt: NOW };
  expect(ports.identities.spoken.get(JANE)).toMatchObject(settled);
});

it("records no merger where the organization speaks for the user already", async () => {
  const ports = await moved({ window: {} });
  spoken(ports, { by: MAILBOX, sso: ACME, rev: "2" });
  expect(await signIn(ports, { subject: "waad|new" })).toMatchObject({ userId: JANE });
  expect(audited(ports)).toEqual(["seat-taken-over verified-domain", "identity-linked verified-domain"]);
});

it("judges the user that an operator has linked since the move: blocked, or signed for another user", async () => {
  const relinked = async () => {
    const ports = await moved();
    const { identities } = ports;
    const [old, settled] = [link({ organizationId: GLOBEX }), link({ userId: JOE })];
    identities.links.set(loginIdOf(settled), settled);
    ports.storedLinks.find = async () => settled;
    identities.find = async () => old;
    return ports;
  };
  const ask = async (login: Partial<VerifiedClaims>, isBlocked = false) => {
    const ports = await relinked();
    if (isBlocked) ports.identities.blocked.add(JOE);
    return signIn(ports, login);
  };
  expect(await ask(VIA_ACME)).toMatchObject({ userId: JOE });
  await expect(ask(VIA_ACME, true)).rejects.toMatchObject({ reason: "IDENTITY_BLOCKED" });
  await expect(ask({ ...VIA_ACME, userId: JANE })).rejects.toMatchObject(CONFLICT);
});

it("a merger's window does not move a link of a login that only report mode lets through", async () => {
  const stored = acmeAlone();
  stored.release("acme.example", ACME);
  const ports = spoken(memoryPorts(stored, { trustMode: "report" }), { by: MAILBOX, sso: GLOBEX });
  const { identities } = ports;
  identities.opened.set(ENTRA.name, relinkWindow({ from: GLOBEX }));
  await expect(signIn(ports)).rejects.toMatchObject(CONFLICT);
  expect(identities.spoken.get(JANE)).toMatchObject({ sso: GLOBEX, rev: "1" });
});

describe("a link that was made when no organization had the connection", () => {
  const unowned = async (known: Partial<Speakers>, organizations = acmeAlone()) => {
    const ports = spoken(memoryPorts(organizations), known);
    await ports.identities.create(link({ organizationId: null, rule: "report-mode" }));
    await ports.identities.takeSeat(link(), "waad|old");
    return ports;
  };

  it("becomes the organization's, once, if the organization may speak for the user", async () => {
    const ports = await unowned({ by: MAILBOX });
    for (let logins = 0; logins < 2; logins += 1) expect(await signIn(ports)).toMatchObject({ userId: JANE });
    const adopted = link({ organizationId: ACME, linkedAt: NOW, rev: expect.any(String) });
    expect([...ports.identities.links.values()]).toEqual([adopted]);
    expect(ports.identities.spoken.get(JANE)).toMatchObject({ by: MAILBOX, sso: ACME });
    expect(audited(ports)).toEqual(["identity-linked verified-domain"]);
  });

  it("keeps the address and the rule of the first login if the address is not trusted now", async () => {
    const ports = await unowned({ by: MAILBOX });
    await signIn(ports, { email: { canonical: GUEST_EMAIL } });
    const kept = { organizationId: ACME, email: link().email, rule: "report-mode", linkedAt: NOW };
    expect([...ports.identities.links.values()]).toMatchObject([kept]);
  });

  it.each<[string, Partial<Speakers>]>([
    ["another organization's SSO speaks for the person", { by: MAILBOX, sso: GLOBEX }],
    ["the person is inside another organization", { by: MAILBOX, inside: [IN_LABS] }],
  ])("is a conflict where %s", async (_, known) => {
    const ports = await unowned(known, acmeAlone().put(organization(GLOBEX), { domains: [IN_LABS.domain] }));
    await expect(signIn(ports)).rejects.toMatchObject(CONFLICT);
    expect(audited(ports)).toEqual(["identity-conflict foreign-organization"]);
    expect([...ports.identities.links.values()]).toMatchObject([{ organizationId: null }]);
  });

  it.each<[string, (ports: MemoryPorts) => unknown, object]>([
    ["unlinked", ({ identities }) => identities.links.clear(), OUTAGE],
    ["another user's", ({ identities }) => identities.put(link({ userId: JOE, rev: "1" })), OUTAGE],
    ["adopted", ({ identities }) => identities.put(link({ rev: "1" })), { userId: JANE }],
  ])("is left as it is where the subject is %s at the moment of the commit", async (_, happens, expected) => {
    const ports = await unowned({ by: MAILBOX });
    meanwhile(ports, () => happens(ports));
    expect(await signIn(ports).catch((error: unknown) => error)).toMatchObject(expected);
    expect([ports.identities.spoken.get(JANE)?.rev, audited(ports)]).toEqual(["1", []]);
  });

  it.each<[string, Partial<VerifiedClaims>, object]>([
    ["a trusted address", VIA_ACME, { userId: JANE }],
    ["no trusted address", { email: { canonical: GUEST_EMAIL } }, { reason: "DOMAIN_NOT_ALLOWED" }],
  ])("is made by a first login after an operator removed it: with %s", async (_, login, expected) => {
    const ports = await unowned({ by: MAILBOX });
    const cached = [...ports.identities.links.values()][0] ?? null;
    ports.identities.links.clear();
    ports.identities.find = async () => cached;
    ports.storedLinks.find = async ({ subject }) =>
      [...ports.identities.links.values()].find((each) => each.subject === subject) ?? null;
    expect(await signIn(ports, login).catch((error: unknown) => error)).toMatchObject(expected);
    expect(audited(ports)).toEqual("userId" in expected ? ["identity-linked verified-domain"] : []);
  });

  it("stays unchanged for a login that is not SSO, without a read of the store", async () => {
    const ports = await unowned({ by: MAILBOX, sso: GLOBEX }, new MemoryOrganizations());
    const other = { ...ports, stored: acmeAlone(), otherStrategies: new Set(["waad"]) };
    expect(await signIn(other, { subject: "waad|old", emailVerified: true })).toMatchObject({ userId: JANE });
    expect([...ports.identities.links.values()]).toMatchObject([{ organizationId: null }]);
    expect(other.stored.asked).toEqual([]);
  });

  it("stays unchanged in report mode if the connection is not stored", async () => {
    const stored = acmeAlone();
    stored.connections.clear();
    const ports = { ...(await unowned({ by: MAILBOX })), stored, trustMode: "report" as const };
    expect(await signIn(ports)).toMatchObject({ userId: JANE, login: { via: "unregistered" } });
    const unchanged = link({ organizationId: null, rule: "report-mode" });
    expect([...ports.identities.links.values()]).toEqual([unchanged]);
  });
});
