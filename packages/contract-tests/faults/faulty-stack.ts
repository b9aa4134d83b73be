import type { Environment } from "@platform-api/platform-api";
import { type Server, type Stack, startStack } from "../platform/stack.ts";
import type { Item } from "../platform/table-scan.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { pass } from "./faults.ts";
import { ORGANIZATIONS } from "./forge.ts";

/** A whole stack with a fault proxy before each upstream. */
export interface FaultyStack {
  readonly stack: Stack;
  readonly keys: FaultProxy;
  readonly directory: FaultProxy;
  readonly store: FaultProxy;
  /** A process that reaches its upstreams only through the proxies. */
  server(settings: Environment): Promise<Server>;
  /** All items of the table that hold the text. */
  itemsWith(text: string): Promise<readonly Item[]>;
  /** Which links, memberships and seats a person has: the types of these items, sorted. */
  placesOf(userId: string | null | undefined): Promise<unknown[]>;
  close(): Promise<void>;
}

const PLACES = new Set<unknown>(["link", "membership", "seat"]);

const SETTINGS = {
  // Failures come faster here than people's would.
  RATE_LIMIT_FAILED_TOKENS_PER_MINUTE: "1000000",
  RATE_LIMIT_DISCOVER_PER_MINUTE: "1000000",
  SHUTDOWN_DRAIN_MS: "0",
};

export async function startFaultyStack(
  organizations: readonly object[] = ORGANIZATIONS,
): Promise<FaultyStack> {
  const stack = await startStack(SETTINGS);
  await stack.applyOrganizations(organizations);
  const { CLJ_PG_WRAPPER_URL = "", DYNAMODB_ENDPOINT = "" } = stack.environment;
  const [keys, directory, store] = await Promise.all([
    startFaultProxy(stack.issuer.url, pass),
    startFaultProxy(CLJ_PG_WRAPPER_URL, pass),
    startFaultProxy(DYNAMODB_ENDPOINT, pass),
  ]);
  const itemsWith = async (text: string) =>
    (await stack.items()).filter((item) => JSON.stringify(item).includes(text));
  return {
    stack,
    keys,
    directory,
    store,
    server: (settings) =>
      stack.another({
        AUTH0_JWKS_URL: `${keys.url}/.well-known/jwks.json`,
        CLJ_PG_WRAPPER_URL: directory.url,
        DYNAMODB_ENDPOINT: store.url,
        ...settings,
      }),
    itemsWith,
    placesOf: async (userId) =>
      (await itemsWith(userId ?? "nobody"))
        .map(({ type }) => type)
        .filter((type) => PLACES.has(type))
        .sort(),
    close: async () => {
      for (const proxy of [keys, directory, store]) proxy.fault = pass;
      await stack.close();
      await Promise.all([keys.close(), directory.close(), store.close()]);
    },
  };
}

/** Sockets of this process, which are those of the server, of its upstreams and of both their clients. */
export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "TCPSocketWrap").length;
}
