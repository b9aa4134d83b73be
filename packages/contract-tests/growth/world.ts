import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordCalls, sum } from "../cost/recorded-calls.ts";
import { pass } from "../simulator/faults.ts";
import { startFaultyStack } from "../simulator/faulty-stack.ts";
import { actionClaims } from "../simulator/issuer.ts";
import { runCommand } from "../simulator/stack.ts";
import { fill } from "./fill.ts";

/** What an operation has asked the store. */
export interface Taken {
  readonly requests: number;
  /** Read and write units, as the store counts them. */
  readonly units: number;
  readonly ms: number;
}

const ID = "grown";
const SETTLED = {
  id: ID,
  name: "Grown",
  jit: true,
  defaultRole: "member",
  domains: [`${ID}.example`],
  connections: [
    { name: `${ID}-sso`, strategy: "waad", displayName: "Grown" },
    { name: `${ID}-linked`, strategy: "okta", displayName: "Linked" },
  ],
  members: [{ email: `owner@${ID}.example`, role: "owner" }],
};

/** Answers no question, so that nothing leaves this machine. */
const DNS_RESOLVERS = "127.0.0.1:9";
const DAY_MS = 86_400_000;

export interface Size {
  /** Of everything that is written at once. */
  readonly count: number;
  /** Of what is stored one after the other before it is measured. */
  readonly stored: number;
  readonly progress?: (text: string) => void;
}

/** An organization that has so many of everything, and its owner. */
export async function startGrown({ count, stored, progress }: Size) {
  const faulty = await startFaultyStack([SETTLED]);
  const { stack, store } = faulty;
  const folder = mkdtempSync(join(tmpdir(), "growth-"));
  const environment = { ...stack.environment, DYNAMODB_ENDPOINT: store.url, DNS_RESOLVERS };
  const { url } = await faulty.server({ DNS_RESOLVERS });
  const owner = await stack.issuer.sign(
    "waad|owner",
    actionClaims({ connection: `${ID}-sso`, email: `owner@${ID}.example`, emailVerified: false }),
  );
  await stack.client(owner).auth.validate.query();
  await fill(stack.environment, { organizationId: ID, domain: `${ID}.example`, count }, progress);
  const registered = new Map<number, object>();
  const grown = {
    count,
    stored,
    folder,
    url,
    settled: SETTLED,
    owner,
    async command(args: readonly string[]): Promise<void> {
      const { status, output } = await runCommand(environment, [...args]);
      if (status !== 0) throw new Error(output);
    },
    async start(): Promise<void> {
      await faulty.server({ DNS_RESOLVERS });
    },
    /** Makes a user of this number, who has no membership yet. */
    async register(n: number): Promise<void> {
      const email = `imported-${n}@${ID}.example`;
      const { id: userId } = await stack.directory.ensure({ email });
      registered.set(n, { organization: ID, userId, email, role: "member" });
    },
    registered: (n: number) => registered.get(n),
    daysAgo: (days: number) => new Date(Date.now() - days * DAY_MS).toISOString(),
    async measure(run: () => Promise<unknown>): Promise<Taken> {
      const record = recordCalls(faulty);
      const beganMs = performance.now();
      const calls = await record(run);
      const ms = performance.now() - beganMs;
      store.fault = pass;
      const ofStore = calls.filter(({ request }) => request !== undefined);
      return { requests: ofStore.length, units: sum(ofStore.map(({ units = 0 }) => units)), ms };
    },
    async close(): Promise<void> {
      await faulty.close();
      rmSync(folder, { recursive: true });
    },
  };
  return grown;
}

export type Grown = Awaited<ReturnType<typeof startGrown>>;
