// @vitest-environment happy-dom
import { afterEach, expect, it } from "vitest";
import { rememberRoute } from "../app/session/last-route.ts";
import {
  forgetOrganizationName,
  lastOrganizationName,
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
