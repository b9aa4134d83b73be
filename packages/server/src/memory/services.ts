import { SingleFlight, type UserDirectory } from "../domain/index.ts";
import type { Services } from "../trpc/index.ts";
import { type MemoryPorts, memoryResolver } from "./ports.ts";

/** The services of a process in memory, which remembers nobody and limits no calls. */
export function memoryServices(
  ports: MemoryPorts,
  { verifier, directory }: Pick<Services, "verifier"> & { readonly directory: UserDirectory },
): Services {
  return {
    ...ports,
    verifier,
    judging: new SingleFlight(),
    people: { recall: () => null, remember: () => {} },
    rateLimits: { discover: () => null, failedTokens: () => null, mutations: () => null },
    resolveIdentity: memoryResolver(ports, { directory }),
    resolveStoredIdentity: memoryResolver(ports, { directory, organizations: ports.stored }),
    readAhead: async () => {},
    adminClients: new Set(["console"]),
  };
}
