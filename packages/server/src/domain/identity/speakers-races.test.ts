import fc from "fast-check";
import { expect, it } from "vitest";
import { domainOf } from "../email.ts";
import type { OrganizationId } from "../organization.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import {
  ACME,
  ENTRA,
  GLOBEX,
  INITECH,
  inside,
  JANE,
  JANE_EMAIL,
  trusted,
  UNBOUNDED,
} from "../testing/people.ts";
import { sharedPorts } from "../testing/shared-ports.ts";
import { transact } from "../transaction.ts";
import {
  afterFirstLink,
  afterMembership,
  MAILBOX,
  type Speakers,
  speakersUnchanged,
  speakersWrites,
} from "./speakers.ts";

/** Initech trusts Acme; no other trust exists. */
const TRUSTS = new Map<OrganizationId, readonly OrganizationId[]>([[INITECH, [ACME]]]);
const trusts = (id: OrganizationId, other: OrganizationId | null) =>
  id === other || (other !== null && (TRUSTS.get(id) ?? []).includes(other));

type Event =
  | { readonly kind: "mailbox" }
  | { readonly kind: "member"; readonly id: OrganizationId }
  | { readonly kind: "sso" | "shared sso"; readonly id: OrganizationId; readonly created: boolean };

const id = fc.constantFrom(ACME, GLOBEX, INITECH);
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constant("mailbox" as const) }),
  fc.record({ kind: fc.constant("member" as const), id }),
  fc.record({ kind: fc.constantFrom("sso" as const, "shared sso" as const), id, created: fc.boolean() }),
);

const trusting = (id: OrganizationId) => ({ id, trusts: TRUSTS.get(id) ?? [] });

function after(present: Speakers, event: Event): Speakers | null {
  if (event.kind === "member")
    return afterMembership(present, { organization: trusting(event.id), domain: domainOf(JANE_EMAIL) });
  const holders = present.inside.map(({ organizationId }) => trusting(organizationId));
  if (event.kind === "mailbox") {
    const login = { via: "other", strategy: "auth0" } as const;
    return afterFirstLink(present, { login, trust: trusted(JANE_EMAIL) }, { created: false, holders });
  }
  const { id, created, kind } = event;
  const proof =
    kind === "sso" ? ({ to: "everyone" } as const) : ({ to: "organization", organizationId: id } as const);
  const login = { via: "sso", connection: { ...ENTRA, organizationId: id } } as const;
  return afterFirstLink(present, { login, trust: trusted(JANE_EMAIL, { proof }) }, { created, holders });
}

/** Each event decides by itself; the scheduler orders the reads and commits of all. */
async function race(events: readonly Event[], scheduler: fc.Scheduler, blindTo: "speakers" | null = null) {
  const stores = new MemoryAdministration();
  const { speakers, transactions: shared } = sharedPorts(stores, blindTo);
  const find = scheduler.scheduleFunction(speakers.find);
  const transactions = { commit: scheduler.scheduleFunction(shared.commit), backoff: shared.backoff };
  const decide = async (event: Event) => {
    const read = () => find(JANE, UNBOUNDED);
    const decideOn = (present: Speakers) => {
      const next = after(present, event);
      if (next === null) return { changes: null, result: false };
      const unchanged = speakersUnchanged(next, present);
      return { changes: { writes: speakersWrites(next, present), unchanged, audit: [] }, result: true };
    };
    return transact({ read, decide: decideOn }, transactions, UNBOUNDED);
  };
  const decisions = Promise.all(events.map(decide));
  await scheduler.waitFor(decisions);
  const allowed = await decisions;
  const accepted = events.filter((_, at) => allowed[at]);
  return { accepted, stored: await stores.speakers.find(JANE, UNBOUNDED) };
}

it("T7F: allows exactly one of a racing link through Acme's SSO and a membership inside Globex", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const events = [
        { kind: "sso", id: ACME, created: false },
        { kind: "member", id: GLOBEX },
      ] as const;
      const { accepted, stored } = await race(events, scheduler);
      expect(accepted).toHaveLength(1);
      expect(stored).toMatchObject(
        accepted[0]?.kind === "sso" ? { sso: ACME, inside: [] } : { sso: null, inside: inside(GLOBEX) },
      );
    }),
  );
});

function anyRace(blindTo?: "speakers"): Promise<void> {
  const races = fc.array(event, { maxLength: 6 });
  const property = fc.asyncProperty(races, fc.scheduler(), async (events, scheduler) => {
    const { accepted, stored } = await race(events, scheduler, blindTo);
    const { by, sso } = stored;
    const members = stored.inside.map(({ organizationId }) => organizationId);
    for (const each of accepted) {
      if (each.kind === "mailbox") expect([null, MAILBOX]).toContain(by);
      else if (each.kind === "member") expect(members).toContain(each.id);
      else expect(sso).toBe(each.id);
    }
    if (sso !== null) expect(members.filter((each) => !trusts(each, sso))).toEqual([]);
    if (by !== null && by !== MAILBOX) expect(sso).toBe(by);
  });
  // What must fail needs no smallest example.
  return fc.assert(property, { endOnFailure: blindTo !== undefined });
}

it("T7F: in any race one organization speaks for a user, and every other organization of the user trusts it", () =>
  anyRace());

it("T7F: several organizations speak for a user where no revision is compared", async () => {
  await expect(anyRace("speakers")).rejects.toThrow("Property failed");
});
