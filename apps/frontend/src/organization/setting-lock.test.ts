import { describe, expect, it } from "vitest";
import { lockOf } from "./setting-lock.ts";

describe("lockOf", () => {
  it.each([
    ["name", [], "admin", null],
    ["name", [], "owner", null],
    ["name", ["name"], "owner", "Set by Platform. Ask support to change it."],
    ["jit", [], "owner", null],
    ["jit", [], "admin", "Only owners can change this."],
    ["jit", ["jit"], "admin", "Set by Platform. Ask support to change it."],
    ["jit", ["name"], "owner", null],
    ["defaultRole", [], "admin", "Only owners can change this."],
  ] as const)("finds the lock of %s, locked %j, for an %s", (setting, locked, role, reason) => {
    expect(lockOf(setting, { locked: [...locked] }, role)).toBe(reason);
  });
});
