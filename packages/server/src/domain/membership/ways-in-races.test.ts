import fc from "fast-check";
import { expect } from "vitest";
import { testConnection } from "../connections/connection-test.ts";
import { removeConnection, updateConnection } from "../connections/connections.ts";
import type { TokenTrial } from "../connections/setup.ts";
import { recordValueOf } from "../domain-proof.ts";
import type { TxtLookup } from "../domains/claim.ts";
import { checkDomain, claimDomain, releaseDomain } from "../domains/domains.ts";
import { recheckDomain } from "../domains/recheck.ts";
import type { DomainName } from "../email.ts";
import { leave, removeMember, restoreMember, setRole } from "../members/members.ts";
import type { Membership } from "../membership.ts";
import type { Stores } from "../operators/administration.ts";
import { updateOrganization } from "../settings/settings.ts";
import {
  type Choose,
  choose,
  describeRaces,
  type Fate,
  Interleaving,
  WRITE,
} from "../testing/interleaving.ts";
import type { MemoryAdministration } from "../testing/memory-administration.ts";
import { ACME, UNBOUNDED } from "../testing/people.ts";
import { type SharedPorts, sharedPorts } from "../testing/shared-ports.ts";
import { OPERATOR, oneself } from "../testing/standings.ts";
import {
  type Beginning,
  beginning,
  connectionName,
  DOMAINS,
  isLinked,
  linkOf,
  PEOPLE,
  storesAt,
  wrongWith,
} from "../testing/ways-in.ts";
import type { UserId } from "../user-id.ts";
import { isOwner } from "./owners.ts";
import type { Owner } from "./standing.ts";

const USER_IDS = PEOPLE.map(({ userId }) => userId);
/** Whom or what an operation is about; each takes what it needs. */
interface About {
  readonly userId: UserId;
  readonly connection: string;
  readonly domain: DomainName;
}

/** An operator whose command begins now. */
function operatorNow({ organizations }: MemoryAdministration): Owner {
  return { ...OPERATOR, organization: organizations.organizations.get(ACME) ?? expect.fail("Acme exists") };
}

const OPERATIONS = {
  enforce: async ({ userId, connection }, ports, stores) => {
    // What is known of the caller: an owner, and their token came through the connection.
    if (!isOwner(memberOf(stores, userId)) || !isLinked(stores, userId, connection)) return;
    const owner = { ...OPERATOR, userId, actor: `user:${userId}` } as const;
    await updateOrganization(owner, { changes: { enforceSso: true }, login: connection }, ports, UNBOUNDED);
  },
  "end enforcing": (_, ports) =>
    updateOrganization(OPERATOR, { changes: { enforceSso: false }, login: null }, ports, UNBOUNDED),
  "make owner": ({ userId }, ports) =>
    setRole(OPERATOR, { userId, role: "owner", expectedRole: null }, ports, UNBOUNDED),
  demote: ({ userId }, ports) =>
    setRole(OPERATOR, { userId, role: "member", expectedRole: null }, ports, UNBOUNDED),
  remove: ({ userId }, ports) => removeMember(OPERATOR, userId, ports, UNBOUNDED),
  restore: ({ userId }, ports) => restoreMember(OPERATOR, userId, ports, UNBOUNDED),
  leave: ({ userId }, ports) => leave(OPERATOR, oneself(userId), ports, UNBOUNDED),
  "sign in": async ({ userId, connection }, { identities }: Ports) => {
    await identities.create(linkOf(userId, connection));
  },
  "switch off": ({ connection: name }, ports) =>
    updateConnection(OPERATOR, { name, enabled: false }, ports, UNBOUNDED),
  "switch on": ({ connection: name }, ports) =>
    updateConnection(OPERATOR, { name, enabled: true }, ports, UNBOUNDED),
  "remove connection": ({ connection }, ports) => removeConnection(OPERATOR, connection, ports, UNBOUNDED),
  test: ({ connection: name }, ports) =>
    testConnection(OPERATOR, { name, token: "" }, { ...ports, trial: passing(name, ports) }, UNBOUNDED),
  release: ({ domain }, ports, stores) => releaseDomain(operatorNow(stores), domain, ports, UNBOUNDED),
  lapse: async ({ domain }, ports, { dns }) => {
    const missing = { ...ports, dns, limits: { ...ports.limits, graceMs: 0 }, mailer: null };
    await recheckDomain({ organizationId: ACME, domain }, missing, UNBOUNDED);
    await recheckDomain({ organizationId: ACME, domain }, missing, UNBOUNDED);
  },
  verify: async ({ domain }, ports, stores) => {
    await claimDomain(operatorNow(stores), domain, ports, UNBOUNDED);
    await checkDomain(operatorNow(stores), domain, ports, UNBOUNDED);
  },
} as const satisfies Record<
  string,
  (about: About, ports: Ports, stores: MemoryAdministration) => Promise<unknown>
>;
type Operation = About & { readonly does: keyof typeof OPERATIONS };
type Ports = Stores & Pick<SharedPorts, "identities">;

/** Every rule lets a token of the connection through. */
function passing(connection: string, { now }: Ports): TokenTrial {
  const steps = [{ rule: "signature", ok: true, saw: "the signature", fix: "" }];
  return { judge: async () => ({ steps, connection, issuedAt: now().getTime() / 1_000 }) };
}

