import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memorySelfService } from "../../memory/self-service.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import { invite, resendInvitation, revokeInvitation } from "../invitations/invitations.ts";
import { leave, removeMember, restoreMember } from "../members/members.ts";
import type { Membership } from "../membership.ts";
import {
  CALM,
  type Choose,
  choose,
  describeRaces,
  type Fate,
  Interleaving,
} from "../testing/interleaving.ts";
import {
  AS_GUEST,
  BY_PASSWORD,
  GUEST_EMAIL,
  invitation,
  type MemoryPorts,
  membership,
  memoryPorts,
  NOW,
  signedIn,
  VIA_ACME,
} from "../testing/memory-ports.ts";
import {
  ACME,
  acmeAlone,
  JANE,
  JOE,
  JOE_EMAIL,
  link,
  organization,
  UNBOUNDED,
  userNumber,
} from "../testing/people.ts";
import { runsOf, sharedPorts } from "../testing/shared-ports.ts";
import { OPERATOR, OWNER, oneself } from "../testing/standings.ts";
import type { UserId } from "../user-id.ts";
import { checkRole } from "./access.ts";
import { listOrganizations } from "./belonging.ts";
import { accept, decline } from "./consent.ts";
import { isCurrent } from "./invitation.ts";
import type { Invitation, MembershipPorts } from "./memberships.ts";
import { isOwner, MAX_OWNERS } from "./owners.ts";
import type { Administrator } from "./standing.ts";

/** Two people who prove the same address one after the other: it was given to somebody else. */
const PEOPLE = [JANE, userNumber(3)] as const;
const JOE_OWNER: Administrator = { ...OWNER, userId: JOE, actor: `user:${JOE}` };
const INVITED = { emails: [GUEST_EMAIL], role: "owner" } as const;
const GUEST = await signedIn(memoryPorts(), AS_GUEST);

type Ports = MembershipPorts & Pick<MemoryPorts, "administration">;

/** What a process does: by itself, as administrators or as the person. */
const OPERATIONS = {
  invite: (_, ports) => invite(JOE_OWNER, INVITED, ports.administration, UNBOUNDED),
  "invite as an operator": (_, ports) => invite(OPERATOR, INVITED, ports.administration, UNBOUNDED),
  resend: (_, ports) => resendInvitation(JOE_OWNER, GUEST_EMAIL, ports.administration, UNBOUNDED),
  revoke: (_, ports) => revokeInvitation(JOE_OWNER, GUEST_EMAIL, ports.administration, UNBOUNDED),
  accept: (identity, ports) => accept(identity, ACME, ports, UNBOUNDED),
  decline: (identity, ports) => decline(identity, ACME, ports, UNBOUNDED),
  login: (identity, ports) => listOrganizations(identity, ports, UNBOUNDED),
  remove: ({ userId }, ports) => removeMember(OPERATOR, userId, ports.administration, UNBOUNDED),
  restore: ({ userId }, ports) => restoreMember(OPERATOR, userId, ports.administration, UNBOUNDED),
  leave: ({ userId }, ports) => leave(OPERATOR, oneself(userId), ports.administration, UNBOUNDED),
} as const satisfies Record<string, (identity: Identity, ports: Ports) => Promise<unknown>>;
type Operation = readonly [keyof typeof OPERATIONS, UserId];

/** What Jane is when a race begins. */
const BEGINNINGS = {
  nobody: null,
  member: { role: "member", status: "active" },
  removed: { role: "admin", status: "removed" },
  left: { role: "admin", status: "removed", leftAt: NOW },
} as const satisfies Record<string, Partial<Membership> | null>;

interface Race {
  readonly beginning: keyof typeof BEGINNINGS;
  /** Whether the index lags behind, so that inviting does not see who is at the address. */
  readonly lagging: boolean;
  /** How many others are owners when it begins. */
  readonly owners: number;
  /** Each array begins when everything before it has ended. */
  readonly operations: readonly (readonly Operation[])[];
  readonly choose: Choose;
  readonly fates: readonly Fate[];
  /** What the store does not compare, though it must. */
  readonly without: "invitation" | "membership" | undefined;
}

