import { parseDomain } from "@platform-api/server/domain";
import { expect, it } from "vitest";
import { describeAction } from "./action.ts";

const PLAIN = { action: "role-changed", domain: null, before: null, after: null } as const;

it.each<[Partial<Parameters<typeof describeAction>[0]>, string]>([
  [{}, "role-changed"],
  [{ domain: parseDomain("acme.example") }, "role-changed acme.example"],
  [{ before: { role: "member" }, after: { role: "admin" } }, "role-changed (role: member → admin)"],
  [
    { before: { jit: true, role: "owner" }, after: { jit: false, name: "Acme" } },
    "role-changed (jit: true → false, role: owner → –, name: – → Acme)",
  ],
  [{ before: { auth0OrgId: null }, after: { auth0OrgId: "org_1" } }, "role-changed (auth0OrgId: – → org_1)"],
  [{ before: null, after: {} }, "role-changed"],
])("describes an action with %o", (more, expected) => {
  expect(describeAction({ ...PLAIN, ...more })).toBe(expected);
});
