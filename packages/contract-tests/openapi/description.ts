import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { z } from "zod";

const media = z.object({
  content: z.record(
    z.string(),
    z.object({
      schema: z.record(z.string(), z.unknown()),
      example: z.unknown().optional(),
      examples: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

const response = media.extend({
  description: z.string(),
  headers: z.record(z.string(), z.unknown()).default({}),
});

const operation = z.object({
  operationId: z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.string(),
        schema: z.record(z.string(), z.unknown()),
        example: z.unknown(),
      }),
    )
    .default([]),
  requestBody: media.optional(),
  responses: z.record(z.string(), response),
});

export type Operation = z.output<typeof operation>;
export type Media = z.output<typeof media>;

/** The parts of an OpenAPI document that the tests read. The linter checks the rest. */
const documentSchema = z.looseObject({
  info: z.looseObject({ version: z.string() }),
  servers: z.array(z.looseObject({ url: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({
    examples: z.record(z.string(), z.object({ value: z.unknown() })),
    headers: z.record(z.string(), z.looseObject({ example: z.union([z.string(), z.number()]) })),
  }),
});

/** The description that a server publishes of itself. */
export interface Description {
  readonly text: string;
  readonly document: z.output<typeof documentSchema>;
  /** Such as `GET /check`. */
  readonly operations: ReadonlyMap<string, Operation>;
  /** Compiles a schema of the document. */
  validator(schema: object): ValidateFunction;
  /** The examples of a media type, with references resolved. */
  examplesOf(content: Media["content"][string]): unknown[];
}

export async function describeServer(url: string, path = "/openapi.json"): Promise<Description> {
  const text = await (await fetch(url + path)).text();
  const document = documentSchema.parse(JSON.parse(text));
  const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { "date-time": isUtc } });
  ajv.addSchema({ $id: "openapi.json", ...document });
  return {
    text,
    document,
    operations: new Map(
      Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, known]) => [`${method.toUpperCase()} ${path}`, known] as const),
      ),
    ),
    validator: (schema) => ajv.compile(absolute(schema)),
    examplesOf: ({ example, examples = {} }) => {
      const values = Object.entries(examples).map(([name, known]) =>
        z.object({ $ref: z.string() }).safeParse(known).success
          ? document.components.examples[name]?.value
          : z.object({ value: z.unknown() }).parse(known).value,
      );
      return example === undefined ? values : [example, ...values];
    },
  };
}

function isUtc(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** Makes references within the document work outside it. */
function absolute(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi.json#/'));
}
