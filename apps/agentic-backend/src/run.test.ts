import { expect, it } from "vitest";
import { parseOwner } from "./run.ts";

const UUID = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab";

it("owns by organization and UUID", () => {
  expect(parseOwner("acme", UUID)).toBe(`acme#${UUID}`);
});

it.each(["waad|abc123", "", UUID.toUpperCase(), `${UUID}\n`, `auth0|${UUID}`, UUID.slice(1)])(
  "nothing is owned by %j",
  (userId) => {
    expect(() => parseOwner("acme", userId)).toThrow("no lower-case UUID");
  },
);
