import { expect, it } from "vitest";
import { errorOf, refusal } from "../../testing/refusals.ts";
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
  const error = await errorOf(refusal("INPUT_INVALID", { message, status: 400 }));
  expect(refusalText(error, "gmail.com")).toBe(text);
});

it("an error that is not the server's has no words of it", () => {
  expect(refusalText(new Error("fetch: failed"), "acme.com")).toBeNull();
});
