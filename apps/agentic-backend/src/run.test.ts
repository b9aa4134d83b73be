import { expect, it } from "vitest";
import { ownerOf } from "./run.ts";

const UUID = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab";
const organization = { id: "acme" };

it("owns by organization and UUID", () => {
  expect(ownerOf({ organization, identity: { userId: UUID } })).toBe(`acme#${UUID}`);
});

it.each(["waad|abc123", "", UUID.toUpperCase(), `${UUID}\n`, `auth0|${UUID}`, UUID.slice(1)])(
  "nothing is owned by %j",
  (userId) => {
    expect(() => ownerOf({ organization, identity: { userId } })).toThrow("no lower-case UUID");
  },
);
