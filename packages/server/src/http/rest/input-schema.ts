import { z } from "zod";
import type { ProcedureContract } from "../../trpc/index.ts";

export type InputSchema = z.core.JSONSchema.JSONSchema;

/** A procedure's input as a client sends it. Null where the procedure takes none. */
export function inputSchema({ input }: ProcedureContract): InputSchema | null {
  if (input === null) return null;
  const { $schema, ...schema } = z.toJSONSchema(input, { io: "input", override: forClients });
  return schema;
}

/**
 * Answers may gain fields, so a client must not refuse unknown ones; those of a record are what it says. The pattern that zod adds to `date-time` says
 * the same as the format.
 */
export function forClients({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
}
