import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ClosingMail, ClosingOutbox } from "../mailer.ts";
import { listOrganizations } from "../membership/belonging.ts";
import { recordClosing } from "../membership/record-closing.ts";
import { isClosed, type Organization } from "../organization.ts";
import { parsePersonName } from "../person-name.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { BY_PASSWORD, membership, memoryPorts, signedIn } from "../testing/memory-ports.ts";
import {
  ACME,
  acmeAlone,
  ENDED,
  JANE,
  JANE_EMAIL,
  JOE,
  JOE_EMAIL,
  NOW,
  organization,
  UNBOUNDED,
  valid,
} from "../testing/people.ts";
import { janeAs, operator, reasonOf } from "../testing/standings.ts";
import { callOffClosing, mailOf, requestClosing, setState } from "./closing.ts";
import { viewOf } from "./settings.ts";

const [SECOND, MINUTE, DAY] = [1_000, 60_000, 86_400_000];
const JANE_DOE = valid(parsePersonName("Jane Doe"));
const END = "2026-12-02T00:00:00.000Z";
const PENDING = { at: END, by: JANE, mail: "sent" } as const;

let stores: MemoryAdministration;
let sent: ClosingMail[];
let settle: (outcome: "sent" | "failed") => Promise<void>;
beforeEach(() => {
  stores = new MemoryAdministration();
  stores.organizations.setOwners(ACME, JANE, JOE);
  stores.memberships.put(membership({ role: "owner", name: JANE_DOE }));
  stores.memberships.put(membership({ userId: JOE, email: JOE_EMAIL, role: "owner" }));
  sent = [];
});

const ports = (isMailed = true) => {
  const postClosing = (
    mails: readonly ClosingMail[],
    settled: Parameters<ClosingOutbox["postClosing"]>[1],
  ) => {
    sent.push(...mails);
    settle = (outcome) => settled(outcome, UNBOUNDED);
  };
  return { ...stores, outbox: isMailed ? { postClosing } : null };
};
const stored = () => stores.organizations.organizations.get(ACME) ?? expect.fail();
const given = (settings: Partial<Organization>) => {
  const { owners } = stored();
  stores.organizations.put(organization(ACME, { rev: "1", owners, ...settings }));
};
const asked = async (name = "acme", isMailed = true) =>
  requestClosing(await janeAs("owner"), name, ports(isMailed), UNBOUNDED);
const calledOff = async () => callOffClosing(await janeAs("owner"), ports(), UNBOUNDED);
const recorded = () => stores.identities.entries.map(({ actor, action }) => `${actor} ${action}`);

it.each<[string, Partial<Organization>, number, boolean]>([
  ["open, with nobody who has asked for its end", {}, 0, false],
  ["open a millisecond before its time", { closing: PENDING }, 7 * DAY - 1, false],
  ["closed at its time", { closing: PENDING }, 7 * DAY, true],
  ["closed long after it", { closing: PENDING }, 700 * DAY, true],
  ["closed once it is recorded", { state: "closed", closing: PENDING }, 0, true],
])("an organization is %s", (_, settings, elapsedMs, expected) => {
  const now = () => new Date(Date.parse(NOW) + elapsedMs);
  expect(isClosed(organization(ACME, settings), { now })).toBe(expected);
  const { state } = viewOf(organization(ACME, settings), { now, outbox: null });
  expect(state).toBe(expected ? "closed" : "open");
});

/** They compare the state of an invitation, or are about what is recorded of the end. */
const OF_OTHERS =
  /(?:invitations\/view|past-invitations|record-closing|settings\/closing|domain\/organization)\.ts$/;

it("no rule but one asks what is recorded of an organization's end: its time may have come since", () => {
  const domain = join(import.meta.dirname, "..");
  const files = readdirSync(domain, { recursive: true, encoding: "utf8" }).map((file) => join(domain, file));
  const rules = files.filter((file) => /(?<!\.test)\.ts$/.test(file) && !OF_OTHERS.test(file));
  expect(rules.length).toBeGreaterThan(100);
  const asks = /\bstate\)? ?[!=]== "(?:open|closed)"/;
  expect(rules.filter((file) => asks.test(readFileSync(file, "utf8")))).toEqual([]);
});

