import { beforeEach, describe, expect, it, vi } from "vitest";
import { auditEntry } from "../audit.ts";
import { recordNameOf } from "../domain-proof.ts";
import type { DomainName } from "../email.ts";
import { declareDomain } from "../operators/declared-trust.ts";
import { domainNamed, verifyDomain } from "../testing/domains.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { ACME, ENDED, JANE, UNBOUNDED } from "../testing/people.ts";
import { ADMIN, OPERATOR, OWNER, operator, reasonOf } from "../testing/standings.ts";
import { MAX_CLAIMS, MAX_DOMAINS } from "./claim.ts";
import { checkDomain, claimDomain, listDomains, releaseDomain } from "./domains.ts";

const NEW = domainNamed("eu.acme.test");
const OPERATORS = domainNamed("acme.example");
const OTHER = domainNamed("acme.test");
const RECORD = recordNameOf(NEW);
const DAY_MS = 86_400_000;

let stores: MemoryAdministration;
beforeEach(() => {
  stores = new MemoryAdministration();
});

const claim = (domain = NEW, by = ADMIN) => claimDomain(by, domain, stores, UNBOUNDED);
const check = (domain: DomainName | null = NEW, by = ADMIN) => checkDomain(by, domain, stores, UNBOUNDED);
const release = (domain: DomainName | null = NEW, by = OWNER) => releaseDomain(by, domain, stores, UNBOUNDED);
const list = () => listDomains(ADMIN, stores, UNBOUNDED);
const stored = (domain = NEW) => stores.domains.find(ACME, domain);
const lists = () => stores.organizations.organizations.get(ACME) ?? expect.fail();
const speaksFor = (domain = NEW) => stores.organizations.verifiers.get(domain)?.includes(ACME) === true;
const actions = () => stores.identities.entries.map(({ action }) => action);
const later = (ms: number) => stores.later(ms);

const verified = (domain = NEW) => verifyDomain(ADMIN, domain, stores);

describe("claiming a domain", () => {
  it("answers the record to set, counts it and records who claimed it", async () => {
    const view = await claim();
    const at = stores.time;
    expect(view).toEqual({
      domain: NEW,
      state: "pending",
      verifiedBy: null,
      found: null,
      checkedAt: null,
      lapsesAt: null,
      record: { type: "TXT", host: "_platform-api.eu", name: RECORD, value: view.record?.value },
    });
    expect(view.record?.value).toMatch(/^platform-api-domain=[0-9a-f]{32}$/);
    const expiresAt = new Date(Date.parse(at) + 30 * DAY_MS).toISOString();
    expect(lists()).toMatchObject({ claims: { [NEW]: expiresAt }, domains: [OPERATORS] });
    const about = { organizationId: ACME, domain: NEW };
    const entry = auditEntry({
      at,
      actor: `user:${JANE}`,
      via: "console",
      action: "domain-claimed",
      ...about,
    });
    expect(stores.identities.entries).toEqual([entry]);
    expect([await list(), speaksFor()]).toEqual([[await operatorsView(), view], false]);
  });

  it("gives each domain its own value, and a name without a host of its own", async () => {
    const [one, other] = [await claim(), await claim(domainNamed("acme.test"))];
    expect(one.record?.value).not.toBe(other.record?.value);
    expect(other.record?.host).toBe("_platform-api");
  });

  it("answers again what is claimed, verified or lapsed, and stores nothing", async () => {
    const first = await claim();
    later(DAY_MS);
    const { rev } = lists();
    expect(await claim(NEW, OWNER)).toEqual(first);
    expect(lists().rev).toBe(rev);
    expect((await verified()).state).toBe("verified");
    expect(await claim()).toEqual(await check());
    expect(actions()).toEqual(["domain-claimed", "domain-verified"]);
    expect((await claim(OPERATORS)).verifiedBy).toBe("operator");
  });

  it.each([
    ["gmail.com", "the domain is a public mail domain: its addresses belong to no organization"],
    [`${`${"a".repeat(59)}.`.repeat(4)}test`, "the domain is too long for its record"],
  ])("is refused for %s, with the reason", async (name, hint) => {
    await expect(claim(domainNamed(name))).rejects.toMatchObject({ reason: "INPUT_INVALID", hint });
    expect(lists().claims).toEqual({});
  });

  it("gets another value once an earlier claim has expired or was released", async () => {
    const first = await claim();
    later(30 * DAY_MS - 1);
    expect(await claim()).toEqual(first);
    later(1);
    expect([await list(), await reasonOf(check())]).toEqual([[await operatorsView()], "NOT_FOUND"]);
    const second = await claim();
    await release();
    const third = await claim();
    expect(new Set([first, second, third].map(({ record }) => record?.value)).size).toBe(3);
  });

  it(`counts at most ${MAX_CLAIMS} of them, without those that have expired, are verified or were released`, async () => {
    const names = Array.from({ length: MAX_CLAIMS + 1 }, (_, n) => domainNamed(`n${n}.test`));
    const [last = NEW] = names.splice(-1);
    for (const name of names) await claim(name);
    expect(await reasonOf(claim(last))).toBe("LIMIT_REACHED");
    expect(await reasonOf(claim(names[0]))).toBe("done");
    await verified(names[0]);
    expect(await reasonOf(claim(last))).toBe("done");
    await release(last);
    expect(await reasonOf(claim(NEW))).toBe("done");
    later(30 * DAY_MS);
    expect(await reasonOf(claim(last))).toBe("done");
    expect(Object.keys(lists().claims)).toEqual([last]);
  });
});

