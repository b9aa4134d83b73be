// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { takeEmailHint } from "./email-hint.ts";

it.each([
  ["/sign-in#email=jane%40acme.example", "jane@acme.example", "/invitation"],
  ["/sign-in/#email=jane@acme.example", "jane@acme.example", "/invitation"],
  ["/sign-in#email=o%27hara%2Btest%40acme.example", "o'hara+test@acme.example", "/invitation"],
  ["/sign-in#email=jane+test@acme.example", "jane+test@acme.example", "/invitation"],
  ["/sign-in#email=%zz%40acme.example", "%zz@acme.example", "/invitation"],
  ["/sign-in#email=", null, "/"],
  ["/sign-in#email=jane", null, "/"],
  ["/sign-in#email=two%20words%40acme.example", null, "/"],
  ["/sign-in#email=a%40b%40acme.example", null, "/"],
  [`/sign-in#email=${"a".repeat(254)}%40acme.example`, null, "/"],
  ["/#email=jane%40acme.example", "jane@acme.example", "/"],
  ["/#email=jane", null, "/"],
  ["/?search=1#else", null, "/?search=1#else"],
  ["/sign-in", null, "/"],
  ["/sign-in?email=jane%40acme.example", null, "/"],
  ["/runs/7#email=jane%40acme.example", null, "/runs/7#email=jane%40acme.example"],
])("%s gives %j and leaves %s in the address bar", (path, hint, left) => {
  history.replaceState(null, "", path);
  expect(takeEmailHint()).toBe(hint);
  expect(location.href).toBe(new URL(left, location.origin).href);
});
