import { describe, expect, it } from "vitest";
import { parseDomain } from "../domain/index.ts";
import { domainNames } from "./domain-names.ts";
import { valid } from "./dynamodb/testing/examples.ts";

const MAIL = "is a public mail domain: its addresses belong to no organization";
const SUFFIX = "is a public suffix: anyone can register a name under it";

describe("a domain", () => {
  it.each([
    ["gmail.com", MAIL],
    ["googlemail.com", MAIL],
    ["outlook.com", MAIL],
    ["yahoo.co.uk", MAIL],
    ["gmx.de", MAIL],
    ["web.de", MAIL],
    ["proton.me", MAIL],
    ["privaterelay.appleid.com", MAIL],
    ["relay.firefox.com", MAIL],
    ["onmicrosoft.com", MAIL],
    ["tuta.com", MAIL],
    ["co.uk", SUFFIX],
    ["com.au", SUFFIX],
    ["github.io", SUFFIX],
    ["herokuapp.com", SUFFIX],
    ["blogspot.com", SUFFIX],
    ["acme.example", null],
    ["eu.acme.example", null],
    ["acme.co.uk", null],
    ["acme.github.io", null],
    ["acme.onmicrosoft.com", null],
    ["mail.gmail.example", null],
    ["b\u00fccher.example", null],
  ])("%s: %s", (name, problem) => {
    expect(domainNames.problemOf(valid(parseDomain(name)))).toBe(problem);
  });

  it.each([
    ["acme.example", "acme.example"],
    ["eu.acme.example", "acme.example"],
    ["a.b.acme.co.uk", "acme.co.uk"],
    ["acme.co.uk", "acme.co.uk"],
    ["www.acme.github.io", "acme.github.io"],
    ["eu.b\u00fccher.example", "xn--bcher-kva.example"],
    ["eu.acme.internal", "acme.internal"],
    ["co.uk", "co.uk"],
  ])("%s is registered as %s", (name, registrable) => {
    expect(domainNames.registrable(valid(parseDomain(name)))).toBe(registrable);
  });
});
