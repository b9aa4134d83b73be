import { expect, it } from "vitest";
import { joinByDomainText, joinText } from "./rules.ts";

type Domains = Parameters<typeof joinByDomainText>[0];
const of = (state: Domains[number]["state"], domain = "a.example") => ({ domain, state });
const BOTH = [of("verified"), of("missing", "b.example")];

it.each<[Domains, boolean, string]>([
  [[], true, "No verified domain"],
  [[of("pending")], true, "No verified domain"],
  [[of("lapsed")], true, "No verified domain"],
  [[of("verified")], true, "People with an @a.example address can join"],
  [[of("missing")], false, "People with an @a.example address join by invitation"],
  [BOTH, true, "People with an @a.example or @b.example address can join"],
])("joinByDomainText(%j, %s)", (domains, jit, text) => {
  expect(joinByDomainText(domains, jit)).toBe(text);
});

it.each([
  [false, false, true, "People join by invitation."],
  [true, false, false, "press Join after signing in. Those who were removed stay out."],
  [true, false, true, "through your single sign-on at once, with a password after pressing Join. Those who"],
  [true, true, true, "become members when they sign in. Those who were removed stay out."],
])("joinText with jit %s, enforceSso %s and a connection %s", (jit, enforceSso, hasConnection, text) => {
  expect(joinText({ jit, enforceSso }, hasConnection)).toContain(text);
});
