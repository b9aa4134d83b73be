import type { FastifyInstance } from "fastify";
import { z } from "zod";

export const livenessSchema = z.object({ status: z.literal("ok") });
export const readinessSchema = z.object({ status: z.literal("ready") });
export const unreadinessSchema = z.object({
  status: z.enum(["draining", "keys unavailable", "credentials unavailable"]),
});

/** Why no new work should come, or null. */
export type Unreadiness = z.output<typeof unreadinessSchema>["status"] | null;

/** `/livez`: the process lives. `/readyz`: it can work. Neither asks the directory or the store. */
export function registerHealthRoutes(app: FastifyInstance, unreadiness: () => Unreadiness): void {
  const alive: z.output<typeof livenessSchema> = { status: "ok" };
  const ready: z.output<typeof readinessSchema> = { status: "ready" };
  app.get("/livez", () => alive);
  app.get("/readyz", async (_request, reply) => {
    const status = unreadiness();
    return status === null ? ready : reply.code(503).send({ status });
  });
}
