import { createDynamoTable } from "@platform-api/server/adapters";
import {
  declaredDomain,
  parseDomain,
  parseEmail,
  parseOrganizationId,
  parseUserId,
} from "@platform-api/server/domain";
import { beforeAll, expect, it } from "vitest";
import { ITEM_TYPES } from "../../server/src/adapters/dynamodb/table/item-types.ts";
import { itemsOfMember } from "../../server/src/adapters/dynamodb/table/member-items.ts";
import { toItem } from "../../server/src/adapters/dynamodb/table/stored-item.ts";
import {
  invitation,
  membership,
  organization,
  writeItems,
} from "../../server/src/adapters/dynamodb/testing/examples.ts";
import { pass } from "../simulator/faults.ts";
import { faultyStackOfTests } from "../simulator/of-tests.ts";
import {
  call,
  ORG_PROCEDURES,
  type OrganizationWorld,
  organizationWorld,
} from "../simulator/organization-world.ts";
import { ROWS } from "./rows.ts";

const MEMBERS = 10_000;
const ORGANIZATIONS = 200;
const DOMAINS = 1_000;
const INVITATIONS = 400;
/** A domain that the organization claims before everything else. */
const OWN_CLAIM = "claimed.acme.example";
/** Answers no question, so that no check leaves this machine. */
const DNS_RESOLVERS = "127.0.0.1:9";

const faulty = faultyStackOfTests([]);
let url: string;
let world: OrganizationWorld;
/** The store reads of each call, before the organization has grown. */
const before = new Map<string, string[]>();

/** What the calls ask, and what their page would not show otherwise. */
const CALLS: readonly (readonly [path: string, input?: object])[] = [
  ...ORG_PROCEDURES.filter((path) => path !== "org.members.leave").map((path) => [path] as const),
  ["org.members.list", { role: "owner" }],
  ["org.members.list", { status: "removed" }],
  ["org.members.list", { role: "admin" }],
  ["org.invitations.list", { state: "open" }],
  ["org.audit.list", { action: "role-changed" }],
  ["org.audit.list", { person: "2f6c0f6e-8a0b-4c58-9d3f-5b1f0f3e7a10" }],
  ["org.audit.list", { order: "oldest" }],
  ["org.domains.check", { domain: OWN_CLAIM }],
];

const named = CALLS.map(([path, input = {}]) => [`${path} ${JSON.stringify(input)}`, path, input] as const);

beforeAll(async () => {
  world = await organizationWorld(faulty.stack);
  ({ url } = await faulty.server({ DNS_RESOLVERS }));
  await reads("org.invitations.create", {}); // so that the list has an inviter to look up
  await reads("org.domains.claim", {}); // so that both are repeated, and the lists have one
  await reads("org.domains.claim", { domain: OWN_CLAIM });
  for (const [name, path, input] of named) before.set(name, await reads(path, input));
  await grow();
}, 240_000);

it.each(named)("%s takes the same store reads with 10,000 members as with 10", async (name, path, input) => {
  expect(await reads(path, input)).toEqual(before.get(name));
});

it("a search by address takes one request for each status", async () => {
  const found = await searched("member-09999@");
  expect(found).toEqual({ reads: 2, items: 1 });
  expect(await searched("nobody@")).toEqual({ reads: 2, items: 0 });
});

/** The operations on the store that the owner's call causes, sorted. */
async function reads(path: string, input: object): Promise<string[]> {
  const { operations, done } = counting();
  const organizationId = path === "org.me" ? {} : { organizationId: world.id };
  const { body } = await call(url, path, world.tokens.owner, {
    ...organizationId,
    ...ROWS[path]?.input(world),
    ...input,
  });
  done();
  expect(JSON.stringify(body)).not.toMatch(/INTERNAL|UNAVAILABLE|INPUT_INVALID/);
  return operations.sort();
}

async function searched(query: string) {
  const { operations, done } = counting();
  const headers = { authorization: `Bearer ${world.tokens.owner}`, "content-type": "application/json" };
  const body = JSON.stringify({ organizationId: world.id, query });
  const response = await fetch(`${url}/trpc/org.members.list`, { method: "POST", headers, body });
  const { result } = await response.json();
  done();
  return {
    reads: operations.filter((each) => each === "Query MEMBERSHIP").length,
    items: result.data.items.length,
  };
}

function counting() {
  const operations: string[] = [];
  /** A busy machine reads again what was read ahead, or is not cached any longer. */
  const seen = new Set<string>();
  faulty.store.fault = (exchange) => {
    const operation = String(exchange.request.headers["x-amz-target"]).split(".").at(-1) ?? "";
    for (const [read, text] of readsOf(operation, JSON.parse(exchange.body.toString()))) {
      if (!seen.has(text)) operations.push(read);
      seen.add(text);
    }
    return pass(exchange);
  };
  return {
    operations,
    done() {
      faulty.store.fault = pass;
    },
  };
}

interface ReadRequest {
  readonly Key?: object;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly object[] }>>;
}

/** What a request reads: each item by its key, or a query, named by the type of item. */
function readsOf(operation: string, request: ReadRequest): [read: string, text: string][] {
  const named = (what: string, asked: object): [string, string] => {
    const text = JSON.stringify(asked);
    const [, type = ""] = /"(MEMBERSHIP|INVITATION)#/.exec(text) ?? /"([A-Z0-9]+)#/.exec(text) ?? [];
    return [`${what} ${type}`, text];
  };
  if (operation === "Query" || operation === "Scan") return [named(operation, request)];
  const { Key, RequestItems = {} } = request;
  const keys = Key === undefined ? Object.values(RequestItems).flatMap(({ Keys }) => Keys) : [Key];
  return /Get/.test(operation) ? keys.map((key) => named("Get", key)) : [];
}

async function grow(): Promise<void> {
  const { DYNAMODB_ENDPOINT: endpoint, DYNAMODB_TABLE: name = "" } = faulty.stack.environment;
  const table = createDynamoTable({
    table: name,
    endpoint,
    region: "eu-central-1",
    attemptMs: 5_000,
    deadlineMs: 10_000,
  });
  const organizationId = known(parseOrganizationId(world.id));
  const items = [
    ...numbers(MEMBERS).flatMap((n) => {
      const userId = known(parseUserId(`${n.padStart(8, "0")}-0000-4000-8000-000000000000`));
      const role = Number(n) % 50 === 0 ? "admin" : "member";
      const status = Number(n) % 10 === 0 ? "removed" : "active";
      const member = membership({ organizationId, userId, role, status, email: address("member", n) });
      return [toItem(ITEM_TYPES.membership, member), ...itemsOfMember(member)];
    }),
    ...numbers(INVITATIONS).map((n) =>
      toItem(
        ITEM_TYPES.invitation,
        invitation({ organizationId, email: address("guest", n), invitedBy: null }),
      ),
    ),
    ...numbers(ORGANIZATIONS).map((n) =>
      toItem(ITEM_TYPES.organization, organization({ id: known(parseOrganizationId(`other-${n}`)) })),
    ),
    ...numbers(DOMAINS).map((n) =>
      toItem(
        ITEM_TYPES.domain,
        declaredDomain({
          domain: known(parseDomain(`d${n}.${world.domain}`)),
          organizationId,
          verifiedAt: "2026-11-01T00:00:00.000Z",
        }),
      ),
    ),
  ];
  await writeItems(table, items);
  table.close();
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => String(n).padStart(5, "0"));
const address = (what: string, n: string) => known(parseEmail(`${what}-${n}@${world.domain}`));

function known<T>(parsed: T | null): T {
  if (parsed === null) throw new Error("an example does not parse");
  return parsed;
}
