import { expect, it } from "vitest";
import { ownerOf } from "./run.ts";

const UUID = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab";
const organization = { id: "acme" };

it("builds an owner from the organization and the user id", () => {
  expect(ownerOf({ organization, identity: { userId: UUID } })).toBe(`acme#${UUID}`);
});

it.each(["waad|abc123", "", UUID.toUpperCase(), `${UUID}\n`, `auth0|${UUID}`, UUID.slice(1)])(
  "refuses to build an owner from the user id %j",
  (userId) => {
    expect(() => ownerOf({ organization, identity: { userId } })).toThrow("not a lower-case UUID");
  },
);
