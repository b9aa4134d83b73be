import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryOrganizations } from "../../memory/organizations.ts";
import { beginConnection } from "../connections/begin.ts";
import { recordNameOf } from "../domain-proof.ts";
import type { DomainName } from "../email.ts";
import type { Actor } from "../membership/standing.ts";
import type { Stores } from "../operators/administration.ts";
import { Refusal } from "../refusal.ts";
import { ConnectionWorld } from "../testing/connection-world.ts";
import { domainNamed, verifyDomain } from "../testing/domains.ts";
import { Crash, type Fault, faultyPorts } from "../testing/faulty-ports.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { ACME, organization, UNBOUNDED } from "../testing/people.ts";
import { runsOf, SLOW, sharedPorts } from "../testing/shared-ports.ts";
import { ADMIN, OWNER, operator, reasonOf } from "../testing/standings.ts";
import type { Items } from "../transaction.ts";
import { checkDomain, claimDomain, listDomains, releaseDomain } from "./domains.ts";
import { recheckDomain, recheckDomains } from "./recheck.ts";

const NAME = domainNamed("acme.test");
const OTHER = domainNamed("other.test");
const NAMES = [NAME, OTHER];
const GRACE_MS = 14 * 86_400_000;

/** Somebody whose request begins now. */
const acting = <By extends Actor>(by: By, { organizations }: MemoryAdministration): By => ({
  ...by,
  organization: organizations.organizations.get(ACME) ?? expect.fail(),
});

/** What administrators and the daily job do. */
const OPERATIONS = {
  claim: (name, stores, ports) => claimDomain(acting(ADMIN, stores), name, ports, UNBOUNDED),
  check: (name, stores, ports) => checkDomain(acting(ADMIN, stores), name, ports, UNBOUNDED),
  release: (name, stores, ports) => releaseDomain(acting(OWNER, stores), name, ports, UNBOUNDED),
  recheck: (domain, _, ports) =>
    recheckDomain({ organizationId: ACME, domain }, { ...ports, mailer: null }, UNBOUNDED),
} as const satisfies Record<
  string,
  (name: DomainName, stores: MemoryAdministration, ports: Stores) => Promise<unknown>
>;
interface Operation {
  readonly does: keyof typeof OPERATIONS;
  readonly name: DomainName;
}

/** What becomes of a commit after it was made: its process dies, or its reply is lost and it is repeated. */
type Fate = "replied" | "crash" | "lost";

const BEGINNINGS = ["nothing", "claimed", "verified", "overdue", "lapsed", "released"] as const;
type State = (typeof BEGINNINGS)[number];

interface Race {
  /** Of each name. */
  readonly beginning: readonly State[];
  readonly isSeen: boolean;
  readonly operations: readonly Operation[];
  readonly fates: readonly Fate[];
}

async function prepared({ beginning, isSeen }: Pick<Race, "beginning" | "isSeen">) {
  const stores = new MemoryAdministration();
  const named = (...states: readonly State[]) =>
    NAMES.filter((_, at) => states.includes(beginning[at] ?? "nothing"));
  for (const name of named("claimed")) {
    const { record } = await claimDomain(ADMIN, name, stores, UNBOUNDED);
    stores.dns.set(recordNameOf(name), record?.value ?? "");
  }
  for (const name of named("verified", "overdue", "lapsed", "released"))
    await verifyDomain(ADMIN, name, stores);
  const seen = new Map(stores.dns.names);
  stores.dns.names.clear();
  for (const name of named("overdue", "lapsed")) await OPERATIONS.recheck(name, stores, stores);
  if (named("overdue", "lapsed").length > 0) stores.later(GRACE_MS);
  for (const name of named("lapsed")) await OPERATIONS.recheck(name, stores, stores);
  for (const name of named("released")) await OPERATIONS.release(name, stores, stores);
  if (isSeen) for (const [name, answers] of seen) stores.dns.names.set(name, answers);
  stores.later(2_000);
  return stores;
}

