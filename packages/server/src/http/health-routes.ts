import type { FastifyInstance } from "fastify";
import { z } from "zod";

export const livenessSchema = z.object({ status: z.literal("ok") });
export const readinessSchema = z.object({ status: z.literal("ready") });
export const unreadinessSchema = z.object({
  status: z.enum(["draining", "keys unavailable", "credentials unavailable"]),
});

/** Why the server is not ready for requests. Null when it is ready. */
export type Unreadiness = z.output<typeof unreadinessSchema>["status"] | null;

/** `/livez`: the process is up. `/readyz`: it is ready for requests. Neither calls the directory or the store. */
export function registerHealthRoutes(app: FastifyInstance, unreadiness: () => Unreadiness): void {
  const alive: z.output<typeof livenessSchema> = { status: "ok" };
  const ready: z.output<typeof readinessSchema> = { status: "ready" };
  app.get("/livez", () => alive);
  app.get("/readyz", async (_request, reply) => {
    const status = unreadiness();
    return status === null ? ready : reply.code(503).send({ status });
  });
}
