// @vitest-environment happy-dom
import { afterEach, expect, it } from "vitest";
import { rememberRoute } from "../app/session/last-route.ts";
import {
  forgetOrganizationName,
  lastOrganizationName,
  leftBefore,
  rememberLeft,
  rememberOrganizationName,
} from "./last-organization.ts";

const ROUTE = { connection: "acme-entra", organization: "org_acme", login_hint: "jane@acme.example" };

afterEach(() => localStorage.clear());

it("lastOrganizationName returns the name until it is forgotten, and stores no address", () => {
  rememberRoute(ROUTE);
  rememberOrganizationName("Acme");
  expect(lastOrganizationName()).toBe("Acme");
  expect(localStorage.getItem("platform.organization-name")).not.toContain("jane");
  forgetOrganizationName();
  expect(lastOrganizationName()).toBeNull();
});

it("lastOrganizationName returns nothing for a sign-in through another organization", () => {
  rememberRoute(ROUTE);
  rememberOrganizationName("Acme");
  rememberRoute({ ...ROUTE, organization: "org_globex" });
  expect(lastOrganizationName()).toBeNull();
});

it.each(["{bad", "null", "{}", '[null,"Acme"]', "[1,2]"])("lastOrganizationName ignores '%s'", (damaged) => {
  rememberRoute(ROUTE);
  localStorage.setItem("platform.organization-name", damaged);
  expect(lastOrganizationName()).toBeNull();
});

it("leftBefore returns what that user has left until a sign-out, and nothing damaged", () => {
  const left = [{ id: "acme", name: "Acme", at: "2026-11-25T12:00:00.000Z" }];
  rememberLeft("jane", left);
  expect([leftBefore("jane"), leftBefore("ben")]).toEqual([left, []]);
  for (const damaged of ["{bad", "[]", '{"userId":"jane","left":[{"id":"acme"}]}']) {
    localStorage.setItem("platform.left", damaged);
    expect(leftBefore("jane")).toEqual([]);
  }
  rememberLeft("jane", left);
  forgetOrganizationName();
  expect(leftBefore("jane")).toEqual([]);
});
