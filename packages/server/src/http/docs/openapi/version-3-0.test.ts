import { expect, it } from "vitest";
import { openApi30Document } from "./version-3-0.ts";

const NAMED = {
  Id: { type: "string", pattern: "^x" },
  Kind: { type: "string", enum: ["a", "b"] },
};
const ID = { $ref: "#/components/schemas/Id" };
const KIND = { $ref: "#/components/schemas/Kind" };
const NULL = { type: "null" };
const STRING = { type: "string" };
const STRING_OR_NULL = { type: ["string", "null"] };
const NULLABLE = { ...STRING, nullable: true };
const NUMBER = { type: "number" };
const CONSTANT = { ...STRING, const: "a" };
const ONLY_A = { ...STRING, enum: ["a"] };
const D = { description: "d" };

function converted(schema: object) {
  const document = {
    openapi: "3.1.1",
    info: { title: "t", summary: "s", license: { name: "MIT", identifier: "MIT" } },
    paths: { "/p": { get: { parameters: [{ name: "schema", schema, example: { schema } }] } } },
    components: { schemas: NAMED },
  };
  return openApi30Document(document);
}

it.each<[what: string, schema: object, expected: object]>([
  ["a type or null", { ...STRING_OR_NULL, maxLength: 3 }, { ...NULLABLE, maxLength: 3 }],
  ["a choice of a type or null", { anyOf: [STRING, NULL], ...D }, { ...NULLABLE, ...D }],
  ["an enumeration or null", { anyOf: [ONLY_A, NULL] }, { ...NULLABLE, enum: ["a", null] }],
  ["a named schema or null", { anyOf: [ID, NULL], ...D }, { ...NAMED.Id, ...D, nullable: true }],
  ["a named enumeration or null", { anyOf: [KIND, NULL] }, { ...NULLABLE, enum: ["a", "b", null] }],
  ["several types", { type: ["string", "number"] }, { anyOf: [STRING, NUMBER] }],
  ["several types or null", { type: ["string", "number", "null"] }, { anyOf: [NULLABLE, NUMBER] }],
  ["several choices", { anyOf: [ID, STRING] }, { anyOf: [ID, STRING] }],
  ["a description beside a reference", { ...ID, ...D }, { allOf: [ID], ...D }],
  ["a reference", ID, ID],
  ["a constant", CONSTANT, ONLY_A],
  ["examples", { ...STRING, examples: ["a", "b"] }, { ...STRING, example: "a" }],
  [
    "an exclusive minimum",
    { type: "integer", exclusiveMinimum: 0 },
    { type: "integer", minimum: 0, exclusiveMinimum: true },
  ],
  [
    "an exclusive maximum",
    { type: "integer", exclusiveMaximum: 9 },
    { type: "integer", maximum: 9, exclusiveMaximum: true },
  ],
  [
    "a record",
    { type: "object", propertyNames: STRING, additionalProperties: STRING_OR_NULL },
    { type: "object", additionalProperties: NULLABLE },
  ],
  [
    "an object, whose property has the name of a keyword",
    { type: "object", properties: { const: CONSTANT }, required: [], additionalProperties: false },
    { type: "object", properties: { const: ONLY_A }, additionalProperties: false },
  ],
  ["items", { type: "array", items: STRING_OR_NULL }, { type: "array", items: NULLABLE }],
  ["oneOf", { oneOf: [CONSTANT] }, { oneOf: [ONLY_A] }],
])("has %s in the form of 3.0", (_, schema, expected) => {
  expect(converted(schema)).toEqual({
    openapi: "3.0.3",
    info: { title: "t", license: { name: "MIT", url: expect.stringMatching(/^https:/) } },
    paths: { "/p": { get: { parameters: [{ name: "schema", schema: expected, example: { schema } }] } } },
    components: { schemas: NAMED },
  });
});

it.each<[what: string, schema: object, problem: RegExp]>([
  ["an unknown keyword", { type: "array", prefixItems: [STRING] }, /keyword prefixItems$/],
  ["an unknown keyword deep inside", { items: { properties: { a: { if: STRING } } } }, /keyword if$/],
  ["null beside no type", { anyOf: [{ oneOf: [ID] }, NULL] }, /null beside a schema without a type$/],
])("refuses %s", (_, schema, problem) => {
  expect(() => converted(schema)).toThrow(problem);
});
