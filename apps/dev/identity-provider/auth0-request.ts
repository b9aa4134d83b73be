import { IncomingMessage } from "node:http";
import { text as readText } from "node:stream/consumers";
import { z } from "zod";
import { MANAGEMENT_PATH } from "./management/management-api.ts";

const paramsSchema = z.record(z.string(), z.coerce.string());

/** Auth0's default: only `audience` names the API, and what RFC 8707 sends beside it or alone counts for nothing. */
const IGNORED = "resource";

/** The query of an authorization request, as Auth0 reads it. */
export function authorizationQuery(querystring: string): string {
  const query = new URLSearchParams(querystring);
  query.delete(IGNORED);
  // oidc-provider issues refresh tokens only after consent (OIDC Core §11). Auth0 always does.
  const prompt = query.get("prompt")?.split(" ") ?? [];
  if (query.get("scope")?.split(" ").includes("offline_access") && !prompt.includes("none"))
    query.set("prompt", [...new Set([...prompt, "consent"])].join(" "));
  return query.toString();
}

/** Auth0 also reads JSON where OAuth has forms, and oidc-provider does not. @returns the request with a form */
export async function withForm(request: IncomingMessage): Promise<IncomingMessage> {
  const [, type] =
    /^application\/(json|x-www-form-urlencoded)\b/.exec(request.headers["content-type"] ?? "") ?? [];
  // The Management API reads JSON itself.
  if (request.method !== "POST" || type === undefined || request.url?.startsWith(MANAGEMENT_PATH))
    return request;
  const text = await readText(request);
  const params = new URLSearchParams(type === "json" ? parseParams(text) : text);
  params.delete(IGNORED);
  const form = params.toString();
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
