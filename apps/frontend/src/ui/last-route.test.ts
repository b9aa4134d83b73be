// @vitest-environment happy-dom
import { afterEach, expect, it } from "vitest";
import { forgetRoute, lastRoute, rememberRoute } from "./last-route.ts";
import { passwordRoute } from "./sign-in-options.tsx";

const ROUTE = { connection: "acme-entra", organization: "org_acme", login_hint: "jane@acme.example" };

afterEach(() => {
  sessionStorage.clear();
  localStorage.clear();
});

it.each([ROUTE, passwordRoute("jane+x@acme.example")])(
  "lastRoute returns the route %o in this tab and in a new one until it is forgotten",
  (route) => {
    rememberRoute(route);
    expect(lastRoute()).toEqual(route);
    sessionStorage.clear();
    expect(lastRoute()).toEqual(route);
    forgetRoute();
    expect(lastRoute()).toBeNull();
    expect(localStorage.length).toBe(0);
  },
);

it("lastRoute returns the route of this tab after another tab signs in differently", () => {
  rememberRoute(ROUTE);
  const mine = { ...sessionStorage };
  rememberRoute(passwordRoute("joe@acme.example"));
  for (const [key, value] of Object.entries(mine)) sessionStorage.setItem(key, String(value));
  expect(lastRoute()).toEqual(ROUTE);
});

it.each(["{bad", "null", "", "connection=acme-entra"])(
  "lastRoute ignores the stored value '%s'",
  (damaged) => {
    sessionStorage.setItem("platform.sign-in", damaged);
    expect(lastRoute()).toBeNull();
  },
);
