import { expect, it } from "vitest";
import { Refusal } from "../refusal.ts";
import { ACME, UNBOUNDED } from "../testing/people.ts";
import { countLinkedPeople } from "./linked-people.ts";

const change = (cutOff: string | null) => ({
  organizationId: ACME,
  change: "a change",
  takesAway: true,
  cutOff,
});

/** Two pages of one connection; the second page of another one does not arrive. */
async function* countLinks(connection: string) {
  yield 1_000;
  if (connection === "acme-okta") yield 20;
  else
    throw new Refusal("STORE_UNAVAILABLE", "link: listing failed", {
      cause: new DOMException("", "TimeoutError"),
    });
}

it("counts who is linked through each connection that is taken away, and returns why a count is incomplete", async () => {
  const changes = [change(null), change("acme-okta"), change("acme-adfs"), change("acme-okta")];
  expect([...(await countLinkedPeople(changes, { countLinks }, UNBOUNDED))]).toEqual([
    ["acme-okta", { count: 1_020, stopped: null }],
    ["acme-adfs", { count: 1_000, stopped: "TimeoutError" }],
  ]);
});

it("asks for nothing when no connection is taken away", async () => {
  const registry = { countLinks: () => expect.fail("asked") };
  expect((await countLinkedPeople([change(null)], registry, UNBOUNDED)).size).toBe(0);
});
