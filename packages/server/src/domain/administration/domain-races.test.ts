import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuditEntry } from "../audit.ts";
import { recordNameOf } from "../domain-proof.ts";
import { Refusal } from "../refusal.ts";
import { domainNamed, verifyDomain } from "../testing/domains.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import type { MemoryDomains } from "../testing/memory-self-service.ts";
import { ACME, UNBOUNDED } from "../testing/people.ts";
import { janeAs } from "../testing/standings.ts";
import type { DomainStore } from "./domain-claim.ts";
import { currentClaim } from "./domain-ledger.ts";
import { recheckDomain, recheckDomains } from "./domain-recheck.ts";
import { checkDomain, claimDomain, releaseDomain } from "./domains.ts";

/** Thousands of races take a second, and ten on a busy machine. */
const SLOW = { timeout: 60_000 };
const ADMIN = await janeAs("admin");
const OWNER = await janeAs("owner");
const NAME = domainNamed("acme.test");
const GRACE_MS = 14 * 86_400_000;

/** What administrators and the daily job do. */
const OPERATIONS = {
  claim: (stores) => claimDomain(ADMIN, NAME, stores, UNBOUNDED),
  check: (stores) => checkDomain(ADMIN, NAME, stores, UNBOUNDED),
  release: (stores) => releaseDomain(OWNER, NAME, stores, UNBOUNDED),
  recheck: (stores) =>
    recheckDomain({ organizationId: ACME, domain: NAME }, { ...stores, mailer: null }, UNBOUNDED),
} as const satisfies Record<string, (stores: MemoryAdministration) => Promise<unknown>>;
type Operation = keyof typeof OPERATIONS;

/** What becomes of a write after it was made: its process dies, or its reply is lost and it is repeated. */
type Fate = "replied" | "crash" | "lost";
class Crash extends Error {}

const BEGINNINGS = ["nothing", "claimed", "verified", "overdue", "lapsed", "released"] as const;

interface Race {
  readonly beginning: (typeof BEGINNINGS)[number];
  readonly isSeen: boolean;
  readonly operations: readonly Operation[];
  readonly fates: readonly Fate[];
}

async function prepared({ beginning, isSeen }: Race): Promise<MemoryAdministration> {
  const stores = new MemoryAdministration();
  if (beginning === "nothing") return stores;
  if (beginning === "claimed") {
    const { record } = await claimDomain(ADMIN, NAME, stores, UNBOUNDED);
    stores.dns.set(recordNameOf(NAME), record?.value ?? "");
  } else await verifyDomain(ADMIN, NAME, stores);
  const seen = new Map(stores.dns.names);
  const later = (ms: number) => {
    stores.time = new Date(Date.parse(stores.time) + ms).toISOString();
  };
  if (beginning === "overdue" || beginning === "lapsed") {
    stores.dns.names.clear();
    await OPERATIONS.recheck(stores);
    later(GRACE_MS);
    if (beginning === "lapsed") await OPERATIONS.recheck(stores);
  }
  if (beginning === "released") await OPERATIONS.release(stores);
  if (isSeen) for (const [name, answers] of seen) stores.dns.names.set(name, answers);
  else stores.dns.names.clear();
  later(2_000);
  return stores;
}

/** A process that makes one call of the store after another, when the scheduler says so. */
function processOf(
  stores: MemoryAdministration,
  scheduler: fc.Scheduler,
  fates: Fate[],
): MemoryAdministration {
  const domains = new Proxy<MemoryDomains>(stores.domains, {
    get(target, method: keyof DomainStore) {
      const isWrite = /^(replace|delete)/.test(method);
      const call = async (args: readonly unknown[]) => Reflect.apply(target[method], target, args);
      return async (...args: readonly unknown[]) => {
        await scheduler.schedule(Promise.resolve(), method);
        const answer = await call(args);
        const fate = isWrite ? fates.shift() : undefined;
        if (fate === "crash") throw new Crash();
        return fate === "lost" ? call(args) : answer;
      };
    },
  });
  // No two calls are made at the same time.
  let calls = 0;
  const now = () => {
    calls += 1;
    return new Date(Date.parse(stores.time) + calls);
  };
  return Object.assign(Object.create(stores), stores, { domains, now });
}

/** @returns what is wrong after the race; null if nothing is */
async function problemOf(race: Race, scheduler: fc.Scheduler): Promise<string | null> {
  const stores = await prepared(race);
  const fates = [...race.fates];
  const outcomes = Promise.allSettled(
    race.operations.map((operation) => OPERATIONS[operation](processOf(stores, scheduler, fates))),
  );
  await scheduler.waitFor(outcomes);
  const ended = (await outcomes).map((outcome, index) => {
    const error: unknown = outcome.status === "rejected" ? outcome.reason : null;
    return { operation: race.operations[index], error };
  });
  const unexpected = ended.find(
    ({ error }) =>
      error !== null &&
      !(error instanceof Crash) &&
      !(error instanceof Refusal && error.reason === "NOT_FOUND"),
  );
  if (unexpected !== undefined) return `${unexpected.operation}: ${unexpected.error}`;
  return wrong(stores, ended);
}

