import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { MemoryIdentities } from "../../memory/identities.ts";
import { memorySelfService } from "../../memory/self-service.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import { MAILBOX } from "../identity/speakers.ts";
import { revokeInvitation } from "../invitations/invitations.ts";
import { removeMember } from "../members/members.ts";
import { loginIdOf } from "../subject-key.ts";
import { choose, describeRaces, Interleaving } from "../testing/interleaving.ts";
import {
  AS_GUEST,
  acmeAndGlobex,
  audited,
  BY_PASSWORD,
  GUEST_EMAIL,
  invitation,
  type MemoryPorts,
  membership,
  memoryPorts,
  NOW,
  resolver,
  signedIn,
  spoken,
  VIA_ACME,
  VIA_GLOBEX,
} from "../testing/memory-ports.ts";
import {
  ACME,
  acmeAlone,
  claims,
  GLOBEX,
  inside,
  JANE,
  JANE_EMAIL,
  JOE,
  JOE_EMAIL,
  link,
  subjectFacts,
  UNBOUNDED,
} from "../testing/people.ts";
import { sharedPorts } from "../testing/shared-ports.ts";
import { operator, reasonOf } from "../testing/standings.ts";
import type { Items } from "../transaction.ts";
import { join, listOrganizations } from "./belonging.ts";
import { accept } from "./consent.ts";
import { ensureMembership } from "./ensure-membership.ts";
import type { Invitation, MembershipPorts } from "./memberships.ts";

interface Way {
  readonly login: Parameters<typeof signedIn>[1];
  readonly offer: Partial<Invitation> | null;
  readonly grant: (identity: Identity, ports: MembershipPorts) => Promise<unknown>;
}

const byOrgMe: Way["grant"] = (identity, ports) => listOrganizations(identity, ports, UNBOUNDED);

/** How Jane becomes a member of Acme. Joe, an owner, has invited her where she is invited. */
const WAYS: Readonly<Record<string, Way>> = {
  JIT: {
    login: VIA_ACME,
    offer: null,
    grant: (identity, ports) => ensureMembership(ACME, identity, ports, UNBOUNDED),
  },
  joining: {
    login: BY_PASSWORD,
    offer: null,
    grant: (identity, ports) => join(identity, ACME, ports, UNBOUNDED),
  },
  "signing in after an invitation": { login: BY_PASSWORD, offer: { role: "admin" }, grant: byOrgMe },
  "accepting an invitation as an owner": {
    login: BY_PASSWORD,
    offer: { role: "owner" },
    grant: (identity, ports) => accept(identity, ACME, ports, UNBOUNDED),
  },
};
const INVITED = Object.entries(WAYS).filter(([, { offer }]) => offer !== null);

/** The ports of a process, whose calls of the store wait for their turn, and those of the test. */
function world({ offer }: Pick<Way, "offer">, blindTo: readonly (keyof Items)[] = []) {
  const organizations = acmeAlone();
  organizations.setOwners(ACME, JOE);
  const ports = memoryPorts(organizations);
  const { memberships, identities } = ports;
  memberships.put(membership({ userId: JOE, email: JOE_EMAIL, role: "owner" }));
  if (offer !== null) memberships.invite(invitation({ invitedBy: JOE, ...offer }));
  const stores = { organizations, memberships, identities, ...memorySelfService(organizations) };
  const interleaving = new Interleaving();
  const shared = sharedPorts(stores, ...blindTo);
  const portsOf = (own: typeof shared): MembershipPorts => {
    return { ...ports, ...own, stored: own.organizations, storedMemberships: own.memberships };
  };
  return { ports, direct: portsOf(shared), slow: portsOf(interleaving.slow(shared)), interleaving };
}

/** Loses the first commit to what another process does. */
function losing(ports: MemoryPorts, another: () => unknown): MemoryPorts {
  const { commit, backoff } = ports.transactions;
  let commits = 0;
  return {
    ...ports,
    transactions: {
      backoff,
      async commit(changes, signal) {
        commits += 1;
        if (commits > 1) return commit(changes, signal);
        another();
        return false;
      },
    },
  };
}

