import { Refusal, SingleFlight } from "../../domain/index.ts";
import { type MemoryPorts, memoryPorts, resolver } from "../../domain/testing/memory-ports.ts";
import type { SenderPorts } from "../sender.ts";

/** What a process in memory has, which accepts no token, remembers nobody and limits nothing. */
export function memorySenderPorts(ports: MemoryPorts = memoryPorts()): SenderPorts & MemoryPorts {
  return {
    ...ports,
    judging: new SingleFlight(),
    people: { recall: () => null, remember: () => {} },
    rateLimits: { failedTokens: () => null },
    resolveIdentity: resolver(ports),
    resolveStoredIdentity: resolver(ports, { organizations: ports.stored }),
    readAhead: async () => {},
    verifier: {
      recall: () => null,
      remember: () => {},
      verify: () => Promise.reject(new Refusal("TOKEN_INVALID", "not one of this test")),
    },
  };
}
