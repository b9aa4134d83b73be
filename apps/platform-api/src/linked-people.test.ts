import { parseOrganizationId, Refusal } from "@platform-api/server/domain";
import { expect, it } from "vitest";
import { countLinkedPeople, describeLinkedPeople } from "./linked-people.ts";

const organizationId = parseOrganizationId("acme") ?? expect.fail();
const change = (cutOff: string | null) => ({ organizationId, change: "a change", takesAway: true, cutOff });

async function* failing() {
  yield* ["acme-okta", "other"];
  throw new Refusal("STORE_UNAVAILABLE", "link: scanning failed", {
    cause: new DOMException("", "TimeoutError"),
  });
}

it("says how many were counted before the store failed, and why it stopped", async () => {
  const registry = { linkedConnections: failing };
  const ports = { registry, cacheMs: 1_500 };
  const linked = await countLinkedPeople(
    [change(null), change("acme-okta")],
    ports,
    AbortSignal.timeout(5_000),
  );
  expect(describeLinkedPeople(change("acme-okta"), linked)).toBe(
    ". At least 1 person is linked through it (not all were counted: TimeoutError): " +
      "their tokens through it are refused within 2 s (IDENTITY_CACHE_MS)",
  );
});

it("reads nothing where no connection is taken away", async () => {
  const registry = { linkedConnections: () => expect.fail("read") };
  const linked = await countLinkedPeople(
    [change(null)],
    { registry, cacheMs: 0 },
    AbortSignal.timeout(5_000),
  );
  expect(describeLinkedPeople(change(null), linked)).toBe("");
});
