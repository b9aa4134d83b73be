import type { Environment } from "@platform-api/platform-api";
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from "./fault-proxy.ts";
import { pass } from "./faults.ts";
import { ORGANIZATIONS } from "./forge.ts";
import type { Issuer } from "./issuer.ts";
import { type Server, type Stack, startStack } from "./stack.ts";
import type { Item } from "./table-scan.ts";

/** A fault proxy in front of each upstream. */
export interface FaultyUpstreams {
  readonly keys: FaultProxy;
  readonly directory: FaultProxy;
  readonly store: FaultProxy;
  /** Where a process reaches its upstreams only through these proxies. */
  readonly settings: Environment;
  /** Starts a process that reaches its upstreams only through these proxies. */
  server(settings: Environment): Promise<Server>;
}

/** A whole stack behind fault proxies. */
export interface FaultyStack extends FaultyUpstreams {
  readonly stack: Stack;
  readonly issuer: Issuer;
  /** Further proxies on the same stack, so that cases with different faults can run at the same time. */
  upstreams(): Promise<FaultyUpstreams>;
  /** All items of the table that contain the text. */
  itemsWith(text: string): Promise<readonly Item[]>;
  /** The types of a user's links, memberships and seats, sorted. */
  placesOf(userId: string | null | undefined): Promise<unknown[]>;
  close(): Promise<void>;
}

const PLACES = new Set<unknown>(["link", "membership", "seat"]);

export async function startFaultyStack(
  organizations: readonly object[] = ORGANIZATIONS,
): Promise<FaultyStack> {
  const stack = await startStack();
  await stack.applyOrganizations(organizations);
  const started: FaultyUpstreams[] = [];
  const upstreams = async () => {
    const proxied = await startUpstreams(stack);
    started.push(proxied);
    return proxied;
  };
  const itemsWith = async (text: string) =>
    (await stack.items()).filter((item) => JSON.stringify(item).includes(text));
  return {
    ...(await upstreams()),
    stack,
    issuer: stack.issuer,
    upstreams,
    itemsWith,
    placesOf: async (userId) =>
      (await itemsWith(userId ?? "nobody"))
        .map(({ type }) => type)
        .filter((type) => PLACES.has(type))
        .sort(),
    close: async () => {
      const proxies = started.flatMap(({ keys, directory, store }) => [keys, directory, store]);
      for (const proxy of proxies) proxy.fault = pass;
      await stack.close();
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}

/** @param direct what the store's proxy passes requests on to while there is no fault, without HTTP between */
export async function startUpstreams(
  { issuer, environment, another }: Stack,
  { direct, ...options }: FaultProxyOptions = {},
): Promise<FaultyUpstreams> {
  const { CLJ_PG_WRAPPER_URL = "", DYNAMODB_ENDPOINT = "" } = environment;
  const [keys, directory, store] = await Promise.all([
    startFaultProxy(issuer.url, pass, options),
    startFaultProxy(CLJ_PG_WRAPPER_URL, pass, options),
    startFaultProxy(DYNAMODB_ENDPOINT, pass, direct === undefined ? options : { ...options, direct }),
  ]);
  const settings = {
    AUTH0_JWKS_URL: `${keys.url}/.well-known/jwks.json`,
    CLJ_PG_WRAPPER_URL: directory.url,
    DYNAMODB_ENDPOINT: store.url,
  };
  return {
    keys,
    directory,
    store,
    settings,
    server: (others) => another({ ...settings, ...others }),
  };
}

/** The open sockets of this process: those of the server, of its upstreams and of the clients of both. */
export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "TCPSocketWrap").length;
}
