import { CljClientError } from "./error.ts";

/**
 * Reads the JSON of a body of at most `maxBytes`, counted on arrival and after decompression: a `content-length` may be
 * wrong, and a compressed body may expand to far more.
 * @throws {CljClientError} `malformed`; any other error is the transport's, or the reason of `signal`
 */
export async function readJson(response: Response, maxBytes: number, signal: AbortSignal): Promise<unknown> {
  if (!/^application\/json *(;|$)/i.test(response.headers.get("content-type") ?? "")) {
    response.body?.cancel().catch(() => {}); // frees the connection
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
  const reader = response.body?.getReader();
  const cancel = () => reader?.cancel(signal.reason).catch(() => {}); // frees the connection
  // Also ends a stalled body of a custom `fetch`.
  signal.addEventListener("abort", cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
      size += read.value.byteLength;
      if (size > maxBytes)
        throw new CljClientError("malformed", `the reply is larger than ${maxBytes} bytes`);
      chunks.push(read.value);
    }
    signal.throwIfAborted();
    return Buffer.concat(chunks);
  } catch (error) {
    cancel();
    throw error;
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}
