// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from "vitest";
import { passwordRoute } from "../../sign-in/sign-in-options.tsx";
import { forgetRoute, isRemembered, lastRoute, rememberRoute, takeSilentRoute } from "./last-route.ts";

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

describe("takeSilentRoute", () => {
  const openTab = () => sessionStorage.clear();

  it("returns the route of this browser once per tab", () => {
    expect(takeSilentRoute()).toBeNull();
    rememberRoute(ROUTE);
    for (let tab = 0; tab < 2; tab += 1) {
      openTab();
      expect([takeSilentRoute(), takeSilentRoute()]).toEqual([ROUTE, null]);
    }
  });

  it.each([
    ["began a sign-in, so that the back button does not lead forward again", () => rememberRoute(ROUTE)],
    ["signed out, or chose another address", forgetRoute],
  ])("returns nothing in a tab that %s", (_, act) => {
    act();
    localStorage.setItem("platform.sign-in", `${new URLSearchParams(ROUTE)}`); // by another tab
    expect(takeSilentRoute()).toBeNull();
  });

  it("returns nothing after a sign-out in another tab", () => {
    rememberRoute(ROUTE);
    sessionStorage.removeItem("platform.no-silent-sign-in");
    localStorage.clear();
    expect([takeSilentRoute(), isRemembered()]).toEqual([null, false]);
  });
});

it.each(["{bad", "null", "", "connection=acme-entra"])(
  "lastRoute ignores the stored value '%s'",
  (damaged) => {
    sessionStorage.setItem("platform.sign-in", damaged);
    expect(lastRoute()).toBeNull();
  },
);
