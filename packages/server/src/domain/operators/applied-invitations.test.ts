import fc from "fast-check";
import { expect, it } from "vitest";
import { MemoryOrganizations } from "../../memory/organizations.ts";
import { ROLES, type Role } from "../../wire/index.ts";
import type { CanonicalEmail } from "../email.ts";
import { invite, resendInvitation, revokeInvitation } from "../invitations/invitations.ts";
import { accepted, ended, isCurrent, keptUntil } from "../membership/invitation.ts";
import { replacing } from "../membership/invitation-ledger.ts";
import { admission, isOwner, ownersWrite } from "../membership/owners.ts";
import { operatorOf } from "../membership/standing.ts";
import { changed, newMembership } from "../membership.ts";
import { Refusal } from "../refusal.ts";
import { meanwhile } from "../testing/meanwhile.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { GUEST_EMAIL } from "../testing/memory-ports.ts";
import {
  ACME,
  claims,
  JANE,
  JANE_EMAIL,
  JOE,
  JOE_EMAIL,
  organization,
  UNBOUNDED,
  userNumber,
} from "../testing/people.ts";
import type { Write } from "../transaction.ts";
import type { UserId } from "../user-id.ts";
import { ApplyStopped, applyOrganizations, planOrganizations } from "./apply-organizations.ts";
import type { DeclaredOrganization } from "./organization-registry.ts";

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const TIMES = {
  "a moment": 100,
  "a second": SECOND_MS + 1,
  "a minute": 60 * SECOND_MS,
  "a week": 7 * DAY_MS,
  "a quarter": 91 * DAY_MS,
};
const PEOPLE: Readonly<Record<string, { email: CanonicalEmail; userId: UserId }>> = {
  jane: { email: JANE_EMAIL, userId: JANE },
  joe: { email: JOE_EMAIL, userId: JOE },
  guest: { email: GUEST_EMAIL, userId: userNumber(3) },
};

function file(...invitations: readonly (readonly [CanonicalEmail, Role])[]): DeclaredOrganization {
  const declared = invitations.map(([email, role]) => ({ email, role }));
  return { organization: { id: ACME, trusts: [] }, domains: [], connections: [], invitations: declared };
}
const FILES = {
  "a file": file([JANE_EMAIL, "owner"], [JOE_EMAIL, "member"]),
  "a file without Joe": file([JANE_EMAIL, "owner"]),
  "a file with another role": file([JANE_EMAIL, "owner"], [JOE_EMAIL, "admin"]),
  "a file that invites nobody": { ...file(), invitations: null },
};