describe.each([
  ...Object.entries(WAYS),
  [
    "an invitation from outside",
    {
      login: AS_GUEST,
      offer: { email: GUEST_EMAIL, fromOutside: true },
      grant: ((identity, ports) => accept(identity, ACME, ports, UNBOUNDED)) satisfies Way["grant"],
    },
  ] as const,
])("%s", (_, { grant, ...way }) => {
  const janeIn = ({ memberships }: MemoryPorts) => memberships.memberships.get(`${ACME} ${JANE}`);

  it.each([null, NOW])("makes nobody a member who was erased: since %j", async (erasedAt) => {
    const { ports } = world(way);
    const identity = await signedIn(ports, way.login);
    spoken(ports, { by: MAILBOX, erasedAt });
    await Promise.resolve(grant(identity, ports)).catch(() => {});
    expect(janeIn(ports)?.status).toBe(erasedAt === null ? "active" : undefined);
  });

  it("makes nobody a member who is erased while it is decided", async () => {
    const { ports } = world(way);
    const identity = await signedIn(ports, way.login);
    const { commit, backoff } = ports.transactions;
    const transactions = {
      backoff,
      commit: (...changes: Parameters<typeof commit>) => {
        spoken(ports, { by: MAILBOX, erasedAt: NOW, rev: "2" });
        return commit(...changes);
      },
    };
    await Promise.resolve(grant(identity, { ...ports, transactions })).catch(() => {});
    expect(janeIn(ports)).toBeUndefined();
  });
});

describe("a grant by the request that has made the link", () => {
  /** Jane, whom the directory has just created, in her first request. */
  const newcomer = (ports: MemoryPorts, login = VIA_ACME, userId = JANE) => {
    const directory = { ensureUser: async () => ({ userId, created: true }) };
    return resolver(ports, { directory })(claims(login), UNBOUNDED);
  };

  it("reads nothing again that the link was decided on", async () => {
    const ports = memoryPorts(acmeAlone(), { stored: acmeAlone() });
    const identity = await newcomer(ports);
    ports.stored.asked.length = 0;
    const unread = vi.spyOn(ports.identities, "find");
    const asking = { ...ports, speakers: { find: () => expect.fail("who may speak is known") } };
    expect(await ensureMembership(ACME, identity, asking, UNBOUNDED)).toMatchObject({ status: "active" });
    expect([ports.stored.asked, unread.mock.calls]).toEqual([[], []]);
  });

  it("is in the organization that was asked about, of several with the domain", async () => {
    const ports = memoryPorts(acmeAndGlobex({ trusts: [GLOBEX] }));
    const identity = await newcomer(ports, VIA_GLOBEX);
    expect(await ensureMembership(GLOBEX, identity, ports, UNBOUNDED)).toMatchObject({
      organizationId: GLOBEX,
    });
  });

  it("is decided on what is stored by then where its first commit is lost", async () => {
    const ports = memoryPorts(acmeAndGlobex());
    const identity = await newcomer(ports);
    const racing = losing(ports, () => spoken(ports, { by: MAILBOX, sso: GLOBEX }));
    expect(await ensureMembership(ACME, identity, racing, UNBOUNDED)).toBeNull();
    expect(audited(ports)).toEqual([
      "identity-linked verified-domain",
      "identity-conflict foreign-organization",
    ]);
  });

  it("is decided by who may speak for the user of the link, whomever the directory named", async () => {
    const ports = memoryPorts(acmeAndGlobex());
    spoken(ports, { by: MAILBOX, sso: GLOBEX });
    const racing = losing(ports, () => ports.identities.put(link({ userId: JANE })));
    const identity = await newcomer(racing, VIA_ACME, JOE);
    expect(identity.userId).toBe(JANE);
    expect(await ensureMembership(ACME, identity, ports, UNBOUNDED)).toBeNull();
    expect(audited(ports)).toEqual(["identity-conflict foreign-organization"]);
  });
});

