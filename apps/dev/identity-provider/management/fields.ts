import { z } from "zod";

/** The parameters by which a caller chooses fields. */
export const FIELDS = {
  fields: z.string().optional(),
  include_fields: z.enum(["true", "false"]).optional(),
};

/** The chosen fields of an answer, by default all. */
export function chosen(
  answer: Readonly<Record<string, unknown>>,
  { fields, include_fields: include }: z.output<z.ZodObject<typeof FIELDS>>,
): Record<string, unknown> {
  if (fields === undefined) return answer;
  const names = fields.split(",");
  return Object.fromEntries(
    Object.entries(answer).filter(([name]) => names.includes(name) === (include !== "false")),
  );
}
