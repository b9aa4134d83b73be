import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { z } from "zod";
import { type AppRouter, appRouter } from "./app-router.ts";

export type RouterInputs = inferRouterInputs<AppRouter>;
export type RouterOutputs = inferRouterOutputs<AppRouter>;

/** How a procedure is called, and the very schemas that read its input and write its answer. */
export interface ProcedureContract {
  readonly type: "query" | "mutation";
  /** Null for a procedure that takes no input. */
  readonly input: z.ZodType | null;
  readonly output: z.ZodType;
}

/** tRPC keeps them and does not type them: what is not there stops the start, and no wrong description is given. */
const definition = z.object({
  type: z.enum(["query", "mutation"]),
  inputs: z.array(z.instanceof(z.ZodType)).max(1),
  output: z.instanceof(z.ZodType),
});

/**
 * @param path such as `auth.validate`
 * @throws {z.ZodError} there is no such procedure, or it has no output schema
 */
export function contractOf(path: string): ProcedureContract {
  const procedure: unknown = Reflect.get(appRouter._def.procedures, path);
  const { type, inputs, output } = definition.parse(
    typeof procedure === "function" ? Reflect.get(procedure, "_def") : undefined,
  );
  return { type, input: inputs[0] ?? null, output };
}
