// @vitest-environment happy-dom
import { afterEach, expect, it } from "vitest";
import { forgetRoute, lastRoute, rememberRoute } from "./last-route.ts";
import { passwordRoute } from "./ways.tsx";

const ROUTE = { connection: "acme-entra", organization: "org_acme", login_hint: "jane@acme.example" };

afterEach(() => {
  sessionStorage.clear();
  localStorage.clear();
});

it.each([ROUTE, passwordRoute("jane+x@acme.example")])(
  "is known in a new tab until it is forgotten: %o",
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

it("is that of this tab, whoever else signs in in another one", () => {
  rememberRoute(ROUTE);
  const mine = { ...sessionStorage };
  rememberRoute(passwordRoute("joe@acme.example"));
  for (const [key, value] of Object.entries(mine)) sessionStorage.setItem(key, String(value));
  expect(lastRoute()).toEqual(ROUTE);
});

it.each(["{bad", "null", "", "connection=acme-entra"])("kept as '%s' is none", (damaged) => {
  sessionStorage.setItem("platform.sign-in", damaged);
  expect(lastRoute()).toBeNull();
});
