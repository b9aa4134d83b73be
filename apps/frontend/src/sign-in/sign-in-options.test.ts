// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { onlyOptionOf, signInOptionsOf } from "./sign-in-options.tsx";

const email = "jane@acme.example";
const option = (displayName: string) => ({
  connection: displayName.toLowerCase(),
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
  ["only SSO if it is enforced", sso(false, "Entra"), false, ["Entra"]],
  ["SSO and a password if both are allowed", sso(true, "Entra"), false, ["Entra", null]],
  ["each of several connections and a password", sso(true, "Entra", "Okta"), false, ["Entra", "Okta", null]],
  ["no password if the user needs SSO", sso(true, "Entra", "Okta"), true, ["Entra", "Okta"]],
  ["a password if the user needs SSO but none is set up", { method: "password" as const }, true, [null]],
])("signInOptionsOf offers %s", (_, discovery, isSsoOnly, names) => {
  const options = signInOptionsOf(discovery, email, { isSsoOnly, isInvited: false });
  expect(options.map(({ name }) => name)).toEqual(names);
  expect(options.every(({ route }) => route.login_hint === email)).toBe(true);
});

it.each([
  ["a password for an unknown domain", { method: "password" as const }, false, true],
  ["a single connection if SSO is enforced", sso(false, "Entra"), false, true],
  ["a single connection if the user needs SSO", sso(true, "Entra"), true, true],
  ["no password if the user needs SSO", { method: "password" as const }, true, false],
  ["none of two options", sso(true, "Entra"), false, false],
])("onlyOptionOf takes %s", (_, discovery, isSsoOnly, isTaken) => {
  const options = signInOptionsOf(discovery, email, { isSsoOnly, isInvited: false });
  expect(onlyOptionOf(options, isSsoOnly)).toBe(isTaken ? options[0] : null);
});

it("signInOptionsOf lets who is invited create an account, unless the company signs them in", () => {
  const options = signInOptionsOf(sso(true, "Entra"), email, { isSsoOnly: false, isInvited: true });
  expect(options.map(({ route }) => route.screen_hint)).toEqual([undefined, "signup"]);
});