describe("checking a domain", () => {
  it("verifies it when every resolver sees the record", async () => {
    const { record } = await claim();
    stores.dns.set(RECORD, "other", record?.value ?? "");
    later(60_000);
    const view = await check();
    const rest = { found: null, checkedAt: stores.time, lapsesAt: null };
    expect(view).toEqual({ domain: NEW, state: "verified", verifiedBy: "dns", record, ...rest });
    expect([speaksFor(), await list()]).toEqual([true, [await operatorsView(), view]]);
    expect(lists()).toMatchObject({ claims: {}, domains: [OPERATORS, NEW] });
    expect(actions()).toEqual(["domain-claimed", "domain-verified"]);
    expect(await stored()).toMatchObject({ domain: { verifiedAt: stores.time }, claim: null });
  });

  it("tells what it found instead, and keeps the claim", async () => {
    const { record } = await claim();
    stores.dns.set(RECORD, "platform-api-domain=0");
    const found = { kind: "wrongValue", values: ["platform-api-domain=0"], seenBy: 0, resolvers: 2 };
    const view = await check();
    expect(view).toMatchObject({ state: "pending", found, record, checkedAt: stores.time });
    expect([await list(), speaksFor()]).toEqual([[await operatorsView(), view], false]);
  });

  it("answers the last finding within a second", async () => {
    const { record } = await claim();
    const first = await check();
    stores.dns.set(RECORD, record?.value ?? "");
    later(999);
    expect(await check()).toEqual(first);
    later(1);
    expect((await check()).state).toBe("verified");
    stores.dns.names.clear();
    expect((await check()).found).toBeNull();
    later(1_000);
    expect((await check()).found?.kind).toBe("nothing");
    stores.time = "2020-01-01T00:00:00.000Z"; // another process's clock was ahead
    expect((await check()).checkedAt).toBe(stores.time);
  });

  it("keeps a verified domain whose record is gone, and ends what was missing when it is back", async () => {
    const { record } = await verified();
    const { domain } = await stored();
    if (domain?.proof == null) throw new Error("not verified");
    const missingSince = stores.time;
    stores.domains.put({ ...domain, proof: { ...domain.proof, missingSince, reminders: 2 }, rev: "missing" });
    const { rev } = lists();
    stores.dns.names.clear();
    later(60 * DAY_MS);
    const lapsesAt = new Date(Date.parse(missingSince) + 14 * DAY_MS).toISOString();
    expect(await check()).toMatchObject({ state: "missing", found: { kind: "nothing" }, lapsesAt });
    expect((await stored()).domain).toMatchObject({ proof: { missingSince, reminders: 2 } });
    expect(speaksFor()).toBe(true);
    stores.dns.set(RECORD, record?.value ?? "");
    later(1_000);
    expect(await check()).toMatchObject({ state: "verified", found: null, lapsesAt: null });
    const proof = { missingSince: null, reminders: 0 };
    expect([(await stored()).domain, lists().rev]).toEqual([
      expect.objectContaining({ proof: expect.objectContaining(proof) }),
      rev, // other changes of the organization do not meet a look
    ]);
  });

  it("verifies a lapsed domain again by the same value", async () => {
    const { record } = await verified();
    await lapse();
    const [, lapsed] = await list();
    expect([lapsed?.state, lapsed?.verifiedBy, lapsed?.record]).toEqual(["lapsed", null, record]);
    expect(speaksFor()).toBe(false);
    expect((await claim()).state).toBe("lapsed");
    later(60 * DAY_MS);
    expect((await check()).state).toBe("verified");
    expect([speaksFor(), lists().domains]).toEqual([true, [OPERATORS, NEW]]);
  });

  it("verifies nothing by the record of a claim that was given up while it was looked for", async () => {
    const { record } = await claim();
    stores.dns.set(RECORD, record?.value ?? "");
    const seen = await stores.dns.txt(RECORD);
    vi.spyOn(stores.dns, "txt").mockImplementationOnce(async () => {
      await release();
      await claim();
      return seen;
    });
    const view = await check();
    expect([view.state, view.checkedAt, speaksFor()]).toEqual(["pending", null, false]);
    expect(view.record?.value).not.toBe(record?.value);
  });

  it("answers an operator's domain as it is, and refuses what is not claimed", async () => {
    expect(await check(OPERATORS)).toEqual(await operatorsView());
    for (const unknown of [null, NEW]) expect(await reasonOf(check(unknown))).toBe("NOT_FOUND");
  });

  it(`verifies at most ${MAX_DOMAINS} domains, those of operators and the lapsed ones included`, async () => {
    const names = Array.from({ length: MAX_DOMAINS - 1 }, (_, n) => domainNamed(`n${n}.test`));
    for (const name of names) expect((await verified(name)).state).toBe("verified");
    await lapse(names[0]);
    expect([await reasonOf(verified()), speaksFor()]).toEqual(["LIMIT_REACHED", false]);
    later(1_000);
    expect((await check(names[0])).state).toBe("verified"); // it has its place
    await release(names[0]);
    expect((await check()).state).toBe("verified");
  });
});

