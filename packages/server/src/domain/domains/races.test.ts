import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryOrganizations } from "../../memory/organizations.ts";
import { beginConnection } from "../connections/begin.ts";
import { recordNameOf } from "../domain-proof.ts";
import type { DomainName } from "../email.ts";
import type { Actor } from "../membership/standing.ts";
import type { Stores } from "../operators/administration.ts";
import { ConnectionWorld } from "../testing/connection-world.ts";
import { domainNamed, verifyDomain } from "../testing/domains.ts";
import { Crash, type Fault, faultyPorts } from "../testing/faulty-ports.ts";
import { choose, describeRaces, Interleaving } from "../testing/interleaving.ts";
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

const BEGINNINGS = ["nothing", "claimed", "verified", "overdue", "lapsed", "released"] as const;
type State = (typeof BEGINNINGS)[number];

/** Of each name, and whether its record is there. */
interface Beginning {
  readonly beginning: readonly State[];
  readonly isSeen: boolean;
}

async function prepared({ beginning, isSeen }: Beginning) {
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

/** The ports of processes whose calls wait for their turn. No two are made at the same time. */
function portsIn(processes: Interleaving, stores: MemoryAdministration, without?: keyof Items): Stores {
  const clock = stores.now();
  return {
    ...stores,
    ...processes.slow(sharedPorts(stores, without)),
    now: () => new Date(clock.setMilliseconds(clock.getMilliseconds() + 1)),
  };
}

/** Whatever races, an operation ends, or finds nothing. */
async function attempt(
  { does, name }: Operation,
  stores: MemoryAdministration,
  ports: Stores,
): Promise<void> {
  const reason = await reasonOf(OPERATIONS[does](name, stores, ports));
  if (reason !== "done" && reason !== "NOT_FOUND") throw new Error(`${does}: ${reason}`);
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
function wrongWith(stores: MemoryAdministration, released: ReadonlySet<DomainName>): string | null {
  const { claims, domains } = stores.organizations.organizations.get(ACME) ?? expect.fail();
  for (const name of NAMES) {
    const domain = stores.domains.all().find((each) => each.domain === name) ?? null;
    const claim = stores.domains.claims.get(`${ACME} ${name}`) ?? null;
    if (domain !== null && claim !== null) return "a verified domain is claimed";
    if (domains.includes(name) !== (domain !== null || claim?.state === "lapsed"))
      return "a domain is counted that is gone, or is not counted";
    if (claims[name] !== (claim?.state === "pending" ? claim.expiresAt : undefined))
      return "a claim is counted that is gone, or is not counted";
    if (released.has(name) && domain !== null) return "a released domain is trusted";
    const history = stores.identities.entries.filter((each) => each.domain === name);
    const actions = ["", ...history.map(({ action }) => action)];
    if (actions.some((action, at) => at > 0 && !FOLLOWS[actions[at - 1] ?? ""]?.includes(action)))
      return `an impossible history: ${actions}`;
    const ofClaim = claim?.state === "pending" ? "domain-claimed" : "domain-lapsed";
    const ofNeither = claim === null ? ["", "domain-released"] : [ofClaim];
    const expected = domain === null ? ofNeither : ["domain-verified", "domain-missing"];
    if (!expected.includes(actions.at(-1) ?? "")) return `the last change has no entry: ${actions}`;
  }
  return null;
}

const operation: fc.Arbitrary<Operation> = fc.record({
  does: fc.constantFrom("claim", "check", "release", "recheck"),
  name: fc.constantFrom(NAME, NAME, NAME, OTHER),
});
/** Few races of any operations come to these. */
const RARE = [
  ["claim", "release", "claim"],
  ["release", "check"],
] as const;
const races = fc.record({
  beginning: fc.array(fc.constantFrom(...BEGINNINGS), { minLength: 2, maxLength: 2 }),
  isSeen: fc.boolean(),
  operations: fc.oneof(
    { weight: 2, arbitrary: fc.array(operation, { minLength: 2, maxLength: 3 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...RARE).map((all) => all.map((does) => ({ does, name: NAME }))),
    },
  ),
  choose,
});

describeRaces("racing changes of two domains are counted, released for good and recorded", {
  races,
  runs: { calm: 1_500, rough: 3_000 },
  without: ["organization", "domain", "claim"],
  async wrongIn({ operations, choose, fates, without, ...beginning }) {
    const stores = await prepared(beginning);
    const processes = new Interleaving();
    const ports = portsIn(processes, stores, without);
    const released = new Set<DomainName>();
    for (const each of operations) {
      await processes.start(async () => {
        await attempt(each, stores, ports);
        if (each.does === "release") released.add(each.name);
      });
    }
    return processes.finish({ choose, fates, wrong: () => wrongWith(stores, released) });
  },
});

it("a change can be repeated after a crash, which then finishes it", SLOW, async () => {
  // A recheck does not see a domain again that has lapsed.
  const changes = operation.filter(({ does }) => does !== "recheck");
  const property = fc.asyncProperty(races, changes, async ({ choose, ...beginning }, change) => {
    const stores = await prepared(beginning);
    const processes = new Interleaving();
    const ports = portsIn(processes, stores);
    await processes.start(() => attempt(change, stores, ports));
    const fates = ["replied", "replied", "crash"] as const;
    expect(await processes.finish({ choose, fates, wrong: () => null })).toBeNull();
    await attempt(change, stores, { ...stores, ...sharedPorts(stores) });
    const released = change.does === "release" ? [change.name] : [];
    expect(wrongWith(stores, new Set(released))).toBeNull();
  });
  await fc.assert(property, { numRuns: runsOf(300) });
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
  stores.later(86_400_000);
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
