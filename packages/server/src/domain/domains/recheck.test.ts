import { beforeEach, describe, expect, it, vi } from "vitest";
import { recordNameOf } from "../domain-proof.ts";
import { type DomainMail, MailFailed } from "../mailer.ts";
import { domainNamed, verifyDomain } from "../testing/domains.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { membership } from "../testing/memory-ports.ts";
import {
  ACME,
  ENDED,
  JANE,
  JANE_EMAIL,
  JOE,
  JOE_EMAIL,
  organization,
  UNBOUNDED,
  userNumber,
} from "../testing/people.ts";
import { ADMIN, OWNER } from "../testing/standings.ts";
import type { TxtAnswer } from "./claim.ts";
import { checkDomain, listDomains, releaseDomain } from "./domains.ts";
import { type RecheckedDomain, recheckDomains, remindersDue } from "./recheck.ts";

const NEW = domainNamed("acme.test");
const RECORD = recordNameOf(NEW);
const FORMER = userNumber(3);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FAILED: TxtAnswer = { kind: "failed" };
const NONE: TxtAnswer = { kind: "none" };

let stores: MemoryAdministration;
let mails: DomainMail[];
/** Whether a mail cannot be sent. */
let refuses: (mail: DomainMail) => boolean;
let value: string;
beforeEach(async () => {
  stores = new MemoryAdministration();
  mails = [];
  refuses = () => false;
  for (const [userId, email] of [
    [JANE, JANE_EMAIL],
    [JOE, JOE_EMAIL],
  ] as const)
    stores.memberships.put(membership({ userId, email, role: "owner" }));
  stores.memberships.put(membership({ userId: FORMER, role: "admin" })); // no owner any more
  stores.organizations.setOwners(ACME, JANE, JOE, FORMER);
  value = (await verifyDomain(ADMIN, NEW, stores)).record?.value ?? "";
  later(DAY_MS); // since its verification it is not due
});

const mailer = {
  sendDomainMissing: async (mail: DomainMail) => {
    if (refuses(mail)) throw new MailFailed("refused", { cause: null, responseCode: 550 });
    mails.push(mail);
  },
};

async function recheck(overrides: object = {}): Promise<RecheckedDomain[]> {
  const found: RecheckedDomain[] = [];
  await recheckDomains((each) => void found.push(each), { ...stores, mailer, ...overrides }, UNBOUNDED);
  return found;
}

const outcome = async (overrides: object = {}) => (await recheck(overrides))[0]?.outcome;
const stored = (domain = NEW) => stores.domains.find(ACME, domain);
const speaksFor = (domain = NEW) => stores.organizations.verifiers.get(domain)?.includes(ACME) === true;
const actions = () => stores.audited.slice(2); // after the claim and its verification
const later = (ms: number) => stores.later(ms);

describe("a domain whose record is seen", () => {
  it("stays verified, and says when it was looked for; an operator's is not looked for", async () => {
    const rest = { lapsesAt: null, mails: { sent: 0, failed: 0 }, untold: null, error: null };
    expect(await recheck()).toEqual([{ organizationId: ACME, domain: NEW, outcome: "verified", ...rest }]);
    expect((await stored()).domain?.proof).toMatchObject({ checkedAt: stores.time, found: null });
    expect([actions(), mails]).toEqual([[], []]);
  });

  it("ends what was missing when it is seen again, and the days begin again", async () => {
    stores.dns.names.clear();
    await recheck();
    later(10 * DAY_MS);
    stores.dns.set(RECORD, value);
    expect(await outcome()).toBe("verified");
    expect((await stored()).domain?.proof).toMatchObject({ missingSince: null, reminders: 0, found: null });
    stores.dns.names.clear();
    later(10 * DAY_MS);
    expect(await outcome()).toBe("missing");
    later(10 * DAY_MS);
    expect(await outcome()).toBe("missing");
    expect(actions()).toEqual(["system domain-missing acme", "system domain-missing acme"]);
  });
});

