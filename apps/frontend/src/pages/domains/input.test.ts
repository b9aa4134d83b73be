import { createPlatformClient } from "@platform-api/client";
import { expect, it } from "vitest";
import { domainIn, refusalText, suggestedDomain } from "./input.ts";

it.each([
  ["jane@acme.com", [], "acme.com"],
  ["jane@acme.com", ["acme.com"], ""],
  ["jane@gmail.com", [], ""],
  [null, [], ""],
])("%s with %o is offered “%s”", (email, listed, domain) => {
  expect(suggestedDomain(email, listed)).toBe(domain);
});

it.each([
  [" Acme.COM ", "acme.com"],
  ["jane@acme.com", "acme.com"],
  ["@acme.com", "acme.com"],
  ["https://www.acme.com/about?x=1#top", "acme.com"],
  ["https://jane@acme.com:8443", "acme.com"],
  ["www.acme.com", "www.acme.com"],
  ["acme.com.", "acme.com"],
  ["bücher.example", "bücher.example"],
  ["localhost", "localhost"],
  ["   ", ""],
])("%o means %s", (text, domain) => {
  expect(domainIn(text)).toBe(domain);
});

it.each([
  [
    "The request is not valid: the domain is a public mail domain: its addresses belong to no organization",
    "gmail.com is a public mail domain: its addresses belong to no organization.",
  ],
  [
    "The request is not valid: domain: must be a domain, such as acme.example",
    "Enter a domain, such as acme.example.",
  ],
  ["Something else must be done first: the organization is closed", "The organization is closed."],
  ["The request is not valid", null],
])("the server's “%s” reads %o", async (message, text) => {
  const error = {
    code: -32_600,
    message,
    data: { code: "BAD_REQUEST", httpStatus: 400, reason: "INPUT_INVALID" },
  };
  const client = createPlatformClient({
    url: "http://platform.example",
    fetch: async () => Response.json({ error }, { status: 400 }),
  });
  const refused: unknown = await client.discover.byEmail
    .mutate({ email: "jane@gmail.com" })
    .catch((thrown: unknown) => thrown);
  expect(refusalText(refused, "gmail.com")).toBe(text);
});

it("an error that is not the server's has no words of it", () => {
  expect(refusalText(new Error("fetch: failed"), "acme.com")).toBeNull();
});
