import type { AnyRouter, inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { z } from "zod";
import { type AppRouter, appRouter } from "./app-router.ts";

export type RouterInputs = inferRouterInputs<AppRouter>;
export type RouterOutputs = inferRouterOutputs<AppRouter>;

export type ProcedureContract = ReturnType<typeof contractOf>;

/** tRPC does not type these fields. A missing one stops the server at the start instead of documenting it wrongly. */
const definition = z.object({
  type: z.enum(["query", "mutation"]),
  inputs: z.array(z.instanceof(z.ZodType)).max(1),
  output: z.instanceof(z.ZodType),
});

/**
 * How a procedure is called, with the schemas that it uses for its input and output. A procedure that takes no input
 * has a null one.
 * @param path such as `auth.validate`
 * @throws {z.ZodError} there is no such procedure, or it has no output schema
 */
export function contractOf(path: string, router: AnyRouter = appRouter) {
  const procedure: unknown = Reflect.get(router._def.procedures, path);
  const { type, inputs, output } = definition.parse(
    typeof procedure === "function" ? Reflect.get(procedure, "_def") : undefined,
  );
  return { type, input: inputs[0] ?? null, output };
}
