import { z } from "zod";
import { fileAt, OTHER_CORE, startPinned } from "./pinned-process.ts";

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

/** The addresses of the embedded services; through the `recorded` ones, requests are recorded. */
export interface Upstreams extends z.infer<typeof addresses> {
  /** The requests through the recorded addresses since the last call, in order. */
  takeCalls(): Promise<readonly RecordedCall[]>;
  stop(): Promise<void>;
}

export const SERVICE_TOKEN = "bench-service-token";

export async function startUpstreams(jwks: string): Promise<Upstreams> {
  const child = startPinned(OTHER_CORE, [fileAt("children/upstreams.ts")]);
  return {
    ...(await child.ask(addresses, { do: "start", jwks, serviceToken: SERVICE_TOKEN })),
    takeCalls: () => child.ask(z.array(recordedCall), { do: "take" }),
    stop: () => child.stop(),
  };
}