/** A store whose index may lack the last write. */
function lagging<Port extends object>(
  port: Port,
  listing: keyof Port,
  keys: readonly string[],
  isBehind: () => boolean,
): Port {
  const before = new Map<unknown, unknown>();
  const list = port[listing];
  if (typeof list !== "function") throw new TypeError(`${String(listing)} is not a method`);
  return new Proxy(port, {
    get: (target, method) => {
      const value: unknown = Reflect.get(target, method);
      if (typeof value !== "function") return value;
      return async (...args: readonly unknown[]) => {
        if (method === listing && before.has(args[0]) && isBehind()) return before.get(args[0]);
        if (WRITE.test(String(method)))
          for (const key of keys) before.set(key, await Reflect.apply(list, target, [key, UNBOUNDED]));
        return Reflect.apply(value, target, args);
      };
    },
  });
}

/** The record of every claim is there. */
function dnsOf({ domains }: MemoryAdministration): TxtLookup {
  const values = () => [...domains.claims.values()].map(({ proof }) => recordValueOf(proof));
  return { txt: async () => [{ kind: "values", values: values() }] };
}

function memberOf({ memberships }: MemoryAdministration, userId: UserId): Membership {
  return memberships.memberships.get(`${ACME} ${userId}`) ?? expect.fail("everybody was a member");
}

interface Race {
  readonly beginning: Beginning;
  /** Each array begins when everything before it has ended. */
  readonly operations: readonly (readonly Operation[])[];
  readonly choose: Choose;
  readonly fates: readonly Fate[];
  /** What the store does not do, though it must. */
  readonly without: "organization" | "organization that stays as it is" | undefined;
}

/** @returns what is wrong after some call, or in the end; null if nothing ever is */
async function race({ beginning, operations, choose, fates, without }: Race): Promise<string | null> {
  const stores = await storesAt(beginning);
  if (stores === null) return null;
  const shared = sharedPorts(stores, without === "organization" ? without : null);
  const { transactions } = shared;
  if (without === "organization that stays as it is") {
    // Where its settings stay, the organization is only checked.
    const { commit } = transactions;
    transactions.commit = ({ writes, unchanged, audit }, signal) => {
      const checked = writes.flatMap(({ item, next, present }) =>
        item === "organization" && present !== null && next?.enforceSso === present.enforceSso
          ? [{ item, present }]
          : [],
      );
      const others = writes.filter(({ present }) => !checked.some((check) => check.present === present));
      return commit({ writes: others, unchanged: [...unchanged, ...checked], audit }, signal);
    };
  }
  let hasLapsed = false;
  const wrong = () => {
    const domains = [...stores.organizations.verifiers.values()].flat();
    const isEnforced = stores.organizations.organizations.get(ACME)?.enforceSso === true;
    if (domains.length === 0 && isEnforced && !hasLapsed) return "SSO is enforced without a domain";
    const owners = [...stores.memberships.memberships.values()].filter(isOwner).map(({ userId }) => userId);
    const listed = stores.organizations.organizations.get(ACME)?.owners ?? [];
    if (listed.toSorted().join() !== owners.sort().join()) return "the listed are not the active owners";
    return wrongWith(stores);
  };
  if (wrong() !== null) return null;
  const interleaving = new Interleaving();
  const clock = stores.now();
  const isBehind = () => choose(2) === 0;
  const identities = lagging(shared.identities, "listByUser", USER_IDS, isBehind);
  const ports: Ports = {
    ...stores,
    ...interleaving.slow({ ...shared, identities }),
    dns: dnsOf(stores),
    // A check within a second after another one would answer what that has found.
    now: () => new Date(clock.setSeconds(clock.getSeconds() + 2)),
  };
  for (const together of operations) {
    for (const { does, ...about } of together) {
      hasLapsed ||= does === "lapse";
      await interleaving.start(() => OPERATIONS[does](about, ports, stores));
    }
    const fault = await interleaving.finish({ choose, fates, wrong });
    if (fault !== null) return fault;
  }
  return null;
}

const TAKES_AWAY = [
  "switch off",
  "remove connection",
  "remove",
  "demote",
  "leave",
  "verify",
  "release",
] as const;
const often = ["enforce", ...TAKES_AWAY] as const;
const does = fc.constantFrom(...often, ...often, ...(Object.keys(OPERATIONS) as Operation["does"][]));
const operation: fc.Arbitrary<Operation> = fc.record({
  does,
  userId: fc.constantFrom(...USER_IDS),
  connection: connectionName,
  domain: fc.constantFrom(...DOMAINS),
});
const groups = fc.array(fc.array(operation, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });
/** Somebody enforces SSO just when their own way in is taken away. */
const contested: fc.Arbitrary<Pick<Race, "beginning" | "operations">> = fc
  .record({ beginning, about: operation, other: fc.constantFrom(...TAKES_AWAY), groups })
  .map(
    ({
      beginning: { people, ...rest },
      about: { does: _, ...about },
      other,
      groups: [first = [], ...later],
    }) => {
      const linked = people.map((each, at) => {
        const links = [...new Set([...each.links, about.connection])];
        return PEOPLE[at]?.userId === about.userId ? ({ is: "owner", links } as const) : each;
      });
      const both = [{ ...about, does: "enforce" }, { ...about, does: other }, ...first.slice(0, 1)] as const;
      return { beginning: { ...rest, people: linked, enforced: false }, operations: [both, ...later] };
    },
  );
const races = fc.record({
  given: fc.oneof({ weight: 2, arbitrary: fc.record({ beginning, operations: groups }) }, contested),
  choose,
});

describeRaces("some owner can sign in at every moment while SSO is enforced, and nothing is half done", {
  races,
  runs: { calm: 3_000, rough: 4_000 },
  without: ["organization", "organization that stays as it is"],
  wrongIn: ({ given, ...rest }) => race({ ...given, ...rest }),
});
