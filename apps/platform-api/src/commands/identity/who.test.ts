import { expect, it } from "vitest";
import { whoIs } from "./who.ts";

const UUID = "090a6f4d-6987-4fbb-932a-0adc02d30703";
const ADDRESS = "eve@acme.example";
const SAML = `samlp|acme|${ADDRESS}`;

it.each<[string, string, string | undefined, object]>([
  ["a UUID", UUID.toUpperCase(), undefined, { userId: UUID }],
  ["a subject", "waad|eve", undefined, { tenant: "default", subject: "waad|eve" }],
  ["a subject that holds an address", SAML, undefined, { tenant: "default", subject: SAML }],
  ["a subject with its tenant", "other:waad|eve", undefined, { tenant: "other", subject: "waad|eve" }],
  ["a subject with a colon", "oidc|a:b", undefined, { tenant: "default", subject: "oidc|a:b" }],
  ["a subject of --tenant", "a:b", "other", { tenant: "other", subject: "a:b" }],
  ["the subject of a legacy token", `platform:${UUID}`, undefined, { userId: UUID }],
])("reads %s", (_, text, option, expected) => {
  expect(whoIs(text, option, "default")).toEqual(expected);
});
