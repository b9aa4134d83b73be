import { memorySenderPorts } from "../../answer/testing/memory-sender-ports.ts";
import type { MemoryPorts } from "../../domain/testing/memory-ports.ts";
import type { Services } from "../context.ts";

/** The services of a process in memory, which accepts no token, remembers nobody and limits nothing. */
export function memoryServices(overrides: Partial<Services> = {}, ports?: MemoryPorts): Services {
  return { ...memorySenderPorts(ports), ...overrides };
}