describe("a grant whose first commit is lost", () => {
  const stored = ({ memberships }: MemoryPorts) => memberships.memberships.get(`${ACME} ${JANE}`);

  it.each(INVITED)("uses the invitation all the same: %s", async (_, way) => {
    const { ports } = world(way);
    await way.grant(
      await signedIn(ports, way.login),
      losing(ports, () => {}),
    );
    expect(stored(ports)).toMatchObject({ status: "active", role: way.offer?.role });
    expect([...ports.memberships.invitations.values()]).toMatchObject([{ consumedBy: JANE }]);
  });

  it("leaves who has left meanwhile outside: JIT brings nobody back", async () => {
    const way = WAYS.JIT ?? expect.fail("no such way");
    const { ports } = world(way);
    const left = membership({ status: "removed", leftAt: "2026-11-24T00:00:00.000Z", rev: "left" });
    await way.grant(
      await signedIn(ports, way.login),
      losing(ports, () => ports.memberships.put(left)),
    );
    expect(stored(ports)).toEqual(left);
  });
});

/** Everything that is stored with a membership, in words. */
function stateOf({ memberships, stored, identities }: MemoryPorts) {
  return {
    role: memberships.memberships.get(`${ACME} ${JANE}`)?.role ?? null,
    isListed: stored.organizations.get(ACME)?.owners.includes(JANE),
    consumedBy: memberships.invitations.get(`${ACME} ${JANE_EMAIL}`)?.consumedBy ?? null,
    inside: identities.spoken.get(JANE)?.inside ?? [],
    entries: identities.entries.map(({ action }) => action),
  };
}

const before = { role: null, isListed: false, consumedBy: null, inside: [], entries: [] };
const afterwards = ({ offer }: Way) => ({
  role: offer?.role ?? "member",
  isListed: offer?.role === "owner",
  consumedBy: offer === null ? null : JANE,
  inside: inside(ACME),
  entries: ["membership-created", ...(offer === null ? [] : ["invitation-accepted"])],
});

/** Lets the process die after so many calls of the store. @returns whether it made so many */
async function dyingAfter(calls: number, way: Way, { ports, slow, interleaving }: ReturnType<typeof world>) {
  const identity = await signedIn(ports, way.login);
  await interleaving.start(() => way.grant(identity, slow));
  let [asked, hasDied] = [0, false];
  const choose = (among: number) => {
    asked += 1;
    const isFate = asked % 2 === 0; // which call, then what becomes of it
    hasDied ||= isFate && asked === 2 * calls;
    return isFate && hasDied ? among - 1 : 0;
  };
  const fault = await interleaving.finish({ choose, fates: ["replied", "crash"], wrong: () => null });
  return fault === null && hasDied;
}

describe("T86: a process that dies after any call of the store", () => {
  it.each(Object.entries(WAYS))("leaves a membership with its entries, or nothing: %s", async (_, way) => {
    const seen = new Set<string>();
    for (let calls = 1; ; calls += 1) {
      const given = world(way);
      const hasDied = await dyingAfter(calls, way, given);
      const state = stateOf(given.ports);
      expect([before, afterwards(way)]).toContainEqual(state);
      seen.add(JSON.stringify(state));
      await reasonOf(way.grant(await signedIn(given.ports, way.login), given.direct));
      expect(stateOf(given.ports)).toEqual(afterwards(way));
      if (!hasDied) break;
    }
    expect(seen.size).toBe(2);
  });
});