/** @returns what is wrong after some call; null if nothing ever is */
async function race({
  beginning,
  lagging,
  owners,
  operations,
  choose,
  fates,
  without,
}: Race): Promise<string | null> {
  let time = Date.parse(NOW);
  const now = () => {
    time += 1;
    return new Date(time);
  };
  const others = Array.from({ length: owners }, (_, n) => userNumber(n + 10));
  const ownerIds = [JOE, ...others];
  const organizations = acmeAlone().put(organization(ACME, { jit: false, owners: ownerIds }));
  const stores = memoryPorts(organizations);
  const { memberships, identities } = stores;
  for (const userId of ownerIds)
    memberships.put(membership({ userId, role: "owner", email: JOE_EMAIL, rev: "1" }));
  const jane = BEGINNINGS[beginning];
  if (jane !== null) memberships.put(membership({ email: GUEST_EMAIL, rev: "1", ...jane }));
  const history = new History(stores);
  const processes = new Interleaving();
  const shared = sharedPorts(
    { organizations, memberships, identities, ...memorySelfService(organizations) },
    without,
  );
  if (lagging) Object.assign(shared.memberships, { findByAddress: async () => [] });
  const slow = processes.slow(shared);
  const administration = { ...stores.administration, ...slow, now };
  const ports: Ports = {
    ...stores,
    ...slow,
    stored: slow.organizations,
    storedMemberships: slow.memberships,
    administration,
    now,
  };
  for (const together of operations) {
    for (const [name, userId] of together) {
      const linked = linkOf(userId);
      await stores.identities.create(linked);
      const own = { ...ports, storedLinks: { ...ports.storedLinks, find: async () => linked } };
      await processes.start(() => OPERATIONS[name]({ ...GUEST, userId }, own));
    }
    const wrong = await processes.finish({ choose, fates, wrong: () => history.wrong() });
    if (wrong !== null) return wrong;
  }
  return null;
}

const linkOf = (userId: UserId) => {
  const byMailbox = { connection: "auth0", organizationId: null, rule: "verified-email" } as const;
  return link({ subject: `auth0|${userId}`, userId, email: GUEST_EMAIL, ...byMailbox });
};

/** Compares what is stored with what was stored before. */
class History {
  readonly #ports: MemoryPorts;
  #memberships = new Map<string, Membership>();
  #invitation: Invitation | null = null;
  /** How many open invitations logins have ended, which are counted after it, if at all. */
  #endedByLogins = 0;

  constructor(ports: MemoryPorts) {
    this.#ports = ports;
    this.wrong();
  }

  wrong(): string | null {
    const { memberships, invitations, ledgers } = this.#ports.memberships;
    const before = this.#memberships;
    const invitation = invitations.get(`${ACME} ${GUEST_EMAIL}`) ?? null;
    const offered = this.#invitation;
    this.#memberships = new Map(memberships);
    this.#invitation = invitation;
    for (const [key, after] of memberships) {
      const was = before.get(key);
      if (key !== `${after.organizationId} ${after.userId}`) return "a membership under a wrong key";
      if (was?.status === "active" && was.origin !== after.origin) return "a member was made once more";
      if (was?.status !== "removed" || after.status !== "active") continue;
      const isInvited = after.origin === "invitation" && after.createdAt !== was.createdAt;
      if (isInvited && was.leftAt === null) return "an invitation has revived a removed person";
      if (!isInvited && was.leftAt !== null) return "somebody who has left was restored";
      if (isInvited && !((invitation?.createdAt ?? "") > (was.leftAt ?? "")))
        return "an old invitation was used";
    }
    if (before.size > 0 && [...before.keys()].some((key) => !memberships.has(key)))
      return "a membership is gone";
    const consumer = offered?.consumedBy ?? null;
    // A new offer has another time.
    const isSame = invitation !== null && invitation.createdAt === offered?.createdAt;
    if (consumer !== null && isSame && invitation.consumedBy !== consumer)
      return "what one person had consumed is open again, or another's";
    if (invitation !== null && invitation.consumedBy !== null && invitation.ended !== null)
      return "an invitation was consumed and ended";
    const isOpen = (each: Invitation | null) => each?.counted === true && isCurrent(each, NOW);
    const isByLogin = invitation?.consumedBy !== null || invitation.ended === "void";
    if (isOpen(offered) && !isOpen(invitation) && isByLogin) this.#endedByLogins += 1;
    const open = isOpen(invitation) ? 1 : 0;
    const count = Object.values(ledgers.get(ACME)?.open ?? {}).reduce((sum, each) => sum + each, 0);
    if (count < open || count > open + this.#endedByLogins) return `${count} invitations are counted`;
    const by = invitation?.consumedBy ?? null;
    if (by !== null && by !== consumer && memberships.get(`${ACME} ${by}`)?.status !== "active")
      return "somebody has consumed it who is not a member";
    const listed = this.#ports.stored.organizations.get(ACME)?.owners ?? [];
    if (listed.length === 0 || listed.length > MAX_OWNERS) return `${listed.length} owners are listed`;
    const owners = [...memberships.values()].filter(isOwner).map(({ userId }) => userId);
    return listed.toSorted().join() === owners.sort().join() ? null : "the listed are not the active owners";
  }
}

const NAMES = Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[];
const operation = fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(JANE, JANE, ...PEOPLE));
const races = fc.record({
  beginning: fc.constantFrom("nobody", "member", "removed", "left" as const),
  lagging: fc.boolean(),
  owners: fc.constantFrom(0, 18, 19),
  operations: fc
    .array(fc.array(operation, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 })
    .map((all): Operation[][] => [[["invite", JANE]], ...all]),
  choose,
});

describeRaces("every rule of invitations and members", {
  races,
  runs: { calm: 600, rough: 900 },
  without: ["invitation", "membership"],
  wrongIn: race,
});