/** Acme, whose file is applied, and what happens to its invitations. Its index lacks the writes of the last second. */
function startWorld() {
  const ports = new MemoryAdministration(
    new MemoryOrganizations().put(organization(ACME, { owners: [userNumber(9)] })),
  );
  const { organizationRegistry: registry, memberships, organizations, transactions } = ports;
  const { read } = registry;
  registry.read = async (declared) => {
    const state = await read.call(registry, declared);
    const shown = ports.now().getTime() - SECOND_MS;
    const names = declared.invitations?.map(({ email }) => email);
    const isShown = ({ email, createdAt }: { email: CanonicalEmail; createdAt: string }) =>
      names?.includes(email) === true || Date.parse(createdAt) < shown;
    return { ...state, invitations: state.invitations.filter(isShown) };
  };
  const now = () => ports.now().toISOString();
  const operator = () => operatorOf(ports.actor, ACME, ports.organizations, UNBOUNDED);
  const acme = () => organizations.organizations.get(ACME) ?? expect.fail();
  const invitationOf = (email: CanonicalEmail) => memberships.invitations.get(`${ACME} ${email}`) ?? null;
  const memberOf = (userId: UserId) => memberships.memberships.get(`${ACME} ${userId}`) ?? null;
  const commit = (writes: readonly Write[]) =>
    transactions.commit({ writes, unchanged: [], audit: [] }, UNBOUNDED);
  const openOf = (email: CanonicalEmail) => {
    const invitation = invitationOf(email);
    return invitation !== null && isCurrent(invitation, now()) ? invitation : null;
  };
  const apply = (declared: DeclaredOrganization) =>
    applyOrganizations({ declared: [declared], agreed: () => true }, ports, UNBOUNDED);

  /** By a login: the ledger does not change with it. */
  async function accept(email: CanonicalEmail, userId: UserId): Promise<void> {
    const invitation = openOf(email);
    if (invitation === null) return;
    const { next, present } = accepted(invitation, { userId, claims: claims() }, now());
    const writes: Write[] = [{ item: "invitation", next, present }];
    const { role } = invitation;
    const given = { organizationId: ACME, userId, role, email, createdAt: now(), invitedFromOutside: false };
    const proposed = newMembership({ ...given, origin: "invitation", ceased: {} });
    if (memberOf(userId) === null) writes.push(...admission(proposed, null, acme()).writes);
    await commit(writes);
  }

  async function end(email: CanonicalEmail, how: "declined" | "void"): Promise<void> {
    const invitation = openOf(email);
    if (invitation === null) return;
    const action = how === "void" ? "invitation-voided" : "invitation-declined";
    const replaced = ended(
      invitation,
      { ended: how, endedBy: "others" },
      { at: now(), actor: "system", action },
    );
    const ledger = await memberships.findLedger(ACME);
    const { next, present } = replaced;
    const byLogin: Write[] = [{ item: "invitation", next, present }];
    await commit(how === "void" ? byLogin : (replacing([replaced], ledger, ports.now())?.writes ?? []));
  }

  async function changeRole(userId: UserId, role: Role): Promise<void> {
    const present = memberOf(userId);
    if (present === null || present.role === role) return;
    const next = changed(present, { role }, now());
    const owners = isOwner(present) || isOwner(next) ? [ownersWrite(acme(), next)] : [];
    await commit([{ item: "membership", next, present }, ...owners]);
  }

  function later(ms: number): void {
    ports.later(ms);
    for (const [key, invitation] of memberships.invitations) {
      const until = keptUntil(invitation);
      if (until !== null && until < ports.now()) memberships.invitations.delete(key);
    }
  }

  /** Its process dies before it remembers anything. */
  async function applyInPart(declared: DeclaredOrganization): Promise<void> {
    const { commit: whole } = transactions;
    Object.assign(transactions, {
      commit: (...changes: Parameters<typeof whole>) =>
        changes[0].audit.length === 0
          ? Promise.reject(new Refusal("STORE_UNAVAILABLE", "gone"))
          : whole(...changes),
    });
    await apply(declared).finally(() => Object.assign(transactions, { commit: whole }));
  }

  const events: Record<string, () => unknown> = {};
  for (const [name, declared] of Object.entries(FILES)) {
    events[`${name} is applied`] = () => apply(declared);
    events[`${name} is applied in part`] = () => applyInPart(declared);
  }
  for (const [name, { email, userId }] of Object.entries(PEOPLE)) {
    for (const role of ["owner", "member"] as const)
      events[`${name} is invited as ${role}`] = async () =>
        invite(await operator(), { emails: [email], role }, ports, UNBOUNDED);
    events[`${name} is invited again`] = async () =>
      resendInvitation(await operator(), email, ports, UNBOUNDED);
    events[`${name} is revoked`] = async () => revokeInvitation(await operator(), email, ports, UNBOUNDED);
    events[`${name} accepts`] = () => accept(email, userId);
    events[`${name} declines`] = () => end(email, "declined");
    events[`${name} is void`] = () => end(email, "void");
    for (const role of ROLES) events[`${name} becomes ${role}`] = () => changeRole(userId, role);
  }
  events["a file is applied while a guest is invited"] = () => {
    meanwhile(ports, () => events["guest is invited as member"]?.());
    return apply(FILES["a file"]);
  };
  for (const [name, ms] of Object.entries(TIMES)) events[`${name} goes by`] = () => later(ms);

  const plan = async (declared: DeclaredOrganization, comparesAll: boolean) => {
    const { changes, warnings } = await planOrganizations([declared], { ...ports, comparesAll }, UNBOUNDED);
    return { changes: changes.map(({ change }) => change), warnings };
  };
  return {
    events,
    async happen(name: string): Promise<void> {
      const event = events[name] ?? expect.fail(name);
      await Promise.resolve(event()).catch((error: unknown) => {
        // Somebody was faster than a step of the file, which stops there.
        if (!(error instanceof Refusal || error instanceof ApplyStopped)) throw error;
      });
    },
    async compare(): Promise<void> {
      for (const declared of Object.values(FILES))
        expect(await plan(declared, false)).toEqual(await plan(declared, true));
    },
  };
}

/** What happens one after the other, of which chance is not sure to find the order. */
const ORDERS: readonly (readonly string[])[] = [
  ["a file without Joe is applied in part"],
  ["a file without Joe is applied", "a file is applied in part"],
  ["guest is invited as member", "a file is applied", "a second goes by"],
  ["guest is invited as member", "a second goes by", "a file is applied", "guest is revoked"],
  [
    "a file without Joe is applied",
    "a minute goes by",
    "a file is applied while a guest is invited",
    "a second goes by",
  ],
  ["a week goes by"],
  [
    "jane accepts",
    "joe accepts",
    "joe becomes admin",
    "a week goes by",
    "a file is applied",
    "a quarter goes by",
  ],
  ["joe accepts", "a quarter goes by", "a file is applied", "joe becomes admin"],
  ["jane accepts", "a quarter goes by", "a file without Joe is applied", "jane becomes member"],
  ["joe declines", "a file is applied", "a quarter goes by", "joe is invited as owner"],
];

async function follow(order: readonly string[]): Promise<void> {
  const world = startWorld();
  for (const name of ["a file is applied", "a minute goes by", "a file is applied", ...order]) {
    await world.happen(name);
    await world.compare();
  }
}

it.each(ORDERS.map((order) => [order.join(", ")] as const))(
  "a plan says what one says that compares everything after: %s",
  (order) => follow(order.split(", ")),
);

it("a plan says what one says that compares everything, whatever becomes of its invitations", async () => {
  const orders = fc.array(fc.constantFrom(...Object.keys(startWorld().events)), { maxLength: 10 });
  await fc.assert(fc.asyncProperty(orders, follow), { numRuns: 30 });
});