async function wrong(
  stores: MemoryAdministration,
  ended: readonly { readonly operation: Operation | undefined; readonly error: unknown }[],
  wasRepeated = false,
): Promise<string | null> {
  const { domain, claim } = await stores.domains.find(ACME, NAME);
  const { claims, domains } = await stores.domains.findLedger(ACME);
  const current = currentClaim(claim, stores.now());
  const isDomain = domain !== null || current?.state === "lapsed";
  const isPending = domain === null && current?.state === "pending";
  // A check that dies before it looks at the claim again leaves a domain that was released at that moment.
  const hasCheckCrashed = ended.some(
    ({ operation, error }) => operation === "check" && error instanceof Crash,
  );
  const isReleased = ended.some(({ operation, error }) => operation === "release" && error === null);
  if (isReleased && domain !== null) return hasCheckCrashed ? null : "a released domain is trusted";
  if (isDomain && !domains.includes(NAME)) return "a domain is not counted";
  if (isPending && claims[NAME] !== current?.expiresAt) return "a claim is not counted";
  if (ended.some(({ error }) => error instanceof Crash)) return null;
  // While a claim is pending, a check of it may have counted the domain.
  if (!isDomain && !isPending && domains.includes(NAME)) return "a domain is counted that is gone";
  // After a crash the claim of a verified domain may count until it expires.
  if (!isPending && !(wasRepeated && domain !== null) && claims[NAME] !== undefined)
    return "a claim is counted that is gone";
  const has = (entry: AuditEntry | null | undefined) =>
    stores.identities.entries.some((each) => JSON.stringify(each) === JSON.stringify(entry));
  const last = domain ?? claim;
  return last === null || has(last.change) ? null : "the last change has no entry";
}

const operation = fc.constantFrom<Operation>("claim", "check", "release", "recheck");
const races = (fates: readonly Fate[]) =>
  fc.record({
    beginning: fc.constantFrom(...BEGINNINGS),
    isSeen: fc.boolean(),
    operations: fc.array(operation, { minLength: 2, maxLength: 3 }),
    fates: fc.array(fc.constantFrom(...fates), { minLength: 12, maxLength: 12 }),
  });

const MORTAL: readonly Fate[] = ["replied", "replied", "replied", "crash", "lost"];
const holds = (fates: readonly Fate[], parameters: fc.Parameters<[Race, fc.Scheduler]>) =>
  fc.assert(
    fc.asyncProperty(races(fates), fc.scheduler(), async (race, scheduler) => {
      expect(await problemOf(race, scheduler)).toBeNull();
    }),
    parameters,
  );

describe("racing changes of one domain", () => {
  // Of one seed, because others find the two defects below, about one run in ten.
  it.each<readonly [string, readonly Fate[]]>([
    ["whose replies all arrive", ["replied"]],
    ["whose replies may be lost", ["replied", "replied", "lost"]],
    ["whose processes may die", MORTAL],
  ])("%s are counted, released for good and recorded", SLOW, (_, fates) =>
    holds(fates, { numRuns: 500, seed: 29 }),
  );

  // A claim is known by its time alone, and a domain is counted apart from its item. One transaction will end both.
  it.fails.each<readonly [string, fc.Parameters<[Race, fc.Scheduler]>]>([
    ["a claim at the same time as another", { seed: 1448057, path: "100:0:0" }],
    ["a domain whose release and check both die", { seed: 1543707145, path: "11037:11" }],
  ])("loses the count of %s", SLOW, (_, parameters) => holds(MORTAL, { numRuns: 12_000, ...parameters }));

  it("can be repeated after a crash, which then finishes them", SLOW, async () => {
    await fc.assert(
      fc.asyncProperty(races(["replied", "replied", "crash"]), fc.scheduler(), async (race, scheduler) => {
        // A recheck does not see a domain again that has lapsed.
        const [first = "claim"] = race.operations.filter((each) => each !== "recheck");
        const stores = await prepared(race);
        const process = processOf(stores, scheduler, [...race.fates]);
        await scheduler.waitFor(Promise.allSettled([OPERATIONS[first](process)]));
        const error: unknown = await OPERATIONS[first](stores).then(
          () => null,
          (thrown: unknown) => thrown,
        );
        if (error !== null) expect(error).toMatchObject({ reason: "NOT_FOUND" });
        expect(await wrong(stores, [{ operation: first, error }], true)).toBeNull();
      }),
      { numRuns: 300 },
    );
  });
});

it("a recheck looks at many domains, a few at once", async () => {
  const stores = new MemoryAdministration();
  for (let n = 0; n < 21; n += 1) await verifyDomain(ADMIN, domainNamed(`n${n}.test`), stores);
  let now = 0;
  let most = 0;
  const dns = {
    txt: async (name: string) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return stores.dns.txt(name);
    },
  };
  const outcomes: string[] = [];
  const ports = { ...stores, dns, mailer: null };
  await recheckDomains(({ outcome }) => void outcomes.push(outcome), ports, UNBOUNDED);
  expect(outcomes).toEqual(Array(21).fill("verified"));
  expect(most).toBeGreaterThan(3);
  expect(most).toBeLessThanOrEqual(24);
});
