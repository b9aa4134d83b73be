import { CljClientError } from "./error.ts";

/**
 * The JSON value of a body of at most `maxBytes`, counted as they arrive and after decompression: a
 * `content-length` may lie, and a compressed body may be far larger than it looks.
 * @throws {CljClientError} `malformed`; anything else is the transport's or the reason of `signal`
 */
export async function readJson(response: Response, maxBytes: number, signal: AbortSignal): Promise<unknown> {
  if (!/^application\/json *(;|$)/i.test(response.headers.get("content-type") ?? "")) {
    throw new CljClientError("malformed", "the reply's content type is not JSON");
  }
  const bytes = await readBytes(response, maxBytes, signal);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // Without its cause: a SyntaxError quotes the text it stumbled over.
    throw new CljClientError("malformed", "the reply does not parse as JSON");
  }
}

async function readBytes(response: Response, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Piped under the signal, so that a stalled body ends with it whatever `fetch` the body came from.
  const body = response.body?.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal });
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new CljClientError("malformed", `the reply is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
