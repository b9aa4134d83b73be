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
  ["a type or null", { type: ["string", "null"], maxLength: 3 }, { ...STRING, maxLength: 3, nullable: true }],
  [
    "a choice of a type or null",
    { anyOf: [STRING, NULL], description: "d" },
    { ...STRING, description: "d", nullable: true },
  ],
  [
    "an enumeration or null",
    { anyOf: [{ ...STRING, enum: ["a"] }, NULL] },
    { ...STRING, enum: ["a", null], nullable: true },
  ],
  [
    "a named schema or null",
    { anyOf: [ID, NULL], description: "d" },
    { ...NAMED.Id, description: "d", nullable: true },
  ],
  [
    "a named enumeration or null",
    { anyOf: [KIND, NULL] },
    { ...STRING, enum: ["a", "b", null], nullable: true },
  ],
  ["several types", { type: ["string", "number"] }, { anyOf: [STRING, { type: "number" }] }],
  [
    "several types or null",
    { type: ["string", "number", "null"] },
    { anyOf: [{ ...STRING, nullable: true }, { type: "number" }] },
  ],
  ["several choices", { anyOf: [ID, STRING] }, { anyOf: [ID, STRING] }],
  ["a description beside a reference", { ...ID, description: "d" }, { allOf: [ID], description: "d" }],
  ["a reference", ID, ID],
  ["a constant", { ...STRING, const: "a" }, { ...STRING, enum: ["a"] }],
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
    { type: "object", propertyNames: STRING, additionalProperties: { type: ["string", "null"] } },
    { type: "object", additionalProperties: { ...STRING, nullable: true } },
  ],
  [
    "an object, whose property has the name of a keyword",
    {
      type: "object",
      properties: { const: { ...STRING, const: "a" } },
      required: [],
      additionalProperties: false,
    },
    { type: "object", properties: { const: { ...STRING, enum: ["a"] } }, additionalProperties: false },
  ],
  [
    "items",
    { type: "array", items: { type: ["string", "null"] } },
    { type: "array", items: { ...STRING, nullable: true } },
  ],
  ["oneOf", { oneOf: [{ ...STRING, const: "a" }] }, { oneOf: [{ ...STRING, enum: ["a"] }] }],
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