describe("a domain whose record is missing", () => {
  it.each<readonly [string, readonly TxtAnswer[], string]>([
    ["NXDOMAIN everywhere", [NONE, NONE], "missing"],
    ["another value everywhere", [{ kind: "values", values: ["x"] }, NONE], "missing"],
    ["a resolver that does not answer", [NONE, FAILED], "unanswered"],
    ["no resolver that answers", [FAILED, FAILED], "unanswered"],
  ])("is told apart: %s", async (_, answers, expected) => {
    stores.dns.names.set(RECORD, answers);
    expect(await outcome()).toBe(expected);
    const { domain } = await stored();
    const isMissing = expected === "missing";
    expect(domain?.proof?.missingSince).toBe(isMissing ? stores.time : null);
    expect([actions().length, mails.length]).toEqual(isMissing ? [1, 2] : [0, 0]);
  });

  it("is unclear where some resolvers see it, however long", async () => {
    stores.dns.names.set(RECORD, [{ kind: "values", values: [value] }, NONE]);
    for (const days of [0, 20]) {
      later(days * DAY_MS);
      expect(await outcome()).toBe("unclear");
    }
    stores.dns.names.clear();
    await recheck();
    later(20 * DAY_MS);
    stores.dns.names.set(RECORD, [NONE, { kind: "values", values: [value] }]);
    const [unclear] = await recheck();
    expect([unclear?.outcome, unclear?.lapsesAt === null, speaksFor()]).toEqual(["unclear", false, true]);
  });

  it("is trusted for 14 days, is told to every owner on the 1st, 7th and 13th, and lapses", async () => {
    stores.dns.names.clear();
    const lapsesAt = new Date(Date.parse(stores.time) + 14 * DAY_MS).toISOString();
    const told: number[] = [];
    for (let day = 1; day <= 14; day += 1) {
      const [missing] = await recheck();
      expect([missing?.outcome, missing?.lapsesAt, speaksFor()]).toEqual(["missing", lapsesAt, true]);
      if (missing?.mails.sent === 2) told.push(day);
      later(DAY_MS);
    }
    expect(told).toEqual([1, 7, 13]);
    expect([...new Set(mails.map(({ to }) => to))].sort()).toEqual([JANE_EMAIL, JOE_EMAIL]);
    const record = { recordName: RECORD, recordValue: value };
    expect(mails[0]).toEqual({
      to: mails[0]?.to,
      organizationName: "acme",
      domain: NEW,
      lapsesAt,
      ...record,
    });
    expect(await outcome()).toBe("lapsed");
    expect([await stored(), speaksFor(), mails.length]).toEqual([
      { domain: null, claim: expect.objectContaining({ state: "lapsed" }) },
      false,
      6,
    ]);
    expect(actions()).toEqual(["system domain-missing acme", "system domain-lapsed acme"]);
    const [, view] = await listDomains(ADMIN, stores, UNBOUNDED);
    expect([view?.state, view?.record?.value]).toEqual(["lapsed", value]);
    expect(stores.organizations.organizations.get(ACME)?.domains).toContain(NEW);
    expect(await recheck()).toEqual([]);
  });

  it("lapses also while SSO is enforced, and in a closed organization, whose owners are not told", async () => {
    stores.organizations.put(organization(ACME, { enforceSso: true, ...ENDED }));
    stores.dns.names.clear();
    expect((await recheck())[0]).toMatchObject({ outcome: "missing", untold: "noOwner" });
    later(14 * DAY_MS - 1);
    expect(await outcome()).toBe("missing");
    later(1);
    expect([await outcome(), speaksFor(), mails]).toEqual(["lapsed", false, []]);
  });

  it("never lapses on the first look, however short the grace", async () => {
    stores.dns.names.clear();
    const limits = { ...stores.limits, graceMs: 0 };
    expect(await outcome({ limits })).toBe("missing");
    expect(await outcome({ limits })).toBe("lapsed");
  });

  it("is told with the days that a shorter grace has", () => {
    const due = (elapsedMs: number) => remindersDue(elapsedMs, 14_000);
    expect([0, 5_499, 5_500, 11_499, 11_500, 14_000].map(due)).toEqual([1, 1, 2, 2, 3, 3]);
    expect(remindersDue(0, 0)).toBe(3);
  });
});

