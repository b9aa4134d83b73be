// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { waysOf } from "./ways.tsx";

const email = "jane@acme.example";
const option = (displayName: string) => ({
  displayName,
  authorize: { connection: displayName.toLowerCase(), login_hint: email },
});
const sso = (passwordAllowed: boolean, ...names: string[]) => ({
  method: "sso" as const,
  passwordAllowed,
  options: names.map(option),
});

it.each([
  ["a password for an unknown domain", { method: "password" as const }, false, [null]],
  ["the company's sign-in alone where it is enforced", sso(false, "Entra"), false, ["Entra"]],
  ["a password as well where it is allowed", sso(true, "Entra"), false, ["Entra", null]],
  ["each of several connections", sso(true, "Entra", "Okta"), false, ["Entra", "Okta", null]],
  ["no password to whoever needs SSO", sso(true, "Entra", "Okta"), true, ["Entra", "Okta"]],
  ["a password to whoever needs SSO where there is none", { method: "password" as const }, true, [null]],
])("offers %s", (_, discovery, isSsoOnly, names) => {
  const ways = waysOf(discovery, email, isSsoOnly);
  expect(ways.map(({ name }) => name)).toEqual(names);
  expect(ways.every(({ route }) => route.login_hint === email)).toBe(true);
});