describe("asking for the end", () => {
  it("sets its time seven days ahead, and is recorded and mailed to all owners", async () => {
    await asked();
    expect(stored()).toMatchObject({
      state: "open",
      closing: { ...PENDING, mail: "sending" },
      closingAskedAt: NOW,
    });
    expect(stores.identities.entries).toMatchObject([
      {
        at: NOW,
        actor: `user:${JANE}`,
        action: "closing-requested",
        before: { closesAt: null },
        after: { closesAt: END },
      },
    ]);
    const about = {
      organizationName: "acme",
      by: JANE_EMAIL,
      byName: JANE_DOE,
      closesAt: END,
      isCalledOff: false,
    };
    expect(sent).toMatchObject([JANE_EMAIL, JOE_EMAIL].map((to) => ({ to, ...about })));
    await settle("sent");
    expect(stored().closing).toEqual(PENDING);
  });

  it("again changes nothing, and mails nobody", async () => {
    const closing = await asked();
    await settle("sent");
    sent = [];
    expect(await reasonOf(asked("another name"))).toBe("CONFLICT");
    expect(await asked()).toMatchObject({ closing: { ...closing.closing, mail: "sent" } });
    expect([sent, recorded()]).toEqual([[], [`user:${JANE} closing-requested`]]);
  });

  it.each(["failed", "lost"] as const)("again mails the owners again where a mail was %s", async (how) => {
    await asked();
    if (how === "failed") await settle("failed");
    else stores.later(MINUTE + 1);
    expect(mailOf(stored(), stores.now())).toBe("failed");
    sent = [];
    await asked();
    expect([sent.length, stored().closing?.at, recorded().length]).toEqual([2, END, 1]);
  });

  it("says where no mail server is configured", async () => {
    await asked("acme", false);
    expect([stored().closing?.mail, sent]).toEqual(["none", []]);
  });

  it.each<[string, Partial<Organization>, string, "owner" | "operator", string]>([
    ["by another name", {}, "Acme", "owner", "CONFLICT"],
    ["where operators have reserved it", { locked: ["closing"] }, "acme", "owner", "ROLE_REQUIRED"],
    ["where they have, by an operator", { locked: ["closing"] }, "acme", "operator", "done"],
    ["where it is closed", ENDED, "acme", "owner", "NOT_A_MEMBER"],
    ["where it was asked for a moment ago", { closingAskedAt: NOW }, "acme", "owner", "RATE_LIMITED"],
    [
      "where it was asked for long ago",
      { closingAskedAt: "2026-11-24T23:55:00.000Z" },
      "acme",
      "owner",
      "done",
    ],
  ])("%s is answered", async (_, settings, name, who, reason) => {
    given(settings);
    const by = who === "owner" ? await janeAs("owner") : await operator();
    expect(await reasonOf(requestClosing(by, name, ports(), UNBOUNDED))).toBe(reason);
    expect(sent.length).toBe(reason === "done" ? 2 : 0);
  });
});

describe("calling the end off", () => {
  it("is recorded and mailed to all owners, and a mail that is still under way changes nothing", async () => {
    await asked();
    sent = [];
    const told = settle;
    await calledOff();
    await told("sent");
    await settle("failed");
    expect(stored()).toMatchObject({ closing: null, closingAskedAt: NOW });
    expect(stores.identities.entries.at(-1)).toMatchObject({
      action: "closing-called-off",
      before: { closesAt: END },
      after: { closesAt: null },
    });
    expect(sent).toMatchObject([{ isCalledOff: true, closesAt: END }, { isCalledOff: true }]);
  });

  it("stores nothing where none is coming", async () => {
    const commit = vi.spyOn(stores.transactions, "commit");
    await calledOff();
    expect([commit.mock.calls, sent]).toEqual([[], []]);
  });

  it("is possible until its time, and not from then on", async () => {
    await asked();
    stores.later(7 * DAY);
    expect(await reasonOf(calledOff())).toBe("NOT_A_MEMBER");
    stores.later(-1);
    expect(await reasonOf(calledOff())).toBe("done");
  });
});

