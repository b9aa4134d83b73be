import { expect, it, vi } from "vitest";
import { Sender } from "../answer/index.ts";
import { currentTrace } from "../domain/index.ts";
import { memoryPorts, signedIn, VIA_ACME } from "../domain/testing/memory-ports.ts";
import { ACME, claims, JANE } from "../domain/testing/people.ts";
import { appRouter } from "./app-router.ts";
import { createContext, type Services, storedIdentity } from "./context.ts";
import { authenticatedProcedure, identifiedProcedure, router } from "./init.ts";
import { memoryServices } from "./testing/memory-services.ts";

const ADDRESS = "203.0.113.7";
const CLAIMS = claims();
const VERIFIER = { recall: () => null, remember: () => {}, verify: async () => CLAIMS };

const contextOf = (services: Services) =>
  createContext(
    services,
    new Sender(services, {
      rawHeaders: ["X-User-Token", "token"],
      trace: { requestId: "request-1", parent: null },
      address: () => ADDRESS,
    }),
  );

it("reads ahead the sender of a change, with what the input names well", async () => {
  const ports = memoryPorts();
  await signedIn(ports, VIA_ACME);
  const services = memoryServices({ verifier: VERIFIER }, ports);
  const readAhead = vi.spyOn(services, "readAhead");
  const inputs = [
    { organizationId: "acme", userId: JANE, role: "admin" },
    { organizationId: "not an id", userId: 7 },
    "text",
  ];
  for (const input of inputs) await storedIdentity(contextOf(services), async () => input);
  await storedIdentity(contextOf(services), () => Promise.reject(new Error("not JSON")));
  const nothing = { claims: CLAIMS, organizationId: null, userId: null };
  expect(readAhead.mock.calls.map(([expected]) => expected)).toEqual([
    { claims: CLAIMS, organizationId: ACME, userId: JANE },
    nothing,
    nothing,
    nothing,
  ]);
});

it("a discovery too many is refused for the seconds that are left", () => {
  const counted: string[] = [];
  const discover = (key: string) => {
    counted.push(key);
    return 17;
  };
  const rateLimits = {
    discover,
    failedTokens: () => null,
    mutations: () => null,
    reads: () => null,
    services: () => null,
  };
  const limited = { reason: "RATE_LIMITED", retryAfterSeconds: 17 };
  expect(() => contextOf(memoryServices({ rateLimits })).countDiscovery()).toThrow(
    expect.objectContaining(limited),
  );
  expect(counted).toEqual([ADDRESS]);
});

it("the calls of a service are counted by its client id, and refused before their input is looked at", async () => {
  const machine = claims({
    subject: "worker@clients",
    clientId: "worker",
    connection: null,
    machine: "its gty",
  });
  const counted: string[] = [];
  const services = memoryServices({
    verifier: { ...VERIFIER, verify: async () => machine },
    serviceClients: new Map([["worker", new Set(["standing"] as const)]]),
    rateLimits: { ...memoryServices().rateLimits, services: (key) => (counted.push(key) > 1 ? 17 : null) },
  });
  const { auth } = appRouter.createCaller(contextOf(services));
  const ask = (of: Parameters<typeof auth.standings>[0]["of"]) =>
    auth.standings({ of }).catch((error: { cause: unknown }) => error.cause);
  const since = "1970-01-01T00:00:00Z";
  const standings = await ask([{ userId: JANE, organizationId: "acme", since }]);
  expect(standings).toEqual([{ standing: "ended", reason: "NOT_A_MEMBER" }]);
  expect(await ask([])).toMatchObject({ reason: "RATE_LIMITED", retryAfterSeconds: 17 });
  expect(counted).toEqual(["standing worker", "standing worker"]);
});

it("all work for a request is traced as its own: who asks, where they belong, and the procedure", async () => {
  const ports = memoryPorts();
  const identity = await signedIn(ports, VIA_ACME);
  const traces: unknown[] = [];
  const traced = <Args extends unknown[], T>(work: (...args: Args) => T) => {
    return (...args: Args) => {
      traces.push(currentTrace());
      return work(...args);
    };
  };
  vi.spyOn(ports.organizations, "find").mockImplementation(traced(async () => null));
  const resolve = traced(async () => identity);
  const services = memoryServices(
    {
      verifier: VERIFIER,
      resolveIdentity: resolve,
      resolveStoredIdentity: resolve,
      refusals: { note: () => {} }, // what is noted belongs to no request
    },
    ports,
  );
  const answer = traced(async () => {});
  const caller = router({
    user: authenticatedProcedure.query(answer),
    identified: identifiedProcedure.mutation(answer),
  }).createCaller(contextOf(services));
  await caller.user();
  await caller.identified();
  expect(traces).toEqual(Array(5).fill({ requestId: "request-1", parent: null }));
});
