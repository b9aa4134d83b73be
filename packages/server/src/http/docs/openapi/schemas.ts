import { z } from "zod";
import { REASONS } from "../../../domain/index.ts";
import { contractOf, type ProcedureContract, roleSchema, userIdSchema } from "../../../trpc/index.ts";
import type { RestApi } from "../../rest/operation.ts";
import { livenessSchema, readinessSchema, unreadinessSchema } from "../../transport/health-routes.ts";

export type Json = Readonly<Record<string, unknown>>;

/** What every refusal looks like outside tRPC. */
const errorSchema = z.object({
  error: z.object({
    reason: z.enum(REASONS).describe("Why the request was refused. Compare this, never the message"),
    message: z.string().describe("For developers. It may change"),
  }),
});

export const HEALTH_NAMES = {
  Liveness: livenessSchema,
  Readiness: readinessSchema,
  Unreadiness: unreadinessSchema,
} as const;

export function ref(name: string): Json {
  return { $ref: `${PREFIX}${name}` };
}

/** Every named schema. Procedures write their answers by the same schemas. */
export function componentSchemas({ router, operations }: RestApi): Json {
  const named = z.registry<{ id: string }>();
  named.add(userIdSchema, { id: "UserId" });
  named.add(roleSchema, { id: "Role" });
  named.add(errorSchema, { id: "Error" });
  for (const [id, schema] of Object.entries(HEALTH_NAMES)) named.add(schema, { id });
  for (const { procedure, answer } of operations) {
    named.add(contractOf(procedure, router).output, { id: answer.name });
  }
  const { schemas } = z.toJSONSchema(named, { uri: (id) => `${PREFIX}${id}`, override: forClients });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, withoutIds(schema)]));
}

export type InputSchema = z.core.JSONSchema.JSONSchema;

/** A procedure's input as a client sends it. Null where the procedure takes none. */
export function inputSchema({ input }: ProcedureContract): InputSchema | null {
  if (input === null) return null;
  const { $schema, ...schema } = z.toJSONSchema(input, { io: "input", override: forClients });
  return schema;
}

const PREFIX = "#/components/schemas/";

/**
 * Answers may gain fields, so a client must not refuse unknown ones. The pattern that zod adds to `date-time` says
 * the same as the format.
 */
function forClients({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  delete jsonSchema.additionalProperties;
  if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
}

function withoutIds({ $schema, $id, ...schema }: z.core.JSONSchema.BaseSchema): Json {
  return schema;
}
