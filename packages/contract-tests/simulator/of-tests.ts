import type { Environment } from "@platform-api/platform-api";
import { afterAll, beforeAll } from "vitest";
import { type FaultyStack, startFaultyStack } from "./faulty-stack.ts";
import { ORGANIZATIONS } from "./people.ts";
import { type SelfServiceUpstreams, startSelfServiceUpstreams } from "./self-service.ts";
import { type Stack, startStack } from "./stack.ts";

/**
 * What the tests of a file or of a suite need, which calls this while it is collected. It starts before them and is closed
 * after them, the last one first. Until it has started, nothing of it can be read.
 */
export function duringTests<T extends { close(): unknown }>(start: () => Promise<T>): T {
  let started: T | undefined;
  beforeAll(async () => {
    started = await start();
  });
  afterAll(async () => {
    await started?.close();
  });
  return new Proxy<T>({} as T, {
    get: (_, name) => Reflect.get(started as T, name),
    set: (_, name, value) => Reflect.set(started as T, name, value),
  });
}

export interface StackOptions {
  readonly organizations?: readonly object[];
  /** A function where they depend on what has started before. */
  readonly settings?: Environment | (() => Environment);
}

/** A stack with these organizations. */
export function stackOfTests({ organizations = ORGANIZATIONS, settings }: StackOptions = {}): Stack {
  return duringTests(async () => {
    const stack = await startStack(typeof settings === "function" ? settings() : settings);
    await stack.applyOrganizations(organizations);
    return stack;
  });
}

/** A stack behind fault proxies, by default with the organizations of `faults`. */
export function faultyStackOfTests(organizations?: readonly object[]): FaultyStack {
  return duringTests(() => startFaultyStack(organizations));
}

export function selfServiceOfTests(): SelfServiceUpstreams {
  return duringTests(startSelfServiceUpstreams);
}
