import { IncomingMessage } from "node:http";
import { text as readText } from "node:stream/consumers";
import { z } from "zod";
import { MANAGEMENT_PATH } from "./management/management-api.ts";

const paramsSchema = z.record(z.string(), z.coerce.string());

/** Auth0 also reads JSON where OAuth has forms, and oidc-provider does not. @returns the request with a form */
export async function withForm(request: IncomingMessage): Promise<IncomingMessage> {
  const isJson = request.headers["content-type"]?.startsWith("application/json") === true;
  // The Management API reads JSON itself.
  if (request.method !== "POST" || !isJson || request.url?.startsWith(MANAGEMENT_PATH)) return request;
  const form = new URLSearchParams(parseParams(await readText(request))).toString();
  const replay = new IncomingMessage(request.socket);
  const { method, url, httpVersion } = request;
  Object.assign(replay, { method, url, httpVersion, complete: true });
  replay.headers = {
    ...request.headers,
    "content-type": "application/x-www-form-urlencoded",
    "content-length": String(Buffer.byteLength(form)),
  };
  replay.push(form);
  replay.push(null);
  return replay;
}

/** Without a JSON object there are no parameters, and the endpoint says which one is missing. */
function parseParams(json: string): Record<string, string> {
  try {
    return paramsSchema.parse(JSON.parse(json));
  } catch {
    return {};
  }
}
