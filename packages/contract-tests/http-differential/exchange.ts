import { once } from "node:events";
import { connect } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { type Answers, parseAnswers } from "./answers.ts";
import { type Conversation, type Request, serialized } from "./requests.ts";

const TIMEOUT_MS = 10_000;

/** Ends every conversation: the server closes the connection behind its answer. */
const LAST: Request = {
  method: "GET",
  target: "/livez",
  version: "1.1",
  headers: ["Host: x", "Connection: close"],
  body: null,
};

/** The body of the answer to the last request. */
export const ANSWER_TO_LAST = '{"status":"ok"}';

/**
 * Has a conversation on a connection of its own, until the server closes it.
 * @throws {Error} when the server neither answers nor closes within 10 s
 */
export async function converse(port: number, { requests, sending }: Conversation): Promise<Answers> {
  const all = untilReset([...requests, LAST]);
  const methods = all.map(({ method }) => method);
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

  switch (sending) {
    case "at once":
      socket.write(all.map(serialized).join(""), "latin1");
      break;
    case "in pieces": {
      const text = all.map(serialized).join("");
      const size = Math.max(1, Math.ceil(text.length / 7));
      for (let at = 0; at < text.length && socket.writable; at += size) {
        socket.write(text.slice(at, at + size), "latin1");
        await turn();
      }
      break;
    }
    case "one by one":
      for (const [index, request] of all.entries()) {
        if (!socket.writable) break;
        socket.write(serialized(request), "latin1");
        while (!socket.closed && answered(bytes, methods) <= index) {
          await new Promise<void>((resolve) => {
            notify = resolve;
          });
        }
      }
  }
  const failure = await closed;
  if (failure !== null) throw failure;
  return parseAnswers(bytes, methods, true);
}

/**
 * The server closes behind an answer to `Connection: close`. Bytes that it has not read then reset the connection, which
 * cuts an answer off that is larger than the buffers of a socket: nothing is sent behind such a request.
 */
function untilReset(requests: readonly Request[]): readonly Request[] {
  const isLast = ({ target, headers }: Request) =>
    target.startsWith("/openapi.json") && headers.some((line) => /^connection:.*close/i.test(line));
  const last = requests.findIndex(isLast);
  return last === -1 ? requests : requests.slice(0, last + 1);
}

function answered(bytes: string, methods: readonly string[]): number {
  const { answers } = parseAnswers(bytes, methods, false);
  return answers.filter(({ status }) => !status.startsWith("HTTP/1.1 1")).length;
}
