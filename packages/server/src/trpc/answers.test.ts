import { expect, it } from "vitest";
import { z } from "zod";
import { messageOf, readInput, toTRPCError } from "./answers.ts";
import { instantInput, pageInput, roleSchema, rowsOf, userIdInput } from "./schemas.ts";

const FIELDS = z.strictObject({
  name: z.string().min(1).max(3),
  jit: z.boolean(),
  ...pageInput,
  role: roleSchema,
  from: instantInput,
  userIds: rowsOf(userIdInput),
});
const GIVEN = {
  name: "Ann",
  jit: true,
  role: "admin",
  from: "2026-12-01T12:00:00Z",
  userIds: ["00000001-0000-4000-8000-000000000000"],
};

it.each<[input: object, words: string]>([
  [{ name: undefined }, "name: is missing"],
  [{ name: 3 }, "name: must be a string"],
  [{ name: "" }, "name: must not be empty"],
  [{ name: "Anna" }, "name: must have at most 3 characters"],
  [{ jit: "no" }, "jit: must be true or false"],
  [{ limit: "many" }, "limit: must be a number"],
  [{ limit: 1.5 }, "limit: must be a whole number"],
  [{ limit: 0 }, "limit: must be at least 1"],
  [{ limit: 1_000 }, "limit: must be at most 100"],
  [{ role: "king" }, "role: must be one of member, admin, owner"],
  [{ from: "today" }, "from: must be a time such as 2026-12-01T12:00:00Z"],
  [{ userIds: [] }, "userIds: must not be empty"],
  [{ userIds: ["jane"] }, "userIds.0: must be a UUID"],
  [{ rôle: "owner", nam: "Ann" }, "input: unknown keys rôle, nam"],
  [{ name: 3, jit: null }, "name: must be a string; jit: must be true or false"],
])("names the field of %j, and says what it must be", (wrong, words) => {
  expect(said({ ...GIVEN, ...wrong })).toBe(`The request is not valid: ${words}`);
});

it("says that the input is missing, or not an object", () => {
  expect([undefined, []].map(said)).toEqual([
    "The request is not valid: input: is missing",
    "The request is not valid: input: must be an object",
  ]);
});

function said(input: unknown): string {
  try {
    return `accepted: ${JSON.stringify(readInput(FIELDS, input))}`;
  } catch (error) {
    return messageOf(toTRPCError(error));
  }
}
