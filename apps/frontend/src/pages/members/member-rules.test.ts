import type { Member, Role } from "@platform-api/client";
import { describe, expect, it } from "vitest";
import { applied, type Intent, isFulfilled, needsConfirmation } from "../../membership/member-intent.ts";
import { questionAbout } from "../../membership/member-question.ts";
import { leaveRefusal, memberRefusal, ONLY_OWNER } from "../../membership/member-refusal.ts";
import { nameOf, originText } from "./lists/member-texts.ts";
import { mayChange, onlyOwners, roleChoices } from "./roles/member-roles.ts";

const ROLES = ["owner", "admin", "member"] as const;
const caller = (role: Role) => ({ userId: "me", role });

function member(role: Role, status: Member["status"] = "active"): Member {
  return {
    userId: "0a1b2c3d-4",
    email: "ben@a.example",
    role,
    status,
    origin: "invitation",
    outside: false,
    invitedBy: null,
    joinedAt: "2026-11-26T00:00:00Z",
  };
}

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
    const disabled = roleChoices(caller(by), member(of), isOnly).filter(({ isDisabled }) => isDisabled);
    expect(Object.fromEntries(disabled.map(({ id, note }) => [id, note]))).toEqual(why);
  });
});

it("onlyOwners names the action and the role", () => {
  expect(onlyOwners("remove", { role: "admin" })).toBe("Only owners can remove admins.");
  expect(onlyOwners("restore", { role: "owner" })).toBe("Only owners can restore owners.");
});

describe("intents", () => {
  const role = (to: Role): Intent => ({ kind: "role", role: to });
  it.each([
    [member("member"), role("admin"), false, false],
    [member("member"), role("member"), false, true],
    [member("member"), role("owner"), true, false],
    [member("owner"), role("admin"), true, false],
    [member("owner"), { kind: "remove" }, true, false],
    [member("admin"), { kind: "remove" }, false, false],
    [member("admin", "removed"), { kind: "remove" }, false, true],
    [member("owner", "removed"), { kind: "restore" }, false, false],
  ] as const)(
    "%# are asked about only for owners, and fulfilled by the row",
    (row, intent, isAsked, isDone) => {
      expect(needsConfirmation(row, intent)).toBe(isAsked);
      expect(isFulfilled(row, intent)).toBe(isDone);
    },
  );

  it("restore an owner as an admin", () => {
    expect(applied(member("owner", "removed"), { kind: "restore" })).toEqual(member("admin"));
  });

  it.each([
    [role("owner"), false, "Make ben@a.example an owner?", false],
    [role("member"), false, "Make ben@a.example a member?", false],
    [role("admin"), true, "Make yourself an admin?", true],
    [{ kind: "remove" }, false, "Remove ben@a.example?", true],
  ] as const)("%# ask a question", (intent, isSelf, title, isDangerous) => {
    expect(questionAbout(member("owner"), intent, isSelf)).toMatchObject({ title, isDangerous });
  });
});

describe("refusals", () => {
  it.each([
    ["CONFLICT", "restore", "Not restored. They left by themselves. Invite them instead.", false],
    ["CONFLICT", "remove", "Not removed. Someone else changed this member meanwhile.", false],
    ["RATE_LIMITED", "remove", "Not removed. Too many changes at once. Wait a minute.", true],
    ["PLATFORM_UNAVAILABLE", "remove", "Not removed. Platform is not responding. You may be offline.", true],
    ["INTERNAL", "remove", "Not removed. Platform could not do it.", true],
  ] as const)("%s of a %s reads: %s", (reason, kind, text, canRepeat) => {
    expect(memberRefusal(reason, { kind })).toEqual({ text, canRepeat });
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

it("names a member without an address by the user id", () => {
  expect(nameOf({ email: null, userId: "0a1b2c3d-4" })).toBe("user 0a1b2c3d");
});
