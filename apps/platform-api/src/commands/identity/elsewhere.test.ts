import { parseUserId } from "@platform-api/server/domain";
import { expect, it } from "vitest";
import { stillElsewhere } from "./elsewhere.ts";

it("an erasure names the issuer of legacy tokens where there is one, and what refuses them", () => {
  const userId = parseUserId("00000001-0000-4000-8000-000000000000");
  if (userId === null) expect.unreachable();
  const plan = { person: { userId, subjects: [] }, isDeclared: false };
  const [without, withIssuer] = [{}, { PLATFORM_JWT_ISSUER: "https://old.example" }].map((env) =>
    stillElsewhere(plan, env).filter((each) => each.includes(`\`identity block ${userId}\``)),
  );
  expect(without).toEqual([]);
  expect(withIssuer).toMatchObject([expect.stringMatching(/^https:\/\/old\.example .*Stop it there/)]);
});
