import type { FastifyInstance } from "fastify";
import { z } from "zod";

export const livenessSchema = z.object({ status: z.literal("ok") });
export const readinessSchema = z.object({ status: z.literal("ready") });
export const unreadinessSchema = z.object({
  status: z.enum(["draining", "keys unavailable", "credentials unavailable"]),
});

/** Why the server is not ready for requests. Null when it is ready. */
export type Unreadiness = z.output<typeof unreadinessSchema>["status"] | null;

/** What a health check answers. Neither calls the directory or the store. */
export type HealthCheck = (unreadiness: () => Unreadiness) => {
  readonly code: number;
  readonly body: object;
};

const ALIVE: z.output<typeof livenessSchema> = { status: "ok" };
const READY: z.output<typeof readinessSchema> = { status: "ready" };

/** `/livez`: the process is up. `/readyz`: it is ready for requests. */
export const HEALTH_CHECKS: ReadonlyMap<string, HealthCheck> = new Map<string, HealthCheck>([
  ["/livez", () => ({ code: 200, body: ALIVE })],
  [
    "/readyz",
    (unreadiness) => {
      const status = unreadiness();
      return status === null ? { code: 200, body: READY } : { code: 503, body: { status } };
    },
  ],
]);

export function registerHealthRoutes(app: FastifyInstance, unreadiness: () => Unreadiness): void {
  for (const [path, check] of HEALTH_CHECKS) {
    app.get(path, async (_request, reply) => {
      const { code, body } = check(unreadiness);
      return reply.code(code).send(body);
    });
  }
}