describe("releasing a domain", () => {
  it.each(["pending", "verified", "lapsed", "missing the record"])("ends one that is %s", async (state) => {
    if (state === "pending") await claim();
    else await verified();
    if (state === "lapsed") await lapse();
    if (state === "missing the record") stores.dns.names.clear();
    const before = actions();
    await release();
    const after = [await list(), speaksFor(), await reasonOf(check())];
    expect(after).toEqual([[await operatorsView()], false, "NOT_FOUND"]);
    expect(lists()).toMatchObject({ claims: {}, domains: [OPERATORS] });
    expect(await stored()).toEqual({ domain: null, claim: null });
    later(1_000);
    await release();
    expect(actions()).toEqual([...before, "domain-released"]);
  });

  it("leaves an operator's domain to operators", async () => {
    expect([await reasonOf(release(OPERATORS)), speaksFor(OPERATORS)]).toEqual(["ROLE_REQUIRED", true]);
    await release(OPERATORS, OPERATOR);
    expect([speaksFor(OPERATORS), actions()]).toEqual([false, ["domain-released"]]);
    expect([await list(), lists().domains]).toEqual([[], []]);
  });

  it("succeeds for what is not there, without an entry", async () => {
    const { rev } = lists();
    for (const unknown of [null, NEW]) expect(await reasonOf(release(unknown))).toBe("done");
    expect([actions(), lists().rev]).toEqual([[], rev]);
  });
});

