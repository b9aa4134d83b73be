import {
  keepRefusal,
  type Memberships,
  type RefusalLog,
  SingleFlight,
  type UserDirectory,
} from "../domain/index.ts";
import type { Services } from "../trpc/index.ts";
import { type MemoryPorts, memoryResolver } from "./ports.ts";

interface MemoryServicesOptions
  extends Pick<Services, "verifier">,
    Partial<Pick<Services, "serviceClients">> {
  readonly directory: UserDirectory;
}

const unlimited = () => null;
const NO_LIMITS: Services["rateLimits"] = {
  discover: unlimited,
  failedTokens: unlimited,
  mutations: unlimited,
  reads: unlimited,
  services: unlimited,
};

/** The services of a process in memory, which remembers nobody and limits no calls. */
export function memoryServices(
  ports: MemoryPorts,
  { verifier, directory, serviceClients = new Map() }: MemoryServicesOptions,
): Services {
  const { memberships: stored } = ports;
  // Its methods as its own: procedures copy them where they replace one.
  const memberships: Memberships = {
    find: stored.find.bind(stored),
    listByUser: stored.listByUser.bind(stored),
    findInvitation: stored.findInvitation.bind(stored),
    listInvitations: stored.listInvitations.bind(stored),
    findLedger: stored.findLedger.bind(stored),
    release: stored.release.bind(stored),
  };
  return {
    ...ports,
    memberships,
    storedMemberships: memberships,
    verifier,
    judging: new SingleFlight("DIRECTORY_UNAVAILABLE"),
    people: { recall: () => null, remember: () => {} },
    rateLimits: NO_LIMITS,
    links: ports.identities,
    resolveIdentity: memoryResolver(ports, { directory }),
    resolveStoredIdentity: memoryResolver(ports, { directory, organizations: ports.stored }),
    readAhead: async () => {},
    refusals: memoryRefusalLog(ports),
    adminClients: new Set(["console"]),
    serviceClients,
  };
}

const UNBOUNDED = { admits: () => true, isDue: () => true };

/** Keeps each refusal, one after the other. */
function memoryRefusalLog(ports: MemoryPorts): RefusalLog {
  const { refusals } = ports.memberships;
  let last: Promise<unknown> = Promise.resolve();
  return {
    note(refused) {
      const { signal } = new AbortController();
      last = last.then(() => keepRefusal(refused, UNBOUNDED, { ...ports, refusals }, signal)).catch(() => {});
    },
  };
}
