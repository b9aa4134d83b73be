import { expect, it } from "vitest";
import { membership } from "../testing/memory-ports.ts";
import { JANE, JOE } from "../testing/people.ts";
import { memberOf } from "./member.ts";

it("shows when a member was removed and by whom, as long as they are", () => {
  const ceased = { member: "2026-11-21T00:00:00.000Z" };
  const removed = membership({ status: "removed", removedBy: JOE, ceased });
  expect(memberOf(removed)).toMatchObject({ removedAt: ceased.member, removedBy: JOE });
  for (const leftAt of [null, ceased.member])
    expect(memberOf(membership({ ceased, leftAt }))).toMatchObject({ removedAt: null, removedBy: null });
});

it("shows a member with what made them one", () => {
  const invited = membership({
    role: "admin",
    status: "removed",
    origin: "invitation",
    invitedFromOutside: true,
    invitedBy: JOE,
    leftAt: "2026-11-20T00:00:00.000Z",
    rev: "secret",
  });
  expect(memberOf(invited)).toEqual({
    userId: JANE,
    email: "jane@acme.example",
    name: null,
    role: "admin",
    status: "removed",
    origin: "invitation",
    outside: true,
    invitedBy: JOE,
    joinedAt: invited.createdAt,
    removedAt: invited.leftAt,
    removedBy: JANE,
  });
});
