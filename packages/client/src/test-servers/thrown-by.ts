import { expect } from "vitest";

/** What work that must fail is rejected with. */
export function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail("no error"),
    (error: unknown) => error,
  );
}
