import { Refusal } from "../../domain/index.ts";
import { type MemoryPorts, memoryPorts } from "../../domain/testing/memory-ports.ts";
import { userAt } from "../../domain/testing/people.ts";
import { memoryServices } from "../../memory/services.ts";
import type { SenderPorts } from "../sender.ts";

const NO_TOKENS: SenderPorts["verifier"] = {
  recall: () => null,
  remember: () => {},
  verify: () => Promise.reject(new Refusal("TOKEN_INVALID", "not one of this test")),
};

/** What a process in memory has, which accepts no token, remembers nobody and limits nothing. */
export function memorySenderPorts(ports: MemoryPorts = memoryPorts()): ReturnType<typeof memoryServices> {
  return memoryServices(ports, { verifier: NO_TOKENS, directory: { ensureUser: userAt } });
}
