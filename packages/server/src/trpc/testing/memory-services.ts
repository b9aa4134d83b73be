import { Refusal, SingleFlight } from "../../domain/index.ts";
import { type MemoryPorts, memoryPorts, resolver } from "../../domain/testing/memory-ports.ts";
import type { Services } from "../context.ts";

/** The services of a process in memory, which accepts no token, remembers nobody and limits nothing. */
export function memoryServices(
  overrides: Partial<Services> = {},
  ports: MemoryPorts = memoryPorts(),
): Services {
  return {
    ...ports,
    judging: new SingleFlight(),
    people: { recall: () => null, remember: () => {} },
    rateLimits: { discover: () => null, failedTokens: () => null, mutations: () => null },
    resolveIdentity: resolver(ports),
    resolveStoredIdentity: resolver(ports, { organizations: ports.stored }),
    readAhead: async () => {},
    adminClients: new Set(["console"]),
    verifier: {
      recall: () => null,
      remember: () => {},
      verify: () => Promise.reject(new Refusal("TOKEN_INVALID", "not one of this test")),
    },
    ...overrides,
  };
}
