import { createDynamoTable, dynamoTransactions } from "@platform-api/server/adapters";
import { newMembership, parseEmail, parseOrganizationId, parseUserId } from "@platform-api/server/domain";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FAULTS, pass } from "../simulator/faults.ts";
import { FORGE, ORGANIZATIONS } from "../simulator/forge.ts";
import { faultyStackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";
import type { Server } from "../simulator/stack.ts";

const MANY = 100;
const GUILDS = Array.from({ length: MANY }, (_, n) => ({
  id: `guild-${n}`,
  name: `Guild ${n}`,
  jit: false,
  defaultRole: "member",
}));

const faulty = faultyStackOfTests([...ORGANIZATIONS, ...GUILDS]);
const login = logins(faulty);
const asked: string[] = [];

beforeEach(() => {
  faulty.store.fault = (exchange) => {
    asked.push(...questionsOf(exchange.request.headers["x-amz-target"], exchange.body));
    return pass(exchange);
  };
});

/** The reads of a store request, one line per key or partition. */
function questionsOf(target: unknown, body: Buffer): string[] {
  const operation = String(target).split(".").at(-1);
  const { Key, RequestItems, ExpressionAttributeValues, IndexName } = JSON.parse(body.toString());
  const keysOf = (table: { Keys: object[] }) => table.Keys.map((key) => JSON.stringify(key));
  const many = Object.values<{ Keys: object[] }>(RequestItems ?? {}).flatMap(keysOf);
  if (many.length > 0) return many.map((key) => `${operation} ${key}`);
  return [`${operation} ${IndexName ?? ""}${JSON.stringify(Key ?? ExpressionAttributeValues)}`];
}

/** The reads during `call`. */
async function questions(call: () => Promise<unknown>): Promise<string[]> {
  asked.length = 0;
  await call();
  return [...asked];
}

const WARM = { IDENTITY_CACHE_MS: "60000", MEMBERSHIP_CACHE_MS: "5000" };

describe("T77: warm caches", () => {
  let server: Server;
  beforeAll(async () => {
    server = await faulty.server(WARM);
  });

  it.each<[string, () => Promise<() => Promise<unknown>>]>([
    [
      "auth.validate of a password login",
      async () => {
        const { client } = server;
        const token = await login.password(`${fresh("reader")}@elsewhere.example`);
        return () => client(token).auth.validate.query();
      },
    ],
    [
      "discover.byEmail of an unknown domain",
      async () => {
        const email = `anybody@${fresh("unknown")}.example`;
        return () => server.client().discover.byEmail.mutate({ email });
      },
    ],
  ])("%s reads nothing from the store and survives its outage", async (_, prepare) => {
    const call = await prepare();
    expect(await questions(call)).not.toEqual([]);
    const answer = await call(); // A link is cached after it was read.
    expect(await questions(call)).toEqual([]);
    faulty.store.fault = FAULTS[500];
    expect(await call()).toEqual(answer);
  });
});

it("T7C: org.me of a member of 100 organizations lists each once and reads no item twice", async () => {
  const email = `${fresh("joiner")}@elsewhere.example`;
  const token = await login.password(email);
  const server = await faulty.server(WARM);
  await server.client(token).auth.validate.query();
  const { userId } = await server.client(token).auth.validate.query();
  await makeMember(userId, email);
  const reads = await questions(async () => {
    const { organizations } = await server.client(token).org.me.query();
    expect(organizations).toHaveLength(MANY);
  });
  expect(new Set(reads).size).toBe(reads.length);
  const kinds = reads.map((read) => read.replace(/guild-\d+/, "*"));
  expect(new Set(kinds)).toEqual(
    new Set([
      `Query {":pk":{"S":"USER#${userId}"}}`,
      `Query {":pk":{"S":"INVITATION#${email}"}}`,
      'BatchGetItem {"pk":{"S":"ORG#*"},"sk":{"S":"ORGANIZATION"}}',
    ]),
  );
});

describe("T7D: auth.check", () => {
  it.each([
    ["cold", {}],
    ["warm", WARM],
  ])(
    "makes the same reads for an existing and a missing organization, in the same order: %s",
    async (_, settings) => {
      const server = await faulty.server({ ...settings });
      const token = await login.password(`${fresh("curious")}@elsewhere.example`);
      for (let calls = 0; calls < 2; calls += 1) await server.client(token).auth.validate.query();
      const check = (organizationId: string) =>
        questions(async () => {
          const answer = await server.client(token).auth.check.query({ organizationId });
          expect(answer).toEqual({ allowed: false, role: null, actor: null });
        });
      const [there, nowhere] = [await check(FORGE), await check("nowhere")];
      expect(there.map((read) => read.replaceAll(FORGE, "*"))).toEqual(
        nowhere.map((read) => read.replaceAll("nowhere", "*")),
      );
      expect(there).not.toEqual([]);
    },
  );
});

async function makeMember(userId: string, email: string): Promise<void> {
  const { DYNAMODB_ENDPOINT: endpoint, DYNAMODB_TABLE: table = "" } = faulty.stack.environment;
  const deadlines = { attemptMs: 5_000, deadlineMs: 10_000 };
  const connected = createDynamoTable({ table, endpoint, region: "eu-central-1", ...deadlines });
  const memberships = GUILDS.map(({ id }) =>
    newMembership({
      organizationId: known(parseOrganizationId(id)),
      userId: known(parseUserId(userId)),
      email: known(parseEmail(email)),
      role: "member",
      origin: "import",
      invitedFromOutside: true,
      createdAt: new Date().toISOString(),
    }),
  );
  const { commit } = dynamoTransactions(connected);
  for (const next of memberships) {
    const writes = [{ item: "membership", next, present: null } as const];
    await commit({ writes, unchanged: [], audit: [] }, AbortSignal.timeout(10_000));
  }
  connected.close();
}

function known<T>(parsed: T | null): T {
  if (parsed === null) throw new Error("an example does not parse");
  return parsed;
}
