import { describe, expect, it } from "vitest";
import { parseDomain } from "../email.ts";
import { loginIdOf } from "../subject-key.ts";
import { address, JANE, JOE, valid } from "../testing/people.ts";
import { addressesAt, namesOf, type Person, plainNamesOf, withNames } from "./person.ts";

const okta = { tenant: "default", subject: "okta|acme|j(a)ne+1" };
const jane: Person = {
  userId: JANE,
  subjects: [okta],
  former: [],
  invitations: [],
  addresses: [address("jane@acme.example")],
};

describe("a person is named", () => {
  it.each<[string, unknown, boolean]>([
    ["by the UUID in a key", { pk: `USER#${JANE}` }, true],
    ["by the UUID as a key deep inside", { a: [{ [JANE]: null }] }, true],
    ["by another UUID", { userId: JOE }, false],
    ["by the subject", { subject: okta.subject }, true],
    ["by what services call the subject", { keys: [`links ${loginIdOf(okta)}`] }, true],
    ["by a subject that goes on", { subject: `${okta.subject}2` }, false],
    ["by a subject that has it as a part", { subject: `${okta.subject}|b` }, false],
    ["by the address in a key", { pk: "INVITATION#jane@acme.example" }, true],
    ["by the address in a list position", { gsi1sk: `MEMBERSHIP#active#jane@acme.example#${JOE}` }, true],
    ["by the address with capitals in a subject", { subject: "samlp|acme|Jane@Acme.example" }, true],
    ["by the address at the end of a sentence", { name: "Team of jane@acme.example." }, true],
    ["by an address that ends so", { email: "mary-jane@acme.example" }, false],
    ["by an address that begins so", { email: "jane@acme.example.org" }, false],
    ["by an address whose pattern would fit", { email: "jane@acmeXexample" }, false],
    ["by nothing", { email: null, count: 1, list: [] }, false],
  ])("%s", (_, item, isNamed) => {
    expect(namesOf(jane)(item)).toBe(isNamed);
  });

  it("a UUID is enough where nothing else is known, and is not plain as a subject or an address is", () => {
    const unknown = { userId: JANE, subjects: [], former: [], addresses: [], invitations: [] };
    expect([namesOf(unknown)({ userId: JANE }), plainNamesOf(unknown)({ userId: JANE })]).toEqual([
      true,
      false,
    ]);
    expect(plainNamesOf(jane)([JANE, loginIdOf(okta)])).toBe(false);
    expect(plainNamesOf(jane)([okta.subject])).toBe(true);
  });
});

it.each([
  ["joe@acme.example", true],
  ["joe@sub.acme.example", false],
  ["joe@acme.example.org", false],
  ["acme.example", false],
])("%j is an address at the domain: %j", (text, isAt) => {
  expect(addressesAt(valid(parseDomain("acme.example")))({ text: `x ${text}` })).toBe(isAt);
});

it("a person with the same names is the same object, and each new name counts once", () => {
  expect(withNames(jane, jane)).toBe(jane);
  const other = { tenant: "other", subject: okta.subject };
  const known = withNames(jane, { subjects: [other, other, okta], addresses: [...jane.addresses] });
  expect(known).toEqual({ ...jane, subjects: [okta, other] });
});
