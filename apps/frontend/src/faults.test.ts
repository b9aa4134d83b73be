import { createPlatformClient } from "@platform-api/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FAULTS, faultOf, isOutage } from "./faults.ts";
import { RunsError } from "./runs.ts";
import { type Reply, type Service, startService } from "./service.fixture.ts";

let platform: Service;

beforeAll(async () => {
  platform = await startService();
});
afterAll(() => platform.close());

const refusal = (status: number, reason: string): Reply => ({
  status,
  body: { error: { code: -32_000, message: reason, data: { code: "X", httpStatus: status, reason } } },
});

it.each<[string, Reply, string]>([
  ["a reason of platform-api", refusal(403, "MEMBERSHIP_REMOVED"), "MEMBERSHIP_REMOVED"],
  ["a reason that this version does not know", refusal(403, "NEW_REASON"), "INTERNAL"],
  ["a page in place of an answer", { status: 200, body: "<html>" }, "PLATFORM_UNAVAILABLE"],
  ["no answer", "reset", "PLATFORM_UNAVAILABLE"],
])("%s is told as such", async (_, reply, fault) => {
  platform.replies = { "/trpc/org.me": reply };
  const client = createPlatformClient({ url: platform.url, retries: 0 });
  expect(faultOf(await client.org.me.query().catch((error: unknown) => error))).toBe(fault);
});

it("a reason of agentic-backend is told as such", () => {
  expect(faultOf(new RunsError("RUNS_UNAVAILABLE"))).toBe("RUNS_UNAVAILABLE");
});

it("an outage offers to try now, and no refusal says that it mends itself", () => {
  for (const reason of Object.keys(FAULTS) as (keyof typeof FAULTS)[]) {
    const { actions } = FAULTS[reason];
    if (isOutage(reason)) expect(actions[0], reason).toBe("tryNow");
    else expect(FAULTS[reason].next, reason).not.toMatch(/nothing you need to do/);
  }
});
