import { z } from "zod";
import { userIdSchema } from "../../../answer/index.ts";
import { REASONS } from "../../../domain/index.ts";
import { contractOf, roleSchema } from "../../../trpc/index.ts";
import { forClients } from "../../rest/input-schema.ts";
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
export function componentSchemas(
  { router, operations }: RestApi,
  others: Readonly<Record<string, z.ZodType>>,
): Json {
  const named = z.registry<{ id: string }>();
  named.add(userIdSchema, { id: "UserId" });
  named.add(roleSchema, { id: "Role" });
  named.add(errorSchema, { id: "Error" });
  for (const [id, schema] of Object.entries({ ...HEALTH_NAMES, ...others })) named.add(schema, { id });
  for (const { procedure, answer } of operations) {
    named.add(contractOf(procedure, router).output, { id: answer.name });
  }
  const { schemas } = z.toJSONSchema(named, { uri: (id) => `${PREFIX}${id}`, override: forClients });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, withoutIds(schema)]));
}

const PREFIX = "#/components/schemas/";

function withoutIds({ $schema, $id, ...schema }: z.core.JSONSchema.BaseSchema): Json {
  return schema;
}
