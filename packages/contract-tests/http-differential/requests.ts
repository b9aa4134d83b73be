import fc from "fast-check";
import { anyHeaders, oddHeaders, usualHeaders } from "./headers.ts";
import { almostTarget, anyTarget, laneTarget, usualTarget } from "./targets.ts";

export interface Request {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly version: "1.0" | "1.1";
  /** `Name: value`, as sent. */
  readonly headers: readonly string[];
  /** What follows the headers. */
  readonly body: string;
}

/** What one connection sends. */
export interface Conversation {
  readonly requests: readonly Request[];
  readonly sending: "at once" | "in pieces" | "one by one";
}

/** A request as it is sent, in latin1. */
export function serialized({ method, target, version, headers, body }: Request): string {
  return `${[`${method} ${target} HTTP/${version}`, ...headers].join("\r\n")}\r\n\r\n${body}`;
}

export function get(target: string, token: string): Request {
  return { method: "GET", target, version: "1.1", headers: ["Host: x", `X-User-Token: ${token}`], body: "" };
}

type Body = Pick<Request, "headers" | "body">;
const NO_BODY: Body = { headers: [], body: "" };

function bodyOf(content: string, type: string | null, framing: "length" | "chunked" | "both"): Body {
  const chunk = content === "" ? "" : `${content.length.toString(16)}\r\n${content}\r\n`;
  return {
    headers: [
      ...(type === null ? [] : [`Content-Type: ${type}`]),
      ...(framing === "chunked" ? [] : [`Content-Length: ${content.length}`]),
      ...(framing === "length" ? [] : ["Transfer-Encoding: chunked"]),
    ],
    body: framing === "length" ? content : `${chunk}0\r\n\r\n`,
  };
}

const JSON_TYPE = "application/json";
const body = fc
  .tuple(
    fc.oneof(
      {
        weight: 20,
        arbitrary: fc.constantFrom("", "{}", '{"email":"jane@acme.example"}', "null", "{", "ÿþ"),
      },
      // Just within the limit of 32 KiB, and beyond it.
      {
        weight: 1,
        arbitrary: fc.constantFrom(32_768, 32_769).map((length) => `"${"x".repeat(length - 2)}"`),
      },
    ),
    fc.constantFrom(
      JSON_TYPE,
      JSON_TYPE,
      null,
      "text/plain",
      "Application/JSON",
      "multipart/form-data",
      "",
      "a/b;",
    ),
    fc.constantFrom("length", "length", "chunked", "both"),
  )
  .map((parts) => bodyOf(...parts));

const anyRequest: fc.Arbitrary<Request> = fc
  .record({
    method: fc.oneof(
      { weight: 12, arbitrary: fc.constant("GET") },
      { weight: 12, arbitrary: fc.constantFrom("POST", "HEAD", "OPTIONS") },
      { weight: 1, arbitrary: fc.constantFrom("PUT", "DELETE", "PATCH", "QUERY", "PROPFIND", "get", "BREW") },
    ),
    target: anyTarget,
    version: fc.constantFrom("1.1", "1.1", "1.1", "1.1", "1.1", "1.1", "1.1", "1.0"),
    headers: anyHeaders,
    body: fc.oneof({ weight: 2, arbitrary: fc.constant(NO_BODY) }, { weight: 1, arbitrary: body }),
  })
  .map(({ headers, body: sent, ...request }) => ({
    ...request,
    headers: [...headers, ...sent.headers],
    body: sent.body,
  }));

/** What clients send all day: it is answered, and from memory when it is repeated. */
const usualRequest: fc.Arbitrary<Request> = fc
  .record({
    start: fc.oneof(
      { weight: 5, arbitrary: usualTarget.map((target) => ({ method: "GET", target, ...NO_BODY })) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom("/validate", "/public/auth/discover", "/trpc/discover.byEmail")
          .map((target) => ({
            method: "POST",
            target,
            ...bodyOf('{"email":"jane@acme.example"}', JSON_TYPE, "length"),
          })),
      },
    ),
    headers: usualHeaders,
  })
  .map(({ start, headers }) => ({ ...start, version: "1.1", headers: [...headers, ...start.headers] }));

/** What the lane would answer, but for one thing. */
const almostUsual: fc.Arbitrary<Request> = fc
  .oneof(
    fc.record({ target: laneTarget, headers: oddHeaders }),
    fc.record({ target: almostTarget, headers: usualHeaders }),
  )
  .map((asked) => ({ method: "GET", version: "1.1", body: "", ...asked }));

const request = fc.oneof(
  { weight: 5, arbitrary: usualRequest },
  { weight: 6, arbitrary: almostUsual },
  { weight: 5, arbitrary: anyRequest },
);

export const anyConversation: fc.Arbitrary<Conversation> = fc.record({
  requests: fc.oneof(
    { weight: 4, arbitrary: fc.array(request, { minLength: 1, maxLength: 5, size: "max" }) },
    { weight: 1, arbitrary: fc.array(request, { minLength: 6, maxLength: 30, size: "max" }) },
  ),
  sending: fc.constantFrom("at once", "in pieces", "one by one"),
});
