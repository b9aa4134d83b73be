import type { Readable } from "node:stream";
import { z } from "zod";
import { ApiError } from "./api-error.ts";

export interface Reply {
  readonly status: number;
  /** JSON. */
  readonly body?: unknown;
  /** Server-sent events, instead of a body. */
  readonly stream?: Readable;
}

/** A request as it came. */
export interface RawCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The query with what it repeats. */
  readonly search: URLSearchParams;
  readonly lastEventId: string | null;
  /** Undefined without a body. */
  readonly body: unknown;
  /** What the token allows. */
  readonly scopes: readonly string[];
}

/** One call of the Management API. */
export interface Route {
  /** `GET /organizations/:id`, below `/api/v2`. */
  readonly call: string;
  /** What the token must allow. */
  readonly scope: string;
  /** @throws {ApiError} */
  readonly answer: (raw: RawCall) => Reply;
}

/** What a call accepts. Unknown fields are refused, as they are at Auth0. */
export const NOTHING = z.strictObject({});
export const NO_INPUT = { query: NOTHING, body: NOTHING };

interface Accepted<Query, Body> {
  readonly query: z.ZodType<Query>;
  readonly body: z.ZodType<Body>;
}

interface Input<Query, Body> {
  /** A parameter of the path. */
  readonly param: (name: string) => string;
  readonly query: Query;
  readonly body: Body;
  readonly scopes: readonly string[];
}

export function route<Query, Body>(
  call: string,
  scope: string,
  { query, body }: Accepted<Query, Body>,
  answer: (input: Input<Query, Body>) => Reply,
): Route {
  return {
    call,
    scope,
    answer: (raw) => {
      const param = (name: string) => raw.params[name] ?? "";
      const checkedQuery = checked(query, raw.query, { what: "Query", code: "invalid_query_string" });
      const checkedBody = checked(body, raw.body ?? {}, { what: "Payload", code: "invalid_body" });
      return answer({ param, query: checkedQuery, body: checkedBody, scopes: raw.scopes });
    },
  };
}

function checked<T>(schema: z.ZodType<T>, value: unknown, { what, code }: { what: string; code: string }): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ApiError(400, `${what} validation error: '${issue === undefined ? "" : worded(issue)}'.`, code);
}

/** In the words of Auth0. */
function worded(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys")
    return `Additional properties not allowed: ${issue.keys.join(", ")}`;
  const path = issue.path.join(".");
  if (issue.code === "invalid_type" && issue.message.endsWith("received undefined"))
    return `Missing required property: ${path}`;
  return path === "" ? issue.message : `${issue.message} on property ${path}`;
}
