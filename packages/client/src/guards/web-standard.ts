import { Answer } from "./answer.ts";

/** At most one value: `Headers` joins repeated headers with a comma. */
export function webHeaderValues({ headers }: Request, name: string): string[] {
  const value = headers.get(name);
  return value === null ? [] : [value];
}

/** @throws the reason of the signal for null: the client has disconnected */
export function responseOf<T>(found: T | Answer | null, signal: AbortSignal | undefined): T | Response {
  if (found === null) throw signal?.reason;
  if (!(found instanceof Answer)) return found;
  return Response.json(found.body, { status: found.status, headers: found.headers });
}