/** A process that makes one call of the store after another, when the scheduler says so. */
function processOf(
  stores: MemoryAdministration,
  scheduler: fc.Scheduler,
  { fates, blindTo }: { fates: Fate[]; blindTo?: keyof Items | undefined },
): Stores {
  function slowly<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get(target, method) {
        const value: unknown = Reflect.get(target, method);
        if (typeof value !== "function") return value;
        return async (...args: readonly unknown[]) => {
          await scheduler.schedule(Promise.resolve(), String(method));
          const answer: unknown = await Reflect.apply(value, target, args);
          const fate = method === "commit" ? fates.shift() : undefined;
          if (fate === "crash") throw new Crash();
          return fate === "lost" ? Reflect.apply(value, target, args) : answer;
        };
      },
    });
  }
  // No two calls are made at the same time.
  let calls = 0;
  const now = () => {
    calls += 1;
    return new Date(Date.parse(stores.time) + calls);
  };
  const shared = sharedPorts(stores, blindTo);
  const { organizations, domains, transactions } = shared;
  return {
    ...stores,
    ...shared,
    organizations: slowly(organizations),
    domains: slowly(domains),
    transactions: slowly(transactions),
    now,
  };
}

interface Ended extends Operation {
  readonly error: unknown;
}

/** @returns what is wrong after the race; null if nothing is */
async function problemOf(race: Race, scheduler: fc.Scheduler, blindTo?: keyof Items): Promise<string | null> {
  const stores = await prepared(race);
  const fates = [...race.fates];
  const outcomes = Promise.allSettled(
    race.operations.map(({ does, name }) =>
      OPERATIONS[does](name, stores, processOf(stores, scheduler, { fates, blindTo })),
    ),
  );
  await scheduler.waitFor(outcomes);
  const ended = (await outcomes).map((outcome, index): Ended => {
    const { does, name } = race.operations[index] ?? expect.fail();
    return { does, name, error: outcome.status === "rejected" ? outcome.reason : null };
  });
  const unexpected = ended.find(
    ({ error }) =>
      error !== null &&
      !(error instanceof Crash) &&
      !(error instanceof Refusal && error.reason === "NOT_FOUND"),
  );
  if (unexpected !== undefined) return `${unexpected.does}: ${unexpected.error}`;
  return wrong(stores, ended);
}

/** What can follow each entry of a domain. Only a record that was seen in between makes it missing twice. */
const FOLLOWS: Readonly<Record<string, readonly string[]>> = {
  "": ["domain-claimed"],
  "domain-claimed": ["domain-verified", "domain-released"],
  "domain-verified": ["domain-missing", "domain-released"],
  "domain-missing": ["domain-missing", "domain-lapsed", "domain-released"],
  "domain-lapsed": ["domain-verified", "domain-released"],
  "domain-released": ["domain-claimed"],
};

/** Whatever has happened, also to processes that died: what is stored, the lists and the entries agree. */
async function wrong(stores: MemoryAdministration, ended: readonly Ended[]): Promise<string | null> {
  const { claims, domains } = stores.organizations.organizations.get(ACME) ?? expect.fail();
  for (const name of NAMES) {
    const { domain, claim } = await stores.domains.find(ACME, name);
    if (domain !== null && claim !== null) return "a verified domain is claimed";
    if (domains.includes(name) !== (domain !== null || claim?.state === "lapsed"))
      return "a domain is counted that is gone, or is not counted";
    if (claims[name] !== (claim?.state === "pending" ? claim.expiresAt : undefined))
      return "a claim is counted that is gone, or is not counted";
    const isReleased = ended.some(
      (each) => each.name === name && each.does === "release" && each.error === null,
    );
    if (isReleased && domain !== null) return "a released domain is trusted";
    const history = stores.identities.entries.filter((each) => each.domain === name);
    const actions = ["", ...history.map(({ action }) => action)];
    if (actions.some((action, at) => at > 0 && !FOLLOWS[actions[at - 1] ?? ""]?.includes(action)))
      return `an impossible history: ${actions}`;
    const expected =
      domain !== null
        ? ["domain-verified", "domain-missing"]
        : claim === null
          ? ["", "domain-released"]
          : null;
    const ofClaim = claim?.state === "pending" ? "domain-claimed" : "domain-lapsed";
    if (!(expected ?? [ofClaim]).includes(actions.at(-1) ?? ""))
      return `the last change has no entry: ${actions}`;
  }
  return null;
}

const operation = fc.record({
  does: fc.constantFrom<Operation["does"]>("claim", "check", "release", "recheck"),
  name: fc.constantFrom(NAME, NAME, NAME, OTHER),
});
const races = (fates: readonly Fate[]) =>
  fc.record({
    beginning: fc.array(fc.constantFrom(...BEGINNINGS), { minLength: 2, maxLength: 2 }),
    isSeen: fc.boolean(),
    operations: fc.array(operation, { minLength: 2, maxLength: 3 }),
    fates: fc.array(fc.constantFrom(...fates), { minLength: 12, maxLength: 12 }),
  });

