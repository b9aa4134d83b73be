import fc from "fast-check";
import { expect } from "vitest";
import { type AuditEntry, auditEntry } from "../audit.ts";
import type { Stores } from "../operators/administration.ts";
import { declareConnection } from "../operators/declared-trust.ts";
import { ConnectionWorld } from "../testing/connection-world.ts";
import { type Choose, choose, describeRaces, type Fate, Interleaving } from "../testing/interleaving.ts";
import { acmeAndGlobex, NOW } from "../testing/memory-ports.ts";
import { ACME, ENTRA, GLOBEX, UNBOUNDED } from "../testing/people.ts";
import { sharedPorts } from "../testing/shared-ports.ts";
import { OPERATOR } from "../testing/standings.ts";
import type { Items } from "../transaction.ts";
import { beginConnection } from "./begin.ts";
import { testConnection } from "./connection-test.ts";
import { removeConnection, updateConnection } from "./connections.ts";
import { getConnection } from "./finish.ts";

/** How an operator moves the declared connection to another organization. */
const MOVED = {
  declared: {
    connection: { ...ENTRA, organizationId: GLOBEX },
    movedFrom: ACME,
    change: "registered",
  } as const,
  making: {
    at: NOW,
    audit: [
      auditEntry({ at: NOW, actor: "operator:jo", action: "connection-enabled", connection: ENTRA.name }),
    ],
  },
};

interface About {
  readonly name: string;
  readonly world: ConnectionWorld;
  /** The tickets whose URLs were given out. */
  readonly tickets: string[];
}

const OPERATIONS = {
  begin: async ({ tickets }, ports) => {
    const { setupUrl } = await beginConnection(OPERATOR, "Acme", ports, UNBOUNDED);
    tickets.push(new URL(setupUrl).searchParams.get("ticket") ?? expect.fail("it has a ticket"));
  },
  get: ({ name }, ports) => getConnection(OPERATOR, name, ports, UNBOUNDED),
  finish: ({ name, world }, ports) => {
    world.auth0.finishWizards();
    return getConnection(OPERATOR, name, ports, UNBOUNDED);
  },
  remove: ({ name }, ports) => removeConnection(OPERATOR, name, ports, UNBOUNDED),
  "switch off": ({ name }, ports) => updateConnection(OPERATOR, { name, enabled: false }, ports, UNBOUNDED),
  "switch on": ({ name }, ports) => updateConnection(OPERATOR, { name, enabled: true }, ports, UNBOUNDED),
  rename: ({ name }, ports) => updateConnection(OPERATOR, { name, displayName: "New" }, ports, UNBOUNDED),
  test: ({ name }, ports) => {
    const issuedAt = ports.now().getTime() / 1_000;
    const steps = [{ rule: "signature", ok: true, saw: "the signature", fix: "" }];
    const trial = { judge: async () => ({ steps, connection: name, issuedAt }) };
    return testConnection(OPERATOR, { name, token: "a token" }, { ...ports, trial }, UNBOUNDED);
  },
  move: (_, ports) => declareConnection(MOVED.declared, ports)(() => MOVED.making, UNBOUNDED),
} as const satisfies Record<string, (about: About, ports: Stores) => Promise<unknown>>;

interface Operation {
  readonly does: keyof typeof OPERATIONS;
  /** Which of the known names, from the newest on. */
  readonly which: number;
}

/** Each change is whole, and has its entry once. */
function wrongWith(world: ConnectionWorld, tickets: readonly string[]): string | null {
  const { organizations, connections, identities } = world.stores;
  const stored = [...connections.connections.values()];
  const isKept = ({ state }: { readonly state: string }) => state !== "removed";
  for (const id of [ACME, GLOBEX]) {
    const kept = stored.filter((each) => each.organizationId === id && isKept(each)).map(({ name }) => name);
    const names = organizations.organizations.get(id)?.connections ?? [];
    if ([...names].sort().join() !== kept.sort().join()) return `${id} has ${names}, and stored are ${kept}`;
  }
  for (const { name, state } of stored) {
    const changes = identities.entries.filter((each) => each.connection === name).map(stateIn);
    const states = changes.filter((each) => each !== null);
    if ((states.at(-1) ?? "enabled") !== state) return `${name} is ${state}, and audited are ${states}`;
    if (states.some((each, at) => at > 0 && each === states[at - 1] && name !== ENTRA.name))
      return `${name} is audited twice as ${states}`;
    if (isKept({ state }) && world.setup?.name === name) return "a set-up stands beside its connection";
  }
  const open = tickets.filter((id) => world.auth0.tickets.get(id)?.revoked === false);
  return open.every((id) => id === world.setup?.ticketId) ? null : "an open ticket is forgotten";
}

/** The state that the entry says a connection has since; null for none. */
function stateIn({ action }: AuditEntry): string | null {
  const [, state] = /^connection-(enabled|disabled|removed)$/.exec(action) ?? [];
  return state ?? null;
}

async function race({
  operations,
  choose,
  fates,
  without,
}: {
  /** Each array begins when everything before it has ended. */
  readonly operations: readonly (readonly Operation[])[];
  readonly choose: Choose;
  readonly fates: readonly Fate[];
  readonly without: keyof Items | undefined;
}): Promise<string | null> {
  const world = new ConnectionWorld(acmeAndGlobex());
  const { stores, auth0 } = world;
  for (const id of [ACME, GLOBEX])
    for (const each of await stores.connections.list(id)) stores.connections.begin(each);
  const tickets: string[] = [];
  const interleaving = new Interleaving();
  const ports: Stores = {
    ...stores,
    ...interleaving.slow(sharedPorts(stores, without)),
    auth0: interleaving.slowly(auth0),
    now: () => {
      world.later(5_000); // Auth0 may be asked again
      return stores.now();
    },
  };
  for (const together of operations) {
    for (const { does, which } of together) {
      const known = [...new Set([ENTRA.name, ...stores.connections.connections.keys(), world.setup?.name])];
      const name = known.filter((each) => each !== undefined).at(-1 - (which % known.length)) ?? ENTRA.name;
      await interleaving.start(() => OPERATIONS[does]({ name, world, tickets }, ports));
    }
    const fault = await interleaving.finish({ choose, fates, wrong: () => wrongWith(world, tickets) });
    if (fault !== null) return fault;
  }
  return null;
}

const often = ["begin", "finish", "remove"] as const;
const operation: fc.Arbitrary<Operation> = fc.record({
  does: fc.constantFrom(...often, ...often, ...(Object.keys(OPERATIONS) as Operation["does"][])),
  which: fc.nat(2),
});
const races = fc.record({
  operations: fc.array(fc.array(operation, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 }),
  choose,
});

describeRaces("connection, set-up, the organization's names and the audit say the same at every moment", {
  races,
  runs: { calm: 1_500, rough: 2_000 },
  without: ["organization", "connection", "setup"],
  wrongIn: race,
});
