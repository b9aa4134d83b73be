import { z } from "zod";
import type { Json } from "./schemas.ts";

const VERSION = "3.0.3";
const object = z.record(z.string(), z.unknown());
const documentSchema = z.looseObject({
  info: z.looseObject({}),
  components: z.looseObject({ schemas: z.record(z.string(), object) }),
});

/** The named schemas of a document, by their references. */
type Named = ReadonlyMap<unknown, Json>;

/** Keywords that mean the same in 3.0. Those that hold schemas, or have another form, are beside them. */
const SAME = new Set(
  [
    ["type", "enum", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "multipleOf"],
    ["minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required"],
    ["title", "description", "default", "deprecated", "readOnly", "writeOnly"],
  ].flat(),
);

/**
 * The same document in OpenAPI 3.0, for generators that know no later version. It says as much, except for the names of
 * properties that are not listed one by one.
 * @throws {Error} for a keyword that this has no form for
 */
export function openApi30Document(document: Json): Json {
  const { openapi: _, info, ...rest } = documentSchema.parse(document);
  const { summary: __, license: ___, ...about } = info;
  const license = { name: "MIT", url: "https://opensource.org/license/mit" };
  const { schemas } = rest.components;
  const named: Named = new Map(
    Object.entries(schemas).map(([name, schema]) => [`#/components/schemas/${name}`, schema]),
  );
  return { openapi: VERSION, info: { ...about, license }, ...Object(around(rest, named)) };
}

/** What is around schemas is the same in both versions. Examples are anything. */
function around(node: unknown, named: Named): unknown {
  if (Array.isArray(node)) return node.map((each) => around(each, named));
  if (typeof node !== "object" || node === null) return node;
  return mapped(node, (value, key) => {
    if (key === "schema") return schemaOf(value, named);
    if (key === "schemas") return mapped(value, (schema) => schemaOf(schema, named));
    return key === "example" || key === "examples" ? value : around(value, named);
  });
}

function mapped(of: unknown, change: (value: unknown, key: string) => unknown): Json {
  return Object.fromEntries(
    Object.entries(object.parse(of)).map(([key, value]) => [key, change(value, key)]),
  );
}

function schemaOf(from: unknown, named: Named): Json {
  const { $ref, anyOf, type, ...rest } = object.parse(from);
  if ($ref !== undefined) {
    // Beside a reference everything else would be ignored.
    return Object.keys(rest).length === 0 ? { $ref } : { allOf: [{ $ref }], ...keywordsOf(rest, named) };
  }
  const types = z
    .union([z.array(z.string()), z.string().transform((one) => [one])])
    .default([])
    .parse(type);
  const choices = z.array(object).default([]).parse(anyOf);
  const certain = choices.filter((choice) => choice.type !== "null");
  const certainTypes = types.filter((name) => name !== "null");
  const isNullable = certain.length < choices.length || certainTypes.length < types.length;
  const [only, ...others] = certain;
  if (only !== undefined && others.length === 0) {
    // `nullable` counts only beside a type, so a reference is replaced by what it refers to.
    const schema = { ...(named.get(only.$ref) ?? only), ...rest };
    return isNullable ? nullable(schemaOf(schema, named)) : schemaOf(schema, named);
  }
  if (certainTypes.length > 1) {
    return schemaOf({ ...rest, anyOf: types.map((name) => ({ type: name })) }, named);
  }
  const [first, ...further] = certain.map((choice) => schemaOf(choice, named));
  const converted = {
    ...(certainTypes.length === 1 && { type: certainTypes[0] }),
    ...(first !== undefined && { anyOf: [isNullable ? nullable(first) : first, ...further] }),
    ...keywordsOf(rest, named),
  };
  return isNullable && first === undefined ? nullable(converted) : converted;
}

/** @throws {Error} for a schema without a type, beside which `nullable` has no meaning */
function nullable(schema: Json): Json {
  if (schema.type === undefined)
    throw new Error("OpenAPI 3.0 has no form for null beside a schema without a type");
  return { ...schema, ...(Array.isArray(schema.enum) && { enum: [...schema.enum, null] }), nullable: true };
}

function keywordsOf(schema: Json, named: Named): Json {
  const keywords = Object.entries(schema).map(([key, value]) => keywordOf(key, value, named));
  return Object.assign({}, ...keywords);
}

function keywordOf(key: string, value: unknown, named: Named): Json {
  switch (key) {
    case "const":
      return { enum: [value] };
    case "examples":
      return { example: Object(value)[0] };
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return { [key.replace("exclusiveM", "m")]: value, [key]: true };
    case "propertyNames":
      return {};
    case "properties":
      return { properties: mapped(value, (each) => schemaOf(each, named)) };
    case "items":
    case "not":
      return { [key]: schemaOf(value, named) };
    case "additionalProperties":
      return { [key]: typeof value === "boolean" ? value : schemaOf(value, named) };
    case "oneOf":
    case "allOf":
      return {
        [key]: z
          .array(object)
          .parse(value)
          .map((each) => schemaOf(each, named)),
      };
    case "required": // an empty list is not allowed
      return Array.isArray(value) && value.length === 0 ? {} : { required: value };
    default:
      if (!SAME.has(key)) throw new Error(`OpenAPI 3.0 has no form for the keyword ${key}`);
      return { [key]: value };
  }
}
