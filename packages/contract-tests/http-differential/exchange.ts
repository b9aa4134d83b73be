import { once } from "node:events";
import { connect } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { type Conversation, get, type Request, serialized } from "./requests.ts";

const TIMEOUT_MS = 10_000;

/** Ends every conversation: the server closes the connection behind its answer. */
const LAST: Request = { ...get("/livez", ""), headers: ["Host: x", "Connection: close"] };

/** How the answer to it ends. */
export const LAST_WORDS = '{"status":"ok"}';

/**
 * Has a conversation on a connection of its own, until the server closes it.
 * @returns each answer as it was sent, in latin1, with `Date` and the request ids of the server masked
 * @throws {Error} when the server neither answers nor closes within 10 s
 */
export async function converse(port: number, { requests, sending }: Conversation): Promise<string[]> {
  const all = [...requests, LAST].map(serialized);
  const text = all.join("");
  const pieceLength = Math.ceil(text.length / 7);
  const pieces = {
    "at once": [text],
    "in pieces": Array.from({ length: 7 }, (_, at) => text.slice(at * pieceLength, (at + 1) * pieceLength)),
    "one by one": all,
  }[sending];
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let bytes = "";
  let notify = () => {};
  socket.setEncoding("latin1");
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
  socket.on("data", (chunk: string) => {
    bytes += chunk;
    notify();
  });
  const closed = new Promise<Error | null>((resolve) => {
    let failure: NodeJS.ErrnoException | null = null;
    socket.on("error", (error) => {
      failure = error;
    });
    socket.on("close", () => {
      notify();
      // A server may reset a connection whose bytes it did not read to the end.
      resolve(failure === null || ["ECONNRESET", "EPIPE"].includes(failure.code ?? "") ? null : failure);
    });
  });
  await once(socket, "connect").catch(() => {});

  for (const [at, piece] of pieces.entries()) {
    if (!socket.writable) break;
    socket.write(piece, "latin1");
    if (sending !== "one by one") await turn();
    else {
      while (!socket.closed && finalAnswers(bytes) <= at) {
        await new Promise<void>((resolve) => {
          notify = resolve;
        });
      }
    }
  }
  const failure = await closed;
  if (failure !== null) throw failure;
  const masked = bytes.replace(/^(date|x-request-id): (?!r-1).*$/gim, "$1: <masked>");
  return masked.split(/(?=HTTP\/1\.1 \d{3} )/);
}

function finalAnswers(bytes: string): number {
  return [...bytes.matchAll(/HTTP\/1\.1 [2-5]\d\d /g)].length;
}
