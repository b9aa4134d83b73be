import { CljClientError } from "./error.ts";

/**
 * Reads the JSON of a body of at most `maxBytes`, counted on arrival and after decompression: a `content-length` may be
 * wrong, and a compressed body may expand to far more.
 * @throws {CljClientError} `malformed`; any other error is the transport's, or the reason of `signal`
 */
export async function readJson(response: Response, maxBytes: number, signal: AbortSignal): Promise<unknown> {
  if (!/^application\/json *(;|$)/i.test(response.headers.get("content-type") ?? "")) {
    throw new CljClientError("malformed", "the reply's content type is not JSON");
  }
  const bytes = await readBytes(response, maxBytes, signal);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // Without the cause: a SyntaxError quotes the text.
    throw new CljClientError("malformed", "the reply is not valid JSON");
  }
}

async function readBytes(response: Response, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Piped with the signal, so that it also ends a stalled body of a custom `fetch`.
  const body = response.body?.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal });
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new CljClientError("malformed", `the reply is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
