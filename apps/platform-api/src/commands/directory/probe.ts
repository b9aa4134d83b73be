import { CljClientError } from "@platform-api/clj-client";
import { createExchange, type WireCall, within } from "@platform-api/clj-client/contract";
import { z } from "zod";
import type { Quote } from "./quote.ts";

/** How the client judges the reply to one request, and what it judges by. */
export interface Reply<Answer> {
  readonly call: WireCall<Answer>;
  /** The address of the directory. */
  readonly url: string;
  readonly durationMs: number;
  /** Null if nothing has arrived. */
  readonly status: number | null;
  readonly contentType: string;
  readonly location: string | null;
  /** The body of a reply whose status the client does not accept. */
  readonly text: string;
  /** The JSON that the client compares with the contract. */
  readonly body: unknown;
  readonly quote: Quote;
  /** The client's own answer; null together with an `error`. */
  readonly answer: Answer | null;
  readonly error: CljClientError | null;
}

/** Sends one request, exactly as the client does, once, and with more patience. */
export type Probe = <Answer>(call: WireCall<Answer>) => Promise<Reply<Answer>>;

export interface ProbeOptions {
  readonly url: string;
  readonly token: string;
  readonly patienceMs: number;
  readonly quote: Quote;
  /** Receives every reply that is complete. */
  readonly onReply?: (reply: Reply<unknown>) => void;
}

const MAX_REPLY_BYTES = 16_384; // the client's default

export function createProbe({ url, token, patienceMs, quote, onReply }: ProbeOptions): Probe {
  return async (call) => {
    const seen = {
      status: null as number | null,
      contentType: "",
      location: null as string | null,
      text: "",
      body: undefined as unknown,
    };
    /** Reads what the client does not. */
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const response = await globalThis.fetch(input, init);
      const { status, headers } = response;
      const contentType = headers.get("content-type") ?? "";
      Object.assign(seen, { status, contentType, location: headers.get("location") });
      if (!call.statuses.includes(status)) seen.text = (await readStart(response)).toString();
      return response;
    };
    const answer = z.preprocess((body) => {
      seen.body = body;
      return body;
    }, call.answer);
    const exchange = createExchange({ url, token, maxReplyBytes: MAX_REPLY_BYTES, fetch });
    const start = performance.now();
    const outcome = await within(patienceMs, undefined, (signal) =>
      exchange({ ...call, answer }, signal),
    ).then(
      (answer) => ({ answer, error: null }),
      (error: unknown) => {
        if (error instanceof CljClientError) return { answer: null, error };
        throw error;
      },
    );
    const reply = { call, url, quote, durationMs: performance.now() - start, ...seen, ...outcome };
    if (reply.error?.failure !== "transport") onReply?.(reply);
    return reply;
  };
}

/** Reads the body until it ends or is too large for the client. */
async function readStart(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > MAX_REPLY_BYTES) break;
  }
  return Buffer.concat(chunks);
}
