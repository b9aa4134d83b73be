import { expect, it } from "vitest";
import { path } from "./management-call.ts";
import { parseTicket } from "./ticket-url.ts";

const TENANT = "https://acme.eu.auth0.com";
const LOCAL = "http://localhost:4003";

it.each([
  [`${TENANT}/self-service/connections-flow?ticket=abc`, TENANT, "abc"],
  ["https://login.acme.example/self-service/connections-flow?ticket=A-_1", TENANT, "A-_1"],
  ["http://127.0.0.1:4003/self-service/connections-flow?ticket=abc", LOCAL, "abc"],
  ["http://localhost:4003/self-service/connections-flow?ticket=abc", TENANT, null],
  ["http://acme.eu.auth0.com/self-service/connections-flow?ticket=abc", LOCAL, null],
  ["https://u:p@acme.eu.auth0.com/self-service/connections-flow?ticket=abc", TENANT, null],
  ["javascript:alert(1)//?ticket=abc", TENANT, null],
  [`${TENANT}/self-service/connections-flow?ticket=abc&ticket=def`, TENANT, null],
  [`${TENANT}/self-service/connections-flow?ticket=`, TENANT, null],
  [`${TENANT}/self-service/connections-flow?ticket=../x`, TENANT, null],
  [`${TENANT}/self-service/connections-flow#ticket=abc`, TENANT, null],
  ["", TENANT, null],
])("the ticket of %j from %s is %j", (text, tenant, expected) => {
  expect(parseTicket(text, tenant)?.ticketId ?? null).toBe(expected);
});

it("makes one segment of each value of a path", () => {
  expect(path`a/${"b/c"}/d/${"https://x?y"}`).toBe("a/b%2Fc/d/https%3A%2F%2Fx%3Fy");
  for (const value of ["", ".", "..", "a\n", "\ud800"]) expect(() => path`a/${value}`).toThrow(TypeError);
});
