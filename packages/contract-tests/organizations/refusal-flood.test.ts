import { expect, it } from "vitest";
import { readMetrics } from "../metrics/page.ts";
import { startFaultProxy } from "../simulator/fault-proxy.ts";
import { operationOf, pass } from "../simulator/faults.ts";
import { actionClaims, signWithSecret } from "../simulator/issuer.ts";
import { duringTests, stackOfTests } from "../simulator/of-tests.ts";
import { call } from "../simulator/organization-world.ts";
import { logins } from "../simulator/people.ts";
import type { Server } from "../simulator/stack.ts";

/** Of the flood, with ten tokens each. */
const ADDRESSES = 1_000;
const TOKENS = 10 * ADDRESSES;
const AT_ONCE = 16;
/** What a process stores of an organization in a minute, and what is stored of it in all. */
const [A_MINUTE, IN_ALL] = [20, 50];
const MINUTE_MS = 60_000;
/** Those of `serve`: a refusal that needs no store is the cheapest one to send. */
const CACHES = { IDENTITY_CACHE_MS: "60000", MEMBERSHIP_CACHE_MS: "5000" };

/** Tokens of the test mode, because signing 10,000 with RSA takes longer than all else here. */
const TEST_ISSUER = "urn:platform-api:test";
const TEST_SECRET = "a-test-mode-secret-for-the-contract-tests-4c1d";
const PATIENCE_MS = 300_000;

const organization = (id: string, ...connections: readonly string[]) => ({
  id,
  name: id,
  jit: true,
  defaultRole: "member",
  domains: [`${id}.example`],
  connections: connections.map((name) => ({ name, strategy: "waad", displayName: name })),
  members: [{ email: `boss@${id}.example`, role: "owner" }],
});
const stack = stackOfTests({
  organizations: [organization("acme", "acme-entra", "acme-old"), organization("globex", "globex-entra")],
  settings: { AUTH0_TEST_MODE: "1", AUTH0_TEST_SECRET: TEST_SECRET },
});
const store = duringTests(() =>
  startFaultProxy(stack.environment.DYNAMODB_ENDPOINT ?? "", pass, { keepAliveMs: MINUTE_MS }),
);
const login = logins(stack);

/** How often each answer came. */
async function answersTo({ url }: Server, tokens: readonly string[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const waiting = tokens.values();
  const inTurn = async () => {
    for (const token of waiting) {
      const response = await fetch(`${url}/validate`, { headers: { authorization: `Bearer ${token}` } });
      const answer = `${response.status} ${(await response.json()).error?.reason}`;
      counts[answer] = (counts[answer] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, inTurn));
  return counts;
}

/** How many refusals the process has kept or let go. No request waits for that. */
async function decided({ url }: Server): Promise<number> {
  const series = [...(await readMetrics(url))];
  const outcomes = series.filter(([name]) => name.startsWith("platform_api_recent_refusals_total"));
  return outcomes.reduce((sum, [, count]) => sum + count, 0);
}

async function listOf(organizationId: string, bossOf: string) {
  const email = `boss@${bossOf}.example`;
  const boss = await login.entra(email, { connection: `${bossOf}-entra`, subject: `waad|${email}` });
  return call(stack.url, "org.refusals.list", boss, { organizationId });
}

it(
  "T8W: a flood of 10,000 refused tokens of 1,000 addresses stores 20 in a minute and 50 in all, and shows another organization none",
  async () => {
    const off = await stack.cli("connection", "set", "acme", "acme-old", "--enabled", "off");
    expect(off).toMatchObject({ status: 0 });
    const flooded = await stack.another({ ...CACHES, DYNAMODB_ENDPOINT: store.url });
    const sign = (n: number) => {
      const email = `flood-${n % ADDRESSES}@acme.example`;
      return signWithSecret(TEST_SECRET, TEST_ISSUER, `waad|flood-${n}`, {
        ...actionClaims({ connection: "acme-old", email, emailVerified: false }),
      });
    };
    const tokens = await Promise.all(Array.from({ length: TOKENS }, (_, n) => sign(n)));
    const requests: string[] = [];
    store.fault = (exchange) => {
      requests.push(operationOf(exchange));
      return pass(exchange);
    };

    const beganMs = performance.now();
    expect(await answersTo(flooded, tokens)).toEqual({ "403 DOMAIN_NOT_ALLOWED": TOKENS });
    await expect.poll(() => decided(flooded)).toBeGreaterThanOrEqual(ADDRESSES);
    const minutes = 1 + Math.floor((performance.now() - beganMs) / MINUTE_MS); // one, unless the machine is very slow
    const written = requests.filter((operation) => operation === "TransactWriteItems").length;
    expect(written).toBeLessThanOrEqual(A_MINUTE * minutes);
    expect(requests.length).toBeLessThan(10 * A_MINUTE * minutes); // nothing is read of what is let go
    expect((await listOf("acme", "acme")).body).toMatchObject({ result: { data: { length: written } } });

    const others = await Promise.all([1, 2, 3].map(() => stack.another(CACHES)));
    for (const [index, other] of others.entries()) {
      await answersTo(other, tokens.slice(100 * (index + 1), 100 * (index + 2)));
      await expect.poll(() => decided(other)).toBeGreaterThanOrEqual(100);
    }
    const stored = (await stack.items()).filter(({ type }) => type === "refusal");
    expect(stored).toHaveLength(IN_ALL);
    expect((await listOf("acme", "acme")).body).toMatchObject({ result: { data: { length: IN_ALL } } });
    expect((await listOf("globex", "globex")).body).toEqual({ result: { data: [] } });
    expect(await listOf("acme", "globex")).toMatchObject({ outcome: "NOT_A_MEMBER" });
  },
  PATIENCE_MS,
);
