import { describe, expect, it } from "vitest";
import { secretProblem } from "./secrets.ts";
import { LEGACY_SECRET } from "./testing/signed-token.ts";

describe("secretProblem", () => {
  it.each([
    ["empty", "", "shorter than 32 bytes"],
    ["a space", " ", "shorter than 32 bytes"],
    ["of 8 bytes", "s3cret!!", "shorter than 32 bytes"],
    ["of 31 bytes", LEGACY_SECRET.slice(0, 31), "shorter than 32 bytes"],
    ["one character, repeated", "0".repeat(64), "one repeated character"],
    ["jwt.io's example", "a-string-secret-at-least-256-bits-long", "a published example"],
    ["Supabase's default", "super-secret-jwt-token-with-at-least-32-characters-long", "a published example"],
  ])("T05: names the problem of a secret that is %s", (_, secret, problem) => {
    expect(secretProblem(secret)).toBe(problem);
  });

  it("counts bytes, not characters", () => {
    expect(secretProblem(LEGACY_SECRET.slice(0, 32))).toBeNull();
    expect(secretProblem("äöüßéèêëñçåøæœþð")).toBeNull();
  });
});