/** What a login answers about Acme: whether the user is a member. */
const ASKED = {
  check: async (identity: Identity, ports: MembershipPorts) =>
    (await checkRole(identity, { organizationId: ACME, required: "member" }, ports, UNBOUNDED)).allowed,
  list: async (identity: Identity, ports: MembershipPorts) =>
    (await listOrganizations(identity, ports, UNBOUNDED)).organizations.length === 1,
  accept: async (identity: Identity, ports: MembershipPorts) =>
    (await accept(identity, ACME, ports, UNBOUNDED)).status === "active",
};

type Ground = Readonly<{ login: typeof BY_PASSWORD; invited: Partial<Invitation> | null; jit: boolean }>;
const INSIDE: Partial<Invitation> = { rev: "1", invitedBy: JOE, createdAt: NOW };
const OUTSIDE = { ...INSIDE, email: GUEST_EMAIL, fromOutside: true };

/** What makes a member, and who may ask at the same time. */
const GROUNDS: readonly [string, Ground, readonly (keyof typeof ASKED)[]][] = [
  ["an invitation", { login: BY_PASSWORD, invited: INSIDE, jit: false }, ["check", "list", "accept"]],
  ["consent", { login: AS_GUEST, invited: OUTSIDE, jit: false }, ["accept"]],
  ["JIT", { login: VIA_ACME, invited: null, jit: true }, ["check", "list"]],
];

describe("logins of one user at once", () => {
  it.each(GROUNDS)("all answer by the membership that %s makes", async (_, given, names) => {
    const asked = fc.array(fc.constantFrom(...names), { minLength: 2, maxLength: 3 });
    const property = fc.asyncProperty(asked, choose, async (all, choose) => {
      const organizations = acmeAlone().put(organization(ACME, { jit: given.jit }));
      const stores = memoryPorts(organizations);
      const identity = await signedIn(stores, given.login);
      const joe = membership({ userId: JOE, email: JOE_EMAIL, role: "owner", rev: "1" });
      const { memberships, speakers, storedLinks, transactions } = stores;
      memberships.put(joe);
      if (given.invited !== null) memberships.invite(invitation(given.invited));
      const processes = new Interleaving();
      const slow = processes.slow({ organizations, memberships, speakers, storedLinks, transactions });
      const ports = { ...stores, ...slow, stored: slow.organizations, storedMemberships: slow.memberships };
      const answers: boolean[] = [];
      for (const each of all) {
        await processes.start(async () => {
          answers.push(await ASKED[each](identity, ports));
          // Nobody would be made a member any more: by then one of them was.
          organizations.put(organization(ACME, { jit: false }));
          memberships.put({ ...joe, role: "member", ceased: { owner: NOW, admin: NOW, member: NOW } });
        });
      }
      expect(await processes.finish({ choose, fates: CALM, wrong: () => null })).toBeNull();
      expect(answers).toEqual(all.map(() => true));
    });
    await fc.assert(property, { numRuns: runsOf(300) });
  });

  /** The invitation, from Joe, is renewed so before anything is committed. */
  async function renewed(login: Ground["login"], given: Partial<Invitation>, again: Partial<Invitation>) {
    const ports = memoryPorts(acmeAlone().put(organization(ACME, { jit: false })));
    ports.memberships.put(membership({ userId: JOE, email: JOE_EMAIL, role: "owner" }));
    ports.memberships.invite(invitation({ ...given, invitedBy: JOE, rev: "1" }));
    const commit: typeof ports.transactions.commit = async (changes, signal) => {
      if ([...ports.memberships.invitations.values()].every(({ rev }) => rev === "1"))
        ports.memberships.invite(invitation({ ...given, invitedBy: JOE, ...again, rev: "2" }));
      return ports.transactions.commit(changes, signal);
    };
    const identity = await signedIn(ports, login);
    return { identity, ports: { ...ports, transactions: { ...ports.transactions, commit } } };
  }

  it.each<[string, Partial<Invitation>, { allowed: boolean; role: string | null }]>([
    ["get the role that is offered now", { role: "admin" }, { allowed: true, role: "admin" }],
    ["are asked where they must be now", { fromOutside: true }, { allowed: false, role: null }],
  ])("%s", async (_, again, answer) => {
    const { identity, ports } = await renewed(BY_PASSWORD, {}, again);
    expect(await checkRole(identity, { organizationId: ACME, required: "member" }, ports, UNBOUNDED)).toEqual(
      answer,
    );
  });

  it("get no other role than they have consented to", async () => {
    const outside = { email: GUEST_EMAIL, fromOutside: true, role: "member" } as const;
    const same = await renewed(AS_GUEST, outside, {});
    expect(await accept(same.identity, ACME, same.ports, UNBOUNDED)).toMatchObject({ role: "member" });
    const other = await renewed(AS_GUEST, outside, { role: "admin" });
    await expect(accept(other.identity, ACME, other.ports, UNBOUNDED)).rejects.toMatchObject({
      reason: "NOT_FOUND",
    });
  });
});
