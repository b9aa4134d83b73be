import { z } from "zod";
import { REASONS } from "../../domain/index.ts";
import { contractOf, roleSchema, userIdSchema } from "../../trpc/index.ts";
import { livenessSchema, readinessSchema, unreadinessSchema } from "../health-routes.ts";
import { type OperationId, REST_OPERATIONS } from "../rest-operations.ts";

export type Json = Readonly<Record<string, unknown>>;

/** What every refusal looks like outside tRPC. */
export const errorSchema = z.object({
  error: z.object({
    reason: z.enum(REASONS).describe("Why, in one word of a closed list: compare this, never the message"),
    message: z.string().describe("For a developer's eyes; may change"),
  }),
});

/** What generated clients call the answers; never changes. */
const ANSWER_NAMES = {
  validate: "Validation",
  validateByPost: "Validation",
  check: "RoleCheck",
  myOrganizations: "MyOrganizations",
  discover: "Discovery",
} as const satisfies Record<OperationId, string>;

export const HEALTH_NAMES = {
  Liveness: livenessSchema,
  Readiness: readinessSchema,
  Unreadiness: unreadinessSchema,
} as const;

export function answerRef(operationId: OperationId): Json {
  return ref(ANSWER_NAMES[operationId]);
}

export function ref(name: string): Json {
  return { $ref: `${PREFIX}${name}` };
}

/** Every named schema, made of the ones that the procedures themselves write their answers by. */
export function componentSchemas(): Json {
  const named = z.registry<{ id: string }>();
  named.add(userIdSchema, { id: "UserId" });
  named.add(roleSchema, { id: "Role" });
  named.add(errorSchema, { id: "Error" });
  for (const [id, schema] of Object.entries(HEALTH_NAMES)) named.add(schema, { id });
  for (const { operationId, procedure } of REST_OPERATIONS) {
    named.add(contractOf(procedure).output, { id: ANSWER_NAMES[operationId] });
  }
  const { schemas } = z.toJSONSchema(named, { uri: (id) => `${PREFIX}${id}`, override: forClients });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, withoutIds(schema)]));
}

/** The schema that a procedure reads its input by, as a client sends it; null where it takes none. */
export function inputSchema(procedure: string): z.core.JSONSchema.JSONSchema | null {
  const { input } = contractOf(procedure);
  if (input === null) return null;
  const { $schema, ...schema } = z.toJSONSchema(input, { io: "input", override: forClients });
  return schema;
}

const PREFIX = "#/components/schemas/";

/**
 * An answer may get more fields: a client must not refuse what it does not know. The pattern that zod gives beside
 * `date-time` says nothing more than that.
 */
function forClients({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  delete jsonSchema.additionalProperties;
  if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
}

function withoutIds({ $schema, $id, ...schema }: z.core.JSONSchema.BaseSchema): Json {
  return schema;
}
