import { parseOrganizationId } from "@platform-api/server/domain";
import { expect, it } from "vitest";
import { describeChange } from "./apply-report.ts";

const organizationId = parseOrganizationId("acme") ?? expect.fail();
const change = (cutOff: string | null) => ({ organizationId, change: "a change", takesAway: true, cutOff });
const report = (stopped: string | null) => ({
  plan: { changes: [], steps: [], warnings: [] },
  linked: { byConnection: new Map([["acme-okta", 1]]), stopped },
  cacheMs: 1_500,
});
const REFUSED = "their tokens through it are refused within 2 s (IDENTITY_CACHE_MS)";

it.each([
  ["only the change when it cuts off no users", null, null, "acme: a change"],
  [
    "how many users a change cuts off",
    "acme-okta",
    null,
    `acme: a change. 1 person is linked through it: ${REFUSED}`,
  ],
  [
    "why the count of users is incomplete",
    "acme-okta",
    "TimeoutError",
    `acme: a change. At least 1 person is linked through it (not all were counted: TimeoutError): ${REFUSED}`,
  ],
])("describes %s", (_, cutOff, stopped, expected) => {
  expect(describeChange(change(cutOff), report(stopped))).toBe(expected);
});
