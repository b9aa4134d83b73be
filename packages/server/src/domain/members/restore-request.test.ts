import { beforeEach, describe, expect, it } from "vitest";
import type { RestoreRequestMail } from "../mailer.ts";
import type { Membership } from "../membership.ts";
import { listRefusals } from "../refusals/list.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { membership, NOW } from "../testing/memory-ports.ts";
import {
  ACME,
  address,
  ENDED,
  JANE,
  JANE_EMAIL,
  organization,
  UNBOUNDED,
  userNumber,
} from "../testing/people.ts";
import { OWNER } from "../testing/standings.ts";
import { askToBeRestored } from "./restore-request.ts";

const WEEK_MS = 7 * 24 * 3_600_000;
const BY_AUTH0 = { via: "other", strategy: "auth0" } as const;
const removed = { status: "removed" } as const;

let stores: MemoryAdministration;
let mails: RestoreRequestMail[];

beforeEach(() => {
  stores = new MemoryAdministration();
  mails = [];
  add(10, "owner");
  add(11, "admin");
  add(12, "member");
});

function add(number: number, role: Membership["role"], overrides: Partial<Membership> = {}): void {
  const userId = userNumber(number);
  stores.memberships.put(
    membership({ userId, role, email: address(`n${number}@acme.example`), ...overrides }),
  );
  const present = stores.organizations.organizations.get(ACME)?.owners ?? [];
  if (role === "owner") stores.organizations.setOwners(ACME, ...present, userId);
}

function ask(id: typeof ACME | null = ACME) {
  const outbox = { postRestoreRequest: (mail: RestoreRequestMail) => void mails.push(mail) };
  return askToBeRestored({ userId: JANE, login: BY_AUTH0 }, id, { ...stores, outbox }, UNBOUNDED);
}

const readers = () => mails.map(({ to }) => to);

describe("a removed member who asks to be restored", () => {
  beforeEach(() => void stores.memberships.put(membership(removed)));

  it("is mailed to owners and admins, with the address that the organization knows", async () => {
    const answer = await ask();
    expect(answer).toEqual({ askedAt: NOW, againAt: new Date(Date.parse(NOW) + WEEK_MS).toISOString() });
    expect(readers()).toEqual(["n10@acme.example", "n11@acme.example"]);
    expect(mails[0]).toEqual({
      to: "n10@acme.example",
      organizationId: ACME,
      organizationName: "acme",
      email: JANE_EMAIL,
    });
    expect(stores.memberships.memberships.get(`${ACME} ${JANE}`)).toMatchObject({ ...removed, askedAt: NOW });
    expect(stores.audited).toEqual([]);
  });

  it("is on the list of refusals, also if no call of theirs was refused", async () => {
    await ask();
    const [shown] = await listRefusals(OWNER, stores, UNBOUNDED);
    expect(shown).toMatchObject({
      email: JANE_EMAIL,
      reason: "MEMBERSHIP_REMOVED",
      askedAt: NOW,
      cure: "restore",
    });
    expect(shown).toMatchObject({ userId: JANE, connection: "auth0" });
  });

  it("is mailed once a week, however often they ask, and at once by several processes", async () => {
    await Promise.all([ask(), ask(), ask()]);
    expect(readers()).toHaveLength(2);
    stores.later(WEEK_MS - 1);
    expect(await ask()).toMatchObject({ askedAt: NOW });
    expect(readers()).toHaveLength(2);
    stores.later(1);
    expect(await ask()).toMatchObject({ askedAt: stores.time });
    expect(readers()).toHaveLength(4);
  });

  it("is stored again, and not mailed, where they were restored and removed within the week", async () => {
    await ask();
    stores.later(1);
    const { time } = stores;
    stores.memberships.put(membership({ ...removed, askedAt: NOW, ceased: { member: time }, rev: "9" }));
    expect(await ask()).toMatchObject({ askedAt: time });
    stores.later(1);
    expect(await ask()).toMatchObject({ askedAt: time });
    expect(readers()).toHaveLength(2);
  });

  it("is mailed to 20 at most, the owners first, and to nobody who was removed", async () => {
    for (let n = 20; n < 50; n += 1) add(n, "admin");
    add(60, "owner", removed);
    add(61, "owner");
    await ask();
    expect(readers()).toHaveLength(20);
    expect(readers().slice(0, 2)).toEqual(["n10@acme.example", "n61@acme.example"]);
  });

  it("is mailed to owners alone where they were an admin, whom no admin restores", async () => {
    stores.memberships.put(membership({ ...removed, role: "admin" }));
    await ask();
    expect(readers()).toEqual(["n10@acme.example"]);
  });

  it("is stored where no mail server is configured", async () => {
    await askToBeRestored({ userId: JANE, login: BY_AUTH0 }, ACME, stores, UNBOUNDED);
    expect(stores.memberships.memberships.get(`${ACME} ${JANE}`)).toMatchObject({ askedAt: NOW });
  });

  it("is not stored once they are blocked", async () => {
    const { commit } = stores.transactions;
    let tried = 0;
    const transactions = {
      ...stores.transactions,
      commit: (...[changes, signal]: Parameters<typeof commit>) => {
        tried += 1;
        if (tried > 1) throw new Error("decided again");
        stores.identities.blocked.add(JANE);
        return commit(changes, signal);
      },
    };
    const asked = askToBeRestored(
      { userId: JANE, login: BY_AUTH0 },
      ACME,
      { ...stores, transactions },
      UNBOUNDED,
    );
    await expect(asked).rejects.toThrow("decided again");
    expect(stores.memberships.memberships.get(`${ACME} ${JANE}`)).toMatchObject({ askedAt: null });
  });
});

it.each<[string, string, () => unknown]>([
  ["NOT_A_MEMBER", "was never a member", () => {}],
  ["NOT_A_MEMBER", "has left", () => stores.memberships.put(membership({ ...removed, leftAt: NOW }))],
  ["NOT_A_MEMBER", "was erased", () => stores.memberships.put(membership({ ...removed, email: null }))],
  ["CONFLICT", "is a member", () => stores.memberships.put(membership())],
  [
    "NOT_A_MEMBER",
    "was removed from an organization that is closed",
    () => {
      stores.memberships.put(membership(removed));
      stores.organizations.put(organization(ACME, ENDED));
    },
  ],
])("%s is the answer to who %s, and nobody gets a mail", async (reason, _, given) => {
  given();
  await expect(ask()).rejects.toMatchObject({ reason });
  await expect(ask(null)).rejects.toMatchObject({ reason: "NOT_A_MEMBER" });
  expect(mails).toEqual([]);
});