const MORTAL: readonly Fate[] = ["replied", "replied", "replied", "crash", "lost"];
const holds = (
  arbitrary: fc.Arbitrary<Race>,
  { numRuns, blindTo }: { numRuns: number; blindTo?: keyof Items },
) =>
  fc.assert(
    fc.asyncProperty(arbitrary, fc.scheduler(), async (race, scheduler) => {
      expect(await problemOf(race, scheduler, blindTo)).toBeNull();
    }),
    { numRuns, endOnFailure: blindTo !== undefined },
  );

describe("racing changes of two domains", () => {
  it.each<readonly [string, readonly Fate[]]>([
    ["whose replies all arrive", ["replied"]],
    ["whose replies may be lost", ["replied", "replied", "lost"]],
    ["whose processes may die", MORTAL],
  ])("%s are counted, released for good and recorded", SLOW, (_, fates) =>
    holds(races(fates), { numRuns: runsOf(1_000) }),
  );

  it.each<readonly [string, readonly Operation["does"][]]>([
    ["a claim at the same time as another", ["claim", "release", "claim"]],
    ["a domain whose release and check both die", ["release", "check"]],
  ])("keep the count of %s", SLOW, (_, all) => {
    const operations = all.map((does) => ({ does, name: NAME }));
    return holds(
      races(["replied", "crash"]).map((race) => ({ ...race, operations })),
      { numRuns: runsOf(500) },
    );
  });

  it.each<keyof Items>(["organization", "domain", "claim"])(
    "break this without the revision of the %s",
    SLOW,
    async (blindTo) => {
      await expect(holds(races(["replied"]), { numRuns: 20_000, blindTo })).rejects.toThrow(
        "Property failed",
      );
    },
  );

  it("can be repeated after a crash, which then finishes them", SLOW, async () => {
    await fc.assert(
      fc.asyncProperty(races(["replied", "replied", "crash"]), fc.scheduler(), async (race, scheduler) => {
        // A recheck does not see a domain again that has lapsed.
        const [first = { does: "claim", name: NAME } as const] = race.operations.filter(
          ({ does }) => does !== "recheck",
        );
        const stores = await prepared(race);
        const process = processOf(stores, scheduler, { fates: [...race.fates] });
        await scheduler.waitFor(Promise.allSettled([OPERATIONS[first.does](first.name, stores, process)]));
        const again = { ...stores, ...sharedPorts(stores) };
        const error: unknown = await OPERATIONS[first.does](first.name, stores, again).then(
          () => null,
          (thrown: unknown) => thrown,
        );
        if (error !== null) expect(error).toMatchObject({ reason: "NOT_FOUND" });
        expect(await wrong(stores, [{ ...first, error }])).toBeNull();
      }),
      { numRuns: runsOf(300) },
    );
  });
});

describe("a release that dies", () => {
  /** Releases the only domain, until the fault. */
  async function released(fault: Fault | null) {
    const world = new ConnectionWorld(new MemoryOrganizations().put(organization(ACME)));
    const { stores } = world;
    const owner = await operator(stores.organizations);
    await verifyDomain(owner, NAME, stores);
    const { ports, calls } = faultyPorts(world.ports, fault);
    const outcome = await reasonOf(releaseDomain(owner, NAME, ports, UNBOUNDED));
    return { world, calls: calls.length, outcome };
  }

  it.each(["crash before", "crash after"] as const)(
    "leaves the domain to every decision, or given up with its entry, at any call (%s it) (T88)",
    async (kind) => {
      const { calls } = await released(null);
      const isLeft = [];
      for (let at = 0; at < calls; at += 1) {
        const { world, outcome } = await released({ at, kind });
        expect(outcome).toBeInstanceOf(Crash);
        const owner = await operator(world.stores.organizations);
        const [view] = await listDomains(owner, world.stores, UNBOUNDED);
        isLeft.push(view?.state === "verified");
        const begun = await reasonOf(beginConnection(owner, "Acme", world.ports, UNBOUNDED));
        expect(begun).toBe(isLeft[at] ? "done" : "NOT_READY");
        const looked = await reasonOf(checkDomain(owner, NAME, world.stores, UNBOUNDED));
        expect(looked).toBe(isLeft[at] ? "done" : "NOT_FOUND");
        expect(world.stores.audited.includes("operator:jo domain-released acme")).toBe(!isLeft[at]);
      }
      // The last call alone changes something.
      expect(isLeft).toEqual([...Array(calls - 1).fill(true), kind === "crash before"]);
    },
  );
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
