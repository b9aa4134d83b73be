import { setTimeout as sleep } from "node:timers/promises";
import { HttpResponse } from "msw";

const JSON_TYPE = { "content-type": "application/json" };
const JSON_STREAM = { ...JSON_TYPE, "transfer-encoding": "chunked" };
const JANE = {
  id: "0f4a7a52-6d2c-4d6b-9d1e-3a5f0c9b8e71",
  email: "jane@fault.example",
  email_verified: false,
  created: false,
};

/** The ways a directory can fail other than by an error status. */
const MISBEHAVIOURS = {
  /** Never answers. */
  hang: () => new Promise<never>(() => {}),
  /** Drops the connection. */
  reset: () => HttpResponse.error(),
  /** Sends its headers, then a byte from time to time: whitespace, which JSON permits. */
  drip: () => new HttpResponse(streamOf(1, 20), { headers: JSON_STREAM }),
  /** Never stops sending. */
  huge: () => new HttpResponse(streamOf(4_096, 0), { headers: JSON_STREAM }),
  html: () => HttpResponse.html("<!doctype html><title>Sign in</title>"),
  empty: () => new HttpResponse("", { headers: JSON_TYPE }),
  "no content": () => new HttpResponse(null, { status: 204 }),
  redirect: () =>
    new HttpResponse(null, { status: 302, headers: { location: "/admin/user/jane@fault.example" } }),
  truncated: () => new HttpResponse(JSON.stringify(JANE).slice(0, -9), { headers: JSON_TYPE }),
  array: () => HttpResponse.json([JANE]),
  /** The identity provider's subject instead of the UUID. */
  "not a UUID": () => HttpResponse.json({ ...JANE, id: "waad|abc123" }),
  "nil UUID": () => HttpResponse.json({ ...JANE, id: "00000000-0000-0000-0000-000000000000" }),
  "someone else": () => HttpResponse.json(JANE),
} satisfies Record<string, () => Response | Promise<never>>;

/** The name of a way to fail. */
export type Misbehaviour = keyof typeof MISBEHAVIOURS;

/** A misbehaviour, or an HTTP status. */
export type Fault = Misbehaviour | number;

export function answerWith(fault: Fault): Response | Promise<never> {
  if (typeof fault === "number") return HttpResponse.json({ error: "fault" }, { status: fault });
  return MISBEHAVIOURS[fault]();
}

/** Endless whitespace, in chunks of `chunkBytes`. */
function streamOf(chunkBytes: number, intervalMs: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunk = new Uint8Array(chunkBytes).fill(0x20);
  return new ReadableStream({
    async pull(controller) {
      await sleep(intervalMs);
      controller.enqueue(chunk);
    },
  });
}