describe("T87: a process that dies", () => {
  it.each(INVITED)("leaves an invitation that can be revoked, or its member: %s", async (_, way) => {
    const by = await operator();
    for (let calls = 1; ; calls += 1) {
      const given = world(way);
      const hasDied = await dyingAfter(calls, way, given);
      const { memberships, administration } = given.ports;
      const isMember = memberships.memberships.has(`${ACME} ${JANE}`);
      const revoked = reasonOf(revokeInvitation(by, JANE_EMAIL, administration, UNBOUNDED));
      expect(await revoked).toBe(isMember ? "CONFLICT" : "done");
      if (!hasDied) break;
    }
  });

  it.each(INVITED)("leaves nothing to who was invited by somebody removed since: %s", async (_, way) => {
    const given = world(way);
    const { memberships, stored, administration } = given.ports;
    await dyingAfter(3, way, given);
    expect(stateOf(given.ports)).toEqual(before);
    memberships.put(membership({ userId: JOE, email: JOE_EMAIL, role: "admin", rev: "2" }));
    stored.setOwners(ACME);
    await removeMember(await operator(), JOE, administration, UNBOUNDED);
    stored.put({ ...(stored.organizations.get(ACME) ?? expect.fail()), jit: false });
    await reasonOf(way.grant(await signedIn(given.ports, way.login), given.direct));
    expect(memberships.memberships.get(`${ACME} ${JANE}`)).toBeUndefined();
  });
});

const UNCOMPARED = {
  "membership, the invitation and the speakers": ["membership", "invitation", "speakers"],
  block: ["block"],
  "facts of the subject": ["facts"],
  "sign-out": ["signOut"],
} as const satisfies Record<string, readonly (keyof Items)[]>;

/** What may end a token while something is granted by it. */
const ENDINGS = {
  block: ({ blocked }: MemoryIdentities) => blocked.add(JANE),
  facts: ({ facts }: MemoryIdentities, { subject }: Identity["claims"]) =>
    facts.set(loginIdOf(subjectFacts({ subject })), subjectFacts({ subject, notBefore: 0 })),
  signOut: ({ signOuts }: MemoryIdentities) => signOuts.set(JANE, { userId: JANE, notBefore: 0, rev: "1" }),
};

describeRaces(
  "three processes at once grant one membership, recorded once, and none once the token has ended",
  {
    races: fc.record({
      name: fc.constantFrom(...Object.keys(WAYS)),
      ending: fc.constantFrom(null, null, ...(["block", "facts", "signOut"] as const)),
      choose,
    }),
    runs: { calm: 500, rough: 1_000 },
    without: ["membership, the invitation and the speakers", "block", "facts of the subject", "sign-out"],
    async wrongIn({ name, ending, choose, fates, without }) {
      const way = WAYS[name] ?? expect.fail();
      const { ports, slow, interleaving } = world(way, without && UNCOMPARED[without]);
      const identity = await signedIn(ports, way.login);
      for (const _ of ["one", "two", "three"]) await interleaving.start(() => way.grant(identity, slow));
      const { identities, memberships } = ports;
      let hasEnded = false;
      const endings = interleaving.slowly({
        async put() {
          if (ending !== null) ENDINGS[ending](identities, identity.claims);
          hasEnded = true;
        },
      });
      if (ending !== null) await interleaving.start(() => endings.put());
      const allowed = [before, afterwards(way)].map((state) => JSON.stringify(state));
      let whenEnded: string | null = null;
      const wrong = () => {
        const state = JSON.stringify(stateOf(ports));
        if (hasEnded) whenEnded ??= state;
        if (whenEnded !== null && state !== whenEnded)
          return "something was granted by a token that had ended";
        return allowed.includes(state) ? null : `half of it: ${state}`;
      };
      const fault = await interleaving.finish({ choose, fates, wrong });
      const isGranted = memberships.memberships.has(`${ACME} ${JANE}`);
      return (
        fault ?? (ending !== null || fates.includes("crash") || isGranted ? null : "nothing was granted")
      );
    },
  },
);

it("records nothing of a membership that the store did not confirm", async () => {
  const { ports } = world({ offer: null });
  const identity = await signedIn(ports, VIA_ACME);
  const transactions = { ...ports.transactions, commit: () => Promise.reject(new Error("no reply")) };
  const asking = ensureMembership(ACME, identity, { ...ports, transactions }, UNBOUNDED);
  await expect(asking).rejects.toThrow("no reply");
  expect(audited(ports)).toEqual([]);
});