describe("the mails", () => {
  it("are one where a run has come late, and none twice", async () => {
    stores.dns.names.clear();
    await recheck();
    later(HOUR_MS);
    await recheck();
    later(13 * DAY_MS);
    await recheck();
    expect(mails).toHaveLength(4);
  });

  it("are tried again by the next run when none could be sent", async () => {
    stores.dns.names.clear();
    refuses = () => true;
    expect((await recheck())[0]?.mails).toEqual({ sent: 0, failed: 2 });
    refuses = ({ to }) => to === JOE_EMAIL;
    expect((await recheck())[0]?.mails).toEqual({ sent: 1, failed: 1 });
    expect((await recheck())[0]?.mails).toEqual({ sent: 0, failed: 0 });
    expect(mails.map(({ to }) => to)).toEqual([JANE_EMAIL]);
  });

  it("wait for a mail server, which later sends what is due", async () => {
    stores.dns.names.clear();
    expect((await recheck({ mailer: null }))[0]?.untold).toBe("noMailServer");
    later(DAY_MS);
    expect((await recheck())[0]).toMatchObject({ untold: null, mails: { sent: 2, failed: 0 } });
  });
});

describe("a run", () => {
  it("looks at what is due: a record that was seen half a day later, and any other at once", async () => {
    const second = domainNamed("second.test");
    const third = domainNamed("third.test");
    for (const each of [second, third]) await verifyDomain(ADMIN, each, stores);
    stores.organizations.verify("operators.test", ACME);
    const looked = async () => (await recheck()).map(({ domain }) => domain).sort();
    expect(await looked()).toEqual([NEW]);
    expect(await looked()).toEqual([]);
    stores.dns.names.set(recordNameOf(second), [NONE, FAILED]);
    later(DAY_MS / 2 - 1);
    await checkDomain(ADMIN, second, stores, UNBOUNDED); // which does not see the record
    expect(await looked()).toEqual([second]);
    expect(await looked()).toEqual([second]);
    later(1);
    expect(await looked()).toEqual([NEW, second, third].sort());
  });

  it("leaves the rest to the next one when it is interrupted", async () => {
    const other = domainNamed("other.test");
    await verifyDomain(ADMIN, other, stores);
    later(DAY_MS);
    const { domain: first } = await stored();
    vi.spyOn(stores.domains, "listDue").mockImplementationOnce(async function* () {
      yield first ?? expect.fail();
      throw new Error("interrupted");
    });
    await expect(recheck()).rejects.toThrow("interrupted");
    expect(stores.domains.rechecked).toEqual([]);
    expect((await recheck()).map(({ domain }) => domain)).toEqual([other]);
  });

  it("goes on after a failure of one domain, and tells it", async () => {
    const other = domainNamed("other.test");
    await verifyDomain(ADMIN, other, stores);
    later(DAY_MS);
    stores.dns.names.clear();
    const dns = {
      txt: async (name: string) => {
        if (name === RECORD) throw new Error("broken");
        return [NONE, NONE];
      },
    };
    const outcomes = (await recheck({ dns })).map(({ domain, outcome, error }) => [domain, outcome, error]);
    const failed = [NEW, "failed", expect.objectContaining({ message: "broken" })];
    expect(outcomes).toEqual(expect.arrayContaining([failed, [other, "missing", null]]));
    expect(stores.domains.rechecked).toEqual([]); // there was no complete run
    await recheck();
    expect(stores.domains.rechecked).toEqual([stores.time]);
  });

  it("looks again when the domain has changed meanwhile", async () => {
    stores.dns.names.clear();
    vi.spyOn(stores.dns, "txt").mockImplementationOnce(async () => {
      const { domain } = await stored();
      stores.domains.put({ ...(domain ?? expect.fail()), rev: "another" });
      return [NONE, NONE];
    });
    expect([await outcome(), actions()]).toEqual(["missing", ["system domain-missing acme"]]);
  });

  it("finds nothing of a domain that was released meanwhile", async () => {
    const txt = vi.spyOn(stores.dns, "txt").mockImplementationOnce(async () => {
      await releaseDomain(OWNER, NEW, stores, UNBOUNDED);
      return [NONE, NONE];
    });
    expect(await outcome()).toBe("gone");
    expect(txt).toHaveBeenCalled();
  });

  it("fails where the domains cannot be listed", async () => {
    const listDue = async function* () {
      yield await Promise.reject(new Error("no list"));
    };
    const domains = Object.assign(Object.create(stores.domains), { listDue });
    await expect(recheck({ domains })).rejects.toThrow("no list");
  });
});
