import type { Reason } from "@platform-api/client";
import type { Fault } from "../simulator/fault-proxy.ts";

/** Makes `org.me` fail for this reason. The headers of the response stay the server's own. */
export function failing(reason: Reason, httpStatus: number): Fault {
  return async ({ path, forward, response, request }) => {
    const { status, headers, body } = await forward();
    const isMe = path.startsWith("/trpc/org.me") && request.method === "GET";
    const error = { code: -32_000, message: "as planted", data: { httpStatus, reason } };
    const text = isMe ? JSON.stringify({ error }) : body;
    response.writeHead(isMe ? httpStatus : status, { ...headers, "content-length": Buffer.byteLength(text) });
    response.end(text);
  };
}