describe("the end", () => {
  const record = () => recordClosing(ACME, { ...stores, stored: stores.organizations }, UNBOUNDED);

  it("is recorded once, by nobody, and says when it was", async () => {
    given({ closing: PENDING });
    stores.later(7 * DAY - 1);
    await record();
    expect(recorded()).toEqual([]);
    stores.later(2 * DAY);
    await Promise.all([record(), record()]);
    expect(stores.identities.entries).toMatchObject([
      {
        at: stores.time,
        actor: "system",
        action: "organization-closed",
        before: { state: "open" },
        after: { state: "closed", closesAt: END },
      },
    ]);
    expect(stored()).toMatchObject({ state: "closed", closing: PENDING });
  });

  it("is recorded by the first of its people who comes, who learns when and by whom it was closed", async () => {
    const ported = memoryPorts(acmeAlone().put(organization(ACME, { ...ENDED, owners: [JANE] })));
    ported.memberships.put(membership({ role: "owner" }));
    for (const _ of [1, 2]) {
      const identity = await signedIn(ported, BY_PASSWORD);
      const { closed, organizations } = await listOrganizations(identity, ported, UNBOUNDED);
      const told = closed.map(({ organization: { id }, closer }) => `${id} ${closer?.email}`);
      expect([told, organizations]).toEqual([["acme jane@acme.example"], []]);
    }
    expect(ported.identities.entries.map(({ action }) => action)).toContain("organization-closed");
    expect(ported.stored.organizations.get(ACME)?.state).toBe("closed");
  });
});

describe("an operator's closing and opening", () => {
  it.each<[string, Partial<Organization>, Organization["state"], readonly string[]]>([
    ["an open one is closed", {}, "closed", ["operator:jo organization-closed"]],
    [
      "one that is about to close is closed",
      { closing: PENDING },
      "closed",
      ["operator:jo organization-closed"],
    ],
    ["one whose time has come is only recorded", ENDED, "closed", ["system organization-closed"]],
    ["a closed one stays closed", { state: "closed" }, "closed", []],
    ["a closed one is opened", { state: "closed", ...ENDED }, "open", ["operator:jo organization-reopened"]],
    [
      "one whose time has come is recorded, and opened",
      ENDED,
      "open",
      ["system organization-closed", "operator:jo organization-reopened"],
    ],
    [
      "one that is about to close stays open",
      { closing: PENDING },
      "open",
      ["operator:jo closing-called-off"],
    ],
    ["an open one stays open", {}, "open", []],
  ])("%s, once", async (_, settings, state, entries) => {
    given({ enforceSso: true, ...settings });
    const changed = await setState(await operator(), state, ports(), UNBOUNDED);
    const commit = vi.spyOn(stores.transactions, "commit");
    expect(await setState(await operator(), state, ports(), UNBOUNDED)).toEqual(changed);
    expect([commit.mock.calls, stored()]).toEqual([[], changed]);
    expect(recorded()).toEqual(entries);
    expect(isClosed(stored(), stores)).toBe(state === "closed");
    expect(stored()).toMatchObject({ enforceSso: true });
    const times = stores.identities.entries.map(({ at }) => at);
    expect(times).toEqual([...new Set(times)].sort());
  });

  it("one that was opened does not close at the time that was set before", async () => {
    given({ closing: PENDING });
    await setState(await operator(), "open", ports(), UNBOUNDED);
    stores.later(30 * DAY + SECOND);
    expect(isClosed(stored(), stores)).toBe(false);
  });

  it("one that was opened can be closed by an owner at once: no mail has notified of the opening", async () => {
    given({ ...ENDED, closingAskedAt: NOW });
    await setState(await operator(), "open", ports(), UNBOUNDED);
    expect(await reasonOf(asked())).toBe("done");
  });

  it("deletes nothing", async () => {
    await setState(await operator(), "closed", ports(), UNBOUNDED);
    const { connections, verifiers } = acmeAlone();
    expect(stores.organizations).toMatchObject({ connections, verifiers });
  });
});
