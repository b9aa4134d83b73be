import { describe, expect, it } from "vitest";
import {
  ACTS,
  begun,
  ended,
  isFinal,
  isOpen,
  newRun,
  ownerOf,
  RUN_STATUSES,
  type Run,
  shownRun,
  stopped,
  waiting,
} from "./run.ts";

const UUID = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab";
const AT = "2026-12-01T09:00:00.000Z";
const LATER = "2026-12-01T09:00:07.000Z";
const subject = { userId: UUID, organizationId: "acme", since: AT, loginId: "login-1" };
const act = { subject: { ...subject, since: LATER, loginId: "login-2" }, holder: "second", at: LATER };

it("builds an owner from the organization and the user id", () => {
  expect(ownerOf(subject)).toBe(`acme#${UUID}`);
});

it.each(["waad|abc123", "", UUID.toUpperCase(), `${UUID}\n`, `auth0|${UUID}`, UUID.slice(1)])(
  "refuses to build an owner from the user id %j",
  (userId) => {
    expect(() => ownerOf({ organizationId: "acme", userId })).toThrow("not a lower-case UUID");
  },
);

const QUEUED = newRun({ id: UUID, title: "t", isFailing: false, subject, holder: "first" }, AT);
const done = (run: Run, name: Run["steps"][number]["name"]) =>
  ended(begun(run, name, AT), name, { output: name, durationMs: 2 }, LATER);
const RUNNING = begun(done(QUEUED, "read"), "find", AT);
const WAITING = waiting(done(done(RUNNING, "find"), "summarize"), "publish");
const FAILED = ended(RUNNING, "find", { error: "no", durationMs: 3 }, LATER);
const APPROVED = ACTS.approve(WAITING, act);
const SUCCEEDED = done(APPROVED, "publish");
const CANCELLED = ACTS.cancel(RUNNING, act);
const STOPPED = stopped(WAITING, "MEMBERSHIP_REMOVED", LATER);
const FAILED_AT_LAST = ended(begun(APPROVED, "publish", AT), "publish", { error: "no" }, LATER);

it.each<[string, Run, string | null, string | null, string | null]>([
  ["queued", QUEUED, null, null, "cancelled"],
  ["running", RUNNING, null, null, "cancelled"],
  ["waiting", WAITING, "running", null, "cancelled"],
  ["approved", APPROVED, "running", null, "cancelled"],
  ["failed", FAILED, null, "queued", "cancelled"],
  ["failed after its approval", FAILED_AT_LAST, null, "queued", "cancelled"],
  ["succeeded", SUCCEEDED, "succeeded", null, null],
  ["cancelled", CANCELLED, null, null, "cancelled"],
  ["stopped", STOPPED, null, null, null],
])(
  "a run that is %s becomes by approve, retry and cancel what it may, or they are refused",
  (_, run, ...expected) => {
    const became = [ACTS.approve, ACTS.retry, ACTS.cancel].map((each) => {
      try {
        return each(run, act).status;
      } catch (error) {
        expect(error).toMatchObject({ reason: "CONFLICT" });
        return null;
      }
    });
    expect(became).toEqual(expected);
  },
);

describe("a change of a run", () => {
  const steps = (run: Run) => run.steps.map(({ status }) => status);

  it("keeps what is done, and no trace of a step that was interrupted", () => {
    const [read, find] = RUNNING.steps;
    expect([read?.status, find]).toEqual(["done", { name: "find", status: "running", startedAt: AT }]);
    for (const run of [CANCELLED, stopped(RUNNING, "TOKEN_REVOKED", LATER), ACTS.retry(FAILED, act)])
      expect(run.steps).toEqual([read, { name: "find", status: "pending" }, ...QUEUED.steps.slice(2)]);
    expect(FAILED.steps[1]).toEqual({
      name: "find",
      status: "failed",
      startedAt: AT,
      error: "no",
      durationMs: 3,
    });
    expect(steps(STOPPED)).toEqual(["done", "done", "done", "pending"]);
  });

  it("goes on, if its user asked for it, with the process that got it, in the name of the token that asked for it", () => {
    for (const run of [APPROVED, ACTS.retry(FAILED, act)])
      expect(run).toMatchObject({ holder: "second", subject: act.subject });
    expect(CANCELLED).toMatchObject({ holder: "first", subject });
    const { isApproved, isFailing, finishedAt } = ACTS.retry({ ...FAILED_AT_LAST, isFailing: true }, act);
    expect([isApproved, isFailing, finishedAt]).toEqual([true, false, undefined]);
  });

  it("ends it, or leaves it open, or lets it be retried", () => {
    const all = [QUEUED, RUNNING, WAITING, SUCCEEDED, FAILED, CANCELLED, STOPPED];
    expect(all.map(({ status }) => status)).toEqual([...RUN_STATUSES]);
    expect(all.map(isOpen)).toEqual([true, true, true, false, false, false, false]);
    expect(all.map(isFinal)).toEqual([false, false, false, true, false, true, true]);
    expect(all.map(({ finishedAt }) => finishedAt !== undefined)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
  });
});

it("is shown with the time of its work, and without what is for the service alone", () => {
  const shown = JSON.parse(
    JSON.stringify(shownRun(STOPPED, { email: "jane@acme.example", name: "Jane Miller" })),
  );
  expect(shown).toEqual({
    id: UUID,
    title: "t",
    status: "stopped",
    stopped: "MEMBERSHIP_REMOVED",
    createdAt: AT,
    finishedAt: LATER,
    durationMs: 6,
    steps: STOPPED.steps,
    startedBy: "jane@acme.example",
    startedByName: "Jane Miller",
  });
});
