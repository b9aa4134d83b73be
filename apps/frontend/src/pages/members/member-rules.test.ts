import type { Role } from "@platform-api/client";
import { describe, expect, it } from "vitest";
import { leaveRefusal, ONLY_OWNER } from "../../organization/member-refusal.ts";
import { ROLES } from "../../organization/role-text.ts";
import { nameOf, originText } from "./lists/member-texts.ts";
import { newsOfIntent } from "./many-question.ts";
import { member } from "./member.fixture.ts";
import { applied, isFulfilled, memberRefusal, REMOVE, RESTORE, toRole } from "./member-intents.ts";
import { mayChange, onlyOwners, roleChoices } from "./roles/member-roles.ts";

const caller = (role: Role) => ({ userId: "me", role });

describe("ranks", () => {
  it.each([
    ["owner", ["owner", "admin", "member"]],
    ["admin", ["member"]],
    ["member", []],
  ] as const)("an %s changes %j", (role, changes) => {
    expect(ROLES.filter((other) => mayChange(caller(role), { role: other }))).toEqual(changes);
  });

  it.each([
    ["owner", "member", false, {}],
    ["admin", "member", false, { owner: "Only owners can make someone an owner." }],
    ["owner", "owner", true, { admin: ONLY_OWNER, member: ONLY_OWNER }],
  ] as const)("an %s with a row of the role %s (only owner: %j) cannot choose %j", (by, of, isOnly, why) => {
    const disabled = roleChoices(caller(by), member({ role: of }), isOnly).filter(
      ({ isDisabled }) => isDisabled,
    );
    expect(Object.fromEntries(disabled.map(({ id, note }) => [id, note]))).toEqual(why);
  });
});

it("onlyOwners names the action and the role", () => {
  expect(onlyOwners("remove", { role: "admin" })).toBe("Only owners can remove admins.");
  expect(onlyOwners("restore", { role: "owner" })).toBe("Only owners can restore owners.");
});

describe("intents", () => {
  it.each([
    [member({ role: "member" }), toRole("admin"), false, false],
    [member({ role: "member" }), toRole("member"), false, true],
    [member({ role: "member" }), toRole("owner"), true, false],
    [member({ role: "owner" }), toRole("admin"), true, false],
    [member({ role: "owner" }), REMOVE, true, false],
    [member({ role: "admin" }), REMOVE, false, false],
    [member({ role: "admin", status: "removed" }), REMOVE, false, true],
    [member({ role: "owner", status: "removed" }), RESTORE, false, false],
  ] as const)(
    "%# are asked about only for owners, and fulfilled by the row",
    (row, intent, isAsked, isDone) => {
      expect(intent.question(row, false) !== null).toBe(isAsked);
      expect(isFulfilled(row, intent)).toBe(isDone);
    },
  );

  it("restore an owner as an admin", () => {
    expect(applied(member({ role: "owner", status: "removed" }), RESTORE)).toEqual(member({ role: "admin" }));
  });

  it.each([
    [toRole("owner"), false, "Make ben@a.example an owner?", false],
    [toRole("member"), false, "Make ben@a.example a member?", false],
    [toRole("admin"), true, "Make yourself an admin?", true],
    [REMOVE, false, "Remove ben@a.example?", true],
  ] as const)("%# ask a question", (intent, isSelf, title, isDangerous) => {
    expect(intent.question(member({ role: "owner" }), isSelf)).toMatchObject({ title, isDangerous });
  });
});

it.each([
  ["admin", 2, 0, "2 people are now admins."],
  ["member", 1, 1, "1 person is now a member. 1 was a member already."],
  ["admin", 2, 3, "2 people are now admins. 3 were admins already."],
  ["owner", 0, 1, "1 person was an owner already."],
  ["member", 0, 2, "2 people were members already."],
] as const)("the role %s, new to %d and not to %d, reads: %s", (role, count, already, text) => {
  const changed = Array.from({ length: count }, () => member({ role }));
  expect(newsOfIntent(toRole(role), changed, already)).toBe(text);
});

describe("refusals", () => {
  it.each([
    [
      "CONFLICT",
      RESTORE,
      "Not restored. They left by themselves, or their data was erased. Only an invitation can bring them back.",
      false,
    ],
    ["CONFLICT", REMOVE, "Not removed. Someone else changed this member meanwhile.", false],
    ["RATE_LIMITED", REMOVE, "Not removed. Too many changes at once. Wait a minute.", true],
    ["PLATFORM_UNAVAILABLE", REMOVE, "Not removed. Platform is not responding.", true],
    ["INTERNAL", REMOVE, "Not removed. Platform could not do it.", true],
  ] as const)("%s (%#) reads: %s", (reason, intent, text, canRepeat) => {
    expect(memberRefusal(reason, intent)).toEqual({ text, canRepeat });
  });

  it.each([
    ["LAST_OWNER", "You are the only owner. Make someone else an owner first."],
    ["NOT_READY", "You have not left. This organization has no owner on record. Contact support."],
    ["RATE_LIMITED", "You have not left. Too many changes at once. Wait a minute. Try again in a moment."],
    ["SSO_REQUIRED", "You have not left. Acme now requires single sign-on: sign in with it, then leave."],
  ] as const)("%s of leaving reads: %s", (reason, text) => {
    expect(leaveRefusal(reason, "Acme")).toBe(text);
  });
});

it.each([
  ["invitation", "jane@a.example", "Invited by jane@a.example"],
  ["invitation", null, "Invited by Platform"],
  ["invitation", undefined, "Invited"],
  ["jit", null, "Single sign-on"],
] as const)("originText of %s by %j is %j", (origin, inviter, text) => {
  expect(originText(origin, inviter)).toBe(text);
});

it("names who was erased by the user id", () => {
  expect(nameOf({ email: null, userId: "0a1b2c3d-4" })).toBe("erased user 0a1b2c3d");
});
