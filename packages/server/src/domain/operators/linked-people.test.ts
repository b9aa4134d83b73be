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

async function* links() {
  yield* ["acme-okta", "other", "acme-okta"];
}

async function* failingLinks() {
  yield* ["acme-okta", "other"];
  throw new Refusal("STORE_UNAVAILABLE", "link: scanning failed", {
    cause: new DOMException("", "TimeoutError"),
  });
}

it.each([
  ["all links", "all users", links, { count: 2, stopped: null }],
  ["links until it fails", "those so far and why", failingLinks, { count: 1, stopped: "TimeoutError" }],
])(
  "counts %s of a connection that is taken away, and returns %s",
  async (_, __, linkedConnections, { count, stopped }) => {
    const changes = [change(null), change("acme-okta"), change("acme-adfs")];
    const byConnection = new Map([
      ["acme-okta", count],
      ["acme-adfs", 0],
    ]);
    expect(await countLinkedPeople(changes, { linkedConnections }, UNBOUNDED)).toEqual({
      byConnection,
      stopped,
    });
  },
);

it("does not read the table when no connection is taken away", async () => {
  const registry = { linkedConnections: () => expect.fail("read") };
  expect(await countLinkedPeople([change(null)], registry, UNBOUNDED)).toEqual({
    byConnection: new Map(),
    stopped: null,
  });
});