describe("a domain whose item and claim change places while they are read", () => {
  /** The next read finds neither: the one that will be there is read before the change, the other one after it. */
  function readTorn(absent: "domain" | "claim", change: () => Promise<unknown>): void {
    vi.spyOn(stores.domains, "find").mockImplementationOnce(async () => {
      const before = await stored();
      await change();
      const after = await stored();
      const torn = { domain: after.domain, claim: after.claim, [absent]: before[absent] };
      expect(torn).toEqual({ domain: null, claim: null });
      return torn;
    });
  }

  /** The next read comes beside its verification, or beside its lapse. */
  const VERIFIED = async () => {
    stores.dns.set(RECORD, (await claim()).record?.value ?? "");
    readTorn("domain", () => check());
  };
  const LAPSED = async () => {
    await verified();
    readTorn("claim", () => lapse());
    later(1_000);
  };

  const CHANGES = [
    ["verified", VERIFIED],
    ["lapsed", LAPSED],
  ] as const;
  it.each(CHANGES)("is checked as it is %s", async (_, prepare) => {
    await prepare();
    expect((await check()).state).toBe("verified");
  });

  it.each(CHANGES)("is released as it is %s", async (_, prepare) => {
    await prepare();
    await release(NEW, { ...OWNER, organization: lists() });
    expect([await stored(), lists().domains]).toEqual([{ domain: null, claim: null }, [OPERATORS]]);
    expect(actions()).toEqual(["domain-claimed", "domain-verified", "domain-released"]);
  });
});

describe("a name on the list that a restore has left without its domain", () => {
  beforeEach(() => stores.organizations.put({ ...lists(), domains: [OPERATORS, NEW] }));

  it("is looked for once more, and not found", async () => {
    const find = vi.spyOn(stores.domains, "find");
    expect(await reasonOf(check())).toBe("NOT_FOUND");
    expect(find).toHaveBeenCalledTimes(2);
  });

  it("is given up by a release, without an entry", async () => {
    expect(await reasonOf(release(NEW, { ...OWNER, organization: lists() }))).toBe("done");
    expect([lists().domains, actions()]).toEqual([[OPERATORS], []]);
  });
});

it.each([
  ["claimed", [OTHER], () => claim(), "done"],
  ["released", [OTHER, NEW], () => release(), "ROLE_REQUIRED"],
] as const)(
  "an operator's domain that comes as it is %s, after a lost attempt, stays",
  async (_, claims, change, reason) => {
    for (const name of claims) await claim(name); // the organization is not as the request has read it
    const making = { at: stores.time, audit: [] };
    vi.spyOn(stores.organizations, "find").mockImplementationOnce(async (id) => {
      await declareDomain({ organizationId: ACME, domain: NEW }, stores)(() => making, UNBOUNDED);
      return stores.organizations.find(id);
    });
    expect([await reasonOf(change()), Object.keys(lists().claims)]).toEqual([reason, claims]);
    expect((await stored()).domain).toMatchObject({ verifiedBy: "operator" });
    expect(lists().domains).toEqual([OPERATORS, NEW]);
  },
);

it("a closed organization claims and verifies nothing, and may release", async () => {
  await claim();
  stores.organizations.put({ ...lists(), ...ENDED });
  const closed = await operator(stores.organizations);
  expect(await reasonOf(claim(domainNamed("acme.test"), closed))).toBe("NOT_READY");
  expect(await reasonOf(check(NEW, closed))).toBe("NOT_READY");
  expect(await reasonOf(release(NEW, closed))).toBe("done");
});

/** As `domain recheck` does it. */
async function lapse(name = NEW) {
  const { domain } = await stored(name);
  if (domain?.proof == null) throw new Error("not verified");
  const { organizationId, proof, verifiedAt } = domain;
  const times = { claimedAt: verifiedAt, expiresAt: verifiedAt };
  const lapsed = { organizationId, domain: name, state: "lapsed", proof, ...times, rev: "lapsed" } as const;
  stores.domains.claims.set(`${ACME} ${name}`, lapsed);
  stores.domains.remove(domain);
}

async function operatorsView() {
  const rest = { record: null, found: null, checkedAt: null, lapsesAt: null };
  return { domain: OPERATORS, state: "verified", verifiedBy: "operator", ...rest };
}
