import cors from "@fastify/cors";
import type { FastifyInstance } from "fastify";
import { REST_API } from "./rest-operations.ts";

const REST_METHODS = REST_API.operations.map(({ method }) => method.toUpperCase());
const METHODS = [...new Set(["GET", "POST", ...REST_METHODS])];

/** Headers of an answer that a script of another origin may read. */
export const EXPOSED_HEADERS = ["retry-after", "www-authenticate"];

/** @param origins the exact origins that browsers may call from; none turns CORS off */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  void app.register(cors, {
    origin: [...origins],
    methods: METHODS,
    allowedHeaders: ["authorization", "content-type", "x-user-token"],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: 600,
    strictPreflight: false, // otherwise an OPTIONS that is not a preflight gets a 400 in plain text
  });
}
