import { expect, it } from "vitest";
import { isOrganizationId } from "./organization-id.ts";

it.each(["acme", "A", "acme_2.eu-west", "me2", "Me", "7", "x".repeat(64)])("%s can be an id", (text) => {
  expect(isOrganizationId(text)).toBe(true);
});

it.each(["me", "", "-acme", ".", "a/b", "a b", "acmé", "acme\n", "x".repeat(65)])(
  "%j cannot be an id",
  (text) => {
    expect(isOrganizationId(text)).toBe(false);
  },
);
