import type { Environment } from "@platform-api/platform-api";
import { duringTests } from "../simulator/of-tests.ts";
import { startStack } from "../simulator/stack.ts";
import { linkPeople, type Size } from "./world.ts";

/** What `leak` asks whose a subject is: a stack with a link for all people of this size. */
export function linkedStackOfTests(size: Size): { readonly environment: Environment } {
  return duringTests(async () => {
    const stack = await startStack();
    await linkPeople(stack.environment, size);
    return stack;
  });
}
