import { expect, it } from "vitest";
import { parseUserId } from "./user-id.ts";

it.each([
  ["3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab", "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab"],
  ["3F2B8C1E-5D4A-4E6B-9A7C-0123456789AB", "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab"],
  ["11111111-1111-1111-1111-111111111111", "11111111-1111-1111-1111-111111111111"],
])("%s is a user id", (text, userId) => {
  expect(parseUserId(text)).toBe(userId);
});

it.each([
  "auth0|abc",
  "waad|3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab",
  "",
  null,
  42,
  {},
  ["3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab"],
  "00000000-0000-0000-0000-000000000000",
  "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
  "3f2b8c1e5d4a4e6b9a7c0123456789ab",
  "{3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab}",
  " 3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab",
  "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab\n",
  "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ag",
  "urn:uuid:3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab",
])("%j is not a user id", (value) => {
  expect(parseUserId(value)).toBeNull();
});
