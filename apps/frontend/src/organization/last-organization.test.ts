// @vitest-environment happy-dom
import { afterEach, expect, it } from "vitest";
import { rememberRoute } from "../app/session/last-route.ts";
import {
  forgetOrganization,
  lastOrganization,
  leftBefore,
  rememberLeft,
  rememberOrganization,
} from "./last-organization.ts";

const ROUTE = { connection: "acme-entra", organization: "org_acme", login_hint: "jane@acme.example" };

const ACME = { name: "Acme", id: "acme" };

afterEach(() => localStorage.clear());

it("lastOrganization returns it until it is forgotten, and stores no address", () => {
  rememberRoute(ROUTE);
  rememberOrganization(ACME);
  expect(lastOrganization()).toEqual(ACME);
  expect(localStorage.getItem("platform.organization-name")).not.toContain("jane");
  forgetOrganization();
  expect(lastOrganization()).toBeNull();
});

it("lastOrganization returns nothing for a sign-in through another organization", () => {
  rememberRoute(ROUTE);
  rememberOrganization(ACME);
  rememberRoute({ ...ROUTE, organization: "org_globex" });
  expect(lastOrganization()).toBeNull();
});

it.each(["{bad", "null", "{}", '[null,"Acme"]', "[1,2]", '["acme-entra org_acme","Acme"]'])(
  "lastOrganization ignores '%s'",
  (damaged) => {
    rememberRoute(ROUTE);
    localStorage.setItem("platform.organization-name", damaged);
    expect(lastOrganization()).toBeNull();
  },
);

it("leftBefore returns what that user has left until a sign-out, and nothing damaged", () => {
  const left = [{ id: "acme", name: "Acme", at: "2026-11-25T12:00:00.000Z" }];
  const jane = { userId: "jane", email: "jane@acme.example" };
  rememberLeft(jane, left);
  const whose = [{ userId: "jane" }, { email: jane.email }, { userId: "ben" }, { email: "ben@acme.example" }];
  expect(whose.map(leftBefore)).toEqual([left, left, [], []]);
  for (const damaged of ["{bad", "[]", '{"userId":"jane","left":[{"id":"acme"}]}']) {
    localStorage.setItem("platform.left", damaged);
    expect(leftBefore(jane)).toEqual([]);
  }
  rememberLeft({ userId: "jane", email: null }, left);
  expect(leftBefore({ email: null })).toEqual([]);
  expect(leftBefore({ userId: "jane" })).toEqual(left);
  forgetOrganization();
  expect(leftBefore({ userId: "jane" })).toEqual([]);
});
