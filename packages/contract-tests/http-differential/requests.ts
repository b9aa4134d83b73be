import fc from "fast-check";
import { anyHeaders, usualHeaders } from "./headers.ts";
import { anyTarget, usualTarget } from "./targets.ts";

export interface Request {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly version: "1.0" | "1.1";
  /** `Name: value`, without those that describe the body. */
  readonly headers: readonly string[];
  readonly body: Body | null;
}

/** `length` is what the request says; null: nothing. */
interface Body {
  readonly content: string;
  readonly contentType: string | null;
  readonly framing: "length" | "chunked" | "both";
}

/** What one connection sends. */
export interface Conversation {
  readonly requests: readonly Request[];
  readonly sending: "at once" | "in pieces" | "one by one";
}

/** A request as it is sent, in latin1. */
export function serialized({ method, target, version, headers, body }: Request): string {
  const lines = body === null ? headers : [...headers, ...describing(body)];
  const head = [`${method} ${target} HTTP/${version}`, ...lines].join("\r\n");
  return `${head}\r\n\r\n${body === null ? "" : sent(body)}`;
}

function describing({ content, contentType, framing }: Body): string[] {
  const length = Buffer.byteLength(content, "latin1");
  return [
    ...(contentType === null ? [] : [`Content-Type: ${contentType}`]),
    ...(framing === "chunked" ? [] : [`Content-Length: ${length}`]),
    ...(framing === "length" ? [] : ["Transfer-Encoding: chunked"]),
  ];
}

function sent({ content, framing }: Body): string {
  if (framing === "length") return content;
  const chunk = content === "" ? "" : `${content.length.toString(16)}\r\n${content}\r\n`;
  return `${chunk}0\r\n\r\n`;
}

const method = fc.oneof(
  { weight: 12, arbitrary: fc.constant("GET") },
  { weight: 6, arbitrary: fc.constant("POST") },
  { weight: 3, arbitrary: fc.constant("HEAD") },
  { weight: 3, arbitrary: fc.constant("OPTIONS") },
  { weight: 1, arbitrary: fc.constantFrom("PUT", "DELETE", "PATCH", "QUERY", "PROPFIND", "get", "BREW") },
);

const JSON_TYPE = "application/json";
const contentType = fc.oneof(
  { weight: 6, arbitrary: fc.constant<string | null>(JSON_TYPE) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<string | null>(
      null,
      "text/plain",
      "application/json; charset=utf-8",
      "Application/JSON",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/octet-stream",
      "application/jsonl",
      "json",
      "",
      "a/b;",
    ),
  },
);
const OBJECTS = [
  {},
  { email: "jane@acme.example" },
  { email: "sam@strict.example" },
  { email: "x@nowhere.example", more: 1 },
  { email: "not an address" },
  { email: 1 },
  { organizationId: "forge" },
  { organizationId: "closed" },
  { organizationId: null },
];
const content = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...OBJECTS.map((object) => JSON.stringify(object))) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...OBJECTS.map((object) => JSON.stringify({ 0: object, 1: object })),
      JSON.stringify(OBJECTS),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "",
      "{",
      "null",
      "[]",
      '"x"',
      "0",
      " ",
      "\u0000",
      '{"__proto__":{"email":"a@b.example"}}',
      "{}{}",
      "ÿþ",
      `${"[".repeat(40)}${"]".repeat(40)}`,
      `{"email":"${"x".repeat(400)}"}`,
    ),
  },
);
/** Rarely, because it is long: just within the limit of 32 KiB, and beyond it. */
const longContent = fc.constantFrom(32_768, 32_769).map((length) => `"${"x".repeat(length - 2)}"`);
const body = fc.oneof(
  { weight: 30, arbitrary: fc.constant(null) },
  {
    weight: 29,
    arbitrary: fc.record({
      content: fc.oneof({ weight: 40, arbitrary: content }, { weight: 1, arbitrary: longContent }),
      contentType,
      framing: fc.oneof(
        { weight: 6, arbitrary: fc.constant("length" as const) },
        { weight: 3, arbitrary: fc.constant("chunked" as const) },
        { weight: 1, arbitrary: fc.constant("both" as const) },
      ),
    }),
  },
);

const anyRequest: fc.Arbitrary<Request> = fc
  .record({
    method,
    target: anyTarget,
    version: fc.oneof(
      { weight: 20, arbitrary: fc.constant("1.1" as const) },
      { weight: 1, arbitrary: fc.constant("1.0" as const) },
    ),
    headers: anyHeaders,
    body,
  })
  .map((request) => (request.version === "1.0" ? withoutConnection(request) : request));

/** The old way could not keep a connection of HTTP/1.0 alive, because the end of its answers ended the connection. */
function withoutConnection(request: Request): Request {
  return { ...request, headers: request.headers.filter((line) => !line.startsWith("Connection:")) };
}

/** What clients send all day: it is answered, and from memory when it is repeated. */
const usualQuery: fc.Arbitrary<Request> = fc
  .record({ target: usualTarget, headers: usualHeaders })
  .map((request) => ({ ...request, method: "GET", version: "1.1", body: null }));
const usualMutation: fc.Arbitrary<Request> = fc
  .record({
    call: fc.constantFrom<[target: string, input: object]>(
      ["/trpc/discover.byEmail", { email: "jane@acme.example" }],
      ["/trpc/discover.byEmail", { email: "sam@strict.example" }],
      [
        "/trpc/discover.byEmail,org.join?batch=1",
        { 0: { email: "x@nowhere.example" }, 1: { organizationId: "forge" } },
      ],
      [
        "/trpc/org.join,org.join?batch=1",
        { 0: { organizationId: "forge" }, 1: { organizationId: "closed" } },
      ],
      ["/trpc/org.join", { organizationId: "forge" }],
      ["/public/auth/discover", { email: "x@nowhere.example" }],
      ["/organizations/forge/join", {}],
      ["/validate", {}],
    ),
    framing: fc.constantFrom("length", "chunked"),
    headers: usualHeaders,
  })
  .map(({ call: [target, input], framing, headers }) => ({
    method: "POST",
    target,
    version: "1.1",
    headers,
    body: { content: JSON.stringify(input), contentType: JSON_TYPE, framing },
  }));

const request = fc.oneof(
  { weight: 5, arbitrary: usualQuery },
  { weight: 2, arbitrary: usualMutation },
  { weight: 5, arbitrary: anyRequest },
);

export const anyConversation: fc.Arbitrary<Conversation> = fc.record({
  requests: fc.oneof(
    { weight: 4, arbitrary: fc.array(request, { minLength: 1, maxLength: 5, size: "max" }) },
    { weight: 1, arbitrary: fc.array(request, { minLength: 6, maxLength: 30, size: "max" }) },
  ),
  sending: fc.constantFrom("at once", "in pieces", "one by one"),
});
