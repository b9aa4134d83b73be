import { expect, it } from "vitest";
import type { Domain } from "../../organization/trusted-domains.ts";
import { routeThrough, testAddress } from "./test-address.ts";

const domain = (name: string, state: Domain["state"] = "verified") => ({ domain: name, state });

it.each<[string | null, Pick<Domain, "domain" | "state">[], string | null, boolean]>([
  ["jane@acme.com", [domain("acme.org"), domain("acme.com")], "jane@acme.com", true],
  ["jane@acme.com", [domain("acme.com", "missing")], "jane@acme.com", true],
  ["jane@acme.com", [domain("acme.com", "pending"), domain("acme.org")], "someone@acme.org", false],
  ["nora@home.example", [domain("acme.com")], "someone@acme.com", false],
  [null, [domain("acme.com")], "someone@acme.com", false],
  ["jane@acme.com", [domain("acme.com", "lapsed")], null, false],
])("testAddress(%j, %j) is %j", (email, domains, expected, isOwn) => {
  expect(testAddress(email, domains)).toEqual(expected && { email: expected, isOwn });
});

it("takes the route of the connection, with an address only if it is the user's own", () => {
  const authorize = { connection: "acme-okta", organization: "org_1", login_hint: "jane@acme.com" };
  const options = [{ connection: "acme-okta", displayName: "Okta", authorize }];
  const discovery = { method: "sso", passwordAllowed: true, options } as const;
  const own = { email: "jane@acme.com", isOwn: true };
  expect(routeThrough("acme-okta", own, { ...discovery, options })).toEqual(authorize);
  const { login_hint: _, ...where } = authorize;
  expect(routeThrough("acme-okta", { ...own, isOwn: false }, { ...discovery, options })).toEqual(where);
  expect(routeThrough("acme-entra", own, { ...discovery, options })).toBeNull();
  expect(routeThrough("acme-okta", own, { method: "password" })).toBeNull();
});
