import { z } from "zod";
import { findPostgres } from "../postgres/postgres.ts";
import { fileAt, OTHER_CORE, startPinned, stopWithAll } from "./pinned-process.ts";

export const recordedCall = z.object({
  service: z.enum(["store", "directory"]),
  /** The operation of DynamoDB, such as `GetItem`; empty for the directory. */
  operation: z.string(),
  method: z.string(),
  path: z.string(),
  body: z.string(),
});

/** One request of platform-api to an upstream. */
export type RecordedCall = z.infer<typeof recordedCall>;

const addresses = z.object({
  store: z.string(),
  directory: z.string(),
  recordedStore: z.string(),
  recordedDirectory: z.string(),
  jwks: z.string(),
});

/** The addresses of the services; through the `recorded` ones, requests are recorded. */
export interface Upstreams extends z.infer<typeof addresses> {
  /** The requests through the recorded addresses since the last call, in order. */
  takeCalls(): Promise<readonly RecordedCall[]>;
  stop(): Promise<void>;
}

export const SERVICE_TOKEN = "bench-service-token";

/**
 * Its directory is on a real PostgreSQL where there is one: the embedded one takes a third of what all of these services
 * take. `stopAll` stops PostgreSQL.
 */
export async function startUpstreams(jwks: string): Promise<Upstreams> {
  const postgres = await findPostgres()?.();
  if (postgres !== undefined) stopWithAll(postgres);
  const child = startPinned(OTHER_CORE, [fileAt("children/upstreams.ts")]);
  return {
    ...(await child.ask(addresses, {
      do: "start",
      jwks,
      serviceToken: SERVICE_TOKEN,
      databaseUrl: postgres?.url,
    })),
    takeCalls: () => child.ask(z.array(recordedCall), { do: "take" }),
    stop: () => child.stop(),
  };
}
