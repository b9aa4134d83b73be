import { expect } from "vitest";
import { describeWith, isInstalled } from "../pages/programs.ts";
import { type FaultProxy, startFaultProxy } from "../simulator/fault-proxy.ts";
import { pass } from "../simulator/faults.ts";
import { ORGANIZATIONS } from "../simulator/people.ts";
import { type Stack, startStack } from "../simulator/stack.ts";
import { type CredentialName, type Credentials, type Expected, everyCredential, SETTINGS } from "./people.ts";
import { identityIn, type ProtectedService, startProtectedService, valuesOf } from "./protected-service.ts";
import { PROGRAMS, type ProxyName, type RunningProxy, startProxy } from "./proxies.ts";
import type { Answer } from "./requests.ts";
import { VICTIM } from "./smuggling.ts";

/** The proxies that are installed. */
export const INSTALLED: readonly ProxyName[] = PROGRAMS.map(({ name }) => name).filter(isInstalled);

/** Every installed proxy between the same platform-api and the same service. */
export interface World {
  readonly stack: Stack;
  readonly service: ProtectedService;
  /** What the proxies take for platform-api. It can fail. */
  readonly platform: FaultProxy;
  readonly people: Readonly<Record<CredentialName, Credentials>>;
  /** The port of a proxy as it is shipped, or of another one with a setting. */
  portOf(name: ProxyName, which?: Setting): number;
  close(): Promise<void>;
}

/** As platform-api, so that it does not close an idle connection just as a proxy uses it again. */
const KEEP_ALIVE_MS = 72_000;

const SETTINGS_OF_PROXIES = {
  open: {},
  "for administrators of Acme": { requirement: "organizationId=acme&role=admin" },
  "with WebSockets": { webSockets: true },
} as const;
export type Setting = keyof typeof SETTINGS_OF_PROXIES;

export async function startWorld(): Promise<World> {
  const [stack, service] = await Promise.all([startStack(SETTINGS), startProtectedService()]);
  await stack.applyOrganizations(ORGANIZATIONS);
  const platform = await startFaultProxy(stack.url, pass, { keepAliveMs: KEEP_ALIVE_MS });
  const behind = { platformPort: Number(new URL(platform.url).port), servicePort: service.port };
  const starting = PROGRAMS.filter(({ name }) => isInstalled(name)).flatMap((program) =>
    Object.entries(SETTINGS_OF_PROXIES).map(async ([which, setting]): Promise<[string, RunningProxy]> => {
      return [`${program.name} ${which}`, await startProxy(program, { ...behind, ...setting })];
    }),
  );
  const proxies = new Map(await Promise.all(starting));
  return {
    stack,
    service,
    platform,
    people: await everyCredential(stack),
    portOf: (name, which = "open") => proxies.get(`${name} ${which}`)?.port ?? 0,
    async close() {
      await Promise.all([...proxies.values()].map((proxy) => proxy.stop()));
      await Promise.all([platform.close(), service.close()]);
      await stack.close();
    },
  };
}

/** Names each proxy that is not installed in a test of its own, which is skipped, or fails in CI. */
export function nameMissingProxies(): void {
  for (const { name } of PROGRAMS.filter((program) => !isInstalled(program.name)))
    describeWith([name], `forward-auth with ${name}`, () => {});
}

let serial = 0;

/** A path of the service that no other request has. */
export function newPath(): string {
  serial += 1;
  return `/items/${serial}`;
}

/** The service got the request with exactly this identity, and the client got its answer. */
export function expectAdmitted(
  { service }: World,
  { path, seen, what = "" }: { path: string; seen: Answer; what?: string },
  { userId, organizationId, role, actorClient = null }: Expected,
): void {
  expect(seen, what).toMatchObject({ status: 200, body: "from the service", headers: { "x-answer": "1" } });
  const received = service.receivedAt(path);
  if (received === undefined) throw new Error(`${what}: the service got nothing`);
  const listed = (value: string | null) => (value === null ? [] : [value]);
  expect(identityIn(received), what).toEqual({
    "x-user-id": [userId],
    "x-organization-id": listed(organizationId),
    "x-organization-role": listed(role),
    "x-actor-client": listed(actorClient),
  });
  // An empty one beside it could be read in its place.
  expect(valuesOf(received, "x-actor-client").length, what).toBeLessThan(2);
  expect(valuesOf(received, "x-request-id"), what).toEqual([expect.stringMatching(/^[0-9a-f-]{32,36}$/)]);
  expect(received.headers, what).not.toContain(VICTIM);
  expect(valuesOf(received, "connection").join(), what).not.toMatch(/x-|authorization/i);
}

/** The service got nothing, and the client got this answer. */
export function expectRefused(
  { service }: World,
  { path, seen, what = "" }: { path: string; seen: Answer; what?: string },
  answer: object,
): void {
  expect(seen, what).toMatchObject(answer);
  expect(seen.headers, what).not.toHaveProperty("x-answer");
  for (const name of Object.keys(seen.headers))
    expect(name, what).not.toMatch(/^x-(user|organization|actor)/);
  expect(service.receivedAt(path), what).toBeUndefined();
}

/** nginx passes the status of a 401 or 403 on, with a page of its own. */
export function reasonSeen(name: ProxyName, reason: string): string | null {
  return name === "nginx" ? null : reason;
}
