import fc from "fast-check";
import { ORIGIN } from "./one-server.ts";
import { coldToken, GOOD, REFUSED } from "./tokens.ts";

/** As it is sent: `Name: value`. */
type Header = string;

const good = fc.constantFrom(...Object.values(GOOD));
const refused = fc.constantFrom(...Object.values(REFUSED));
const token = fc.oneof(
  { weight: 6, arbitrary: good },
  { weight: 3, arbitrary: refused },
  { weight: 2, arbitrary: fc.nat(149).map(coldToken) },
);

const credentials: fc.Arbitrary<readonly Header[]> = fc.oneof(
  { weight: 14, arbitrary: token.map((each) => [`Authorization: Bearer ${each}`]) },
  { weight: 8, arbitrary: token.map((each) => [`X-User-Token: ${each}`]) },
  { weight: 4, arbitrary: token.map((each) => [`x-user-token: ${each}`, `authorization: bearer ${each}`]) },
  { weight: 2, arbitrary: fc.constant([]) },
  {
    weight: 5,
    arbitrary: fc.tuple(token, good).chain(([one, other]) => fc.constantFrom(...oddCredentials(one, other))),
  },
);

function oddCredentials(one: string, other: string): (readonly Header[])[] {
  return [
    [`Authorization: Bearer ${one}`, `Authorization: Bearer ${one}`],
    [`X-User-Token: ${one}`, `X-User-Token: ${one}`],
    [`X-User-Token: ${one}`, `x-USER-token: ${other}`],
    ["Authorization: Basic eDp5", `X-User-Token: ${one}`],
    [`Authorization: Digest ${one}`],
    [`Authorization: ${one}`],
    ["Authorization: Bearer"],
    ["Authorization: Bearer "],
    ["Authorization: "],
    ["X-User-Token: "],
    [`Authorization: Bearer   ${one}`],
    [`Authorization: Bearer\t${one}`],
    [`AUTHORIZATION: BEARER ${one}`],
    [`Authorization: Bearer ${one}, Bearer ${one}`],
    [`Authorization: Bearer ${one} x`],
    [`Authorization:  Bearer ${one} `],
    [`X-User-Token: Bearer ${one}`],
    [`X-User-Token: ${one},${other}`],
    [`X-User-Token:  ${one}\t`],
    [`Authorization: Bearer ${one}\u00ff`],
    [`Authorization: Bearer "${one}"`],
    [`Proxy-Authorization: Bearer ${one}`],
    [`Cookie: token=${one}`],
  ];
}

const BROWSER: readonly Header[] = [
  'sec-ch-ua: "Chromium";v="140"',
  "sec-fetch-mode: cors",
  "Accept-Encoding: gzip, deflate, br, zstd",
  "Accept-Language: de,en;q=0.7",
  "User-Agent: Mozilla/5.0",
  `Referer: ${ORIGIN}/`,
  "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
];
const PREFLIGHT: readonly Header[] = [
  "Access-Control-Request-Method: GET",
  "Access-Control-Request-Headers: authorization,x-user-token",
];

const ORIGINS = [
  ORIGIN,
  "https://evil.example",
  "null",
  "",
  `${ORIGIN}/`,
  ORIGIN.toUpperCase(),
  `${ORIGIN}, ${ORIGIN}`,
];
/** One header with one of the values. */
const oneOf = (name: string, ...values: readonly string[]) =>
  fc.constantFrom(...values).map((value): readonly Header[] => [`${name}: ${value}`]);
const unusual: fc.Arbitrary<readonly Header[]> = fc.oneof(
  fc.constant(["Host: y"]),
  oneOf("Origin", ...ORIGINS),
  fc.constant([`Origin: ${ORIGIN}`, `Origin: ${ORIGIN}`]),
  fc.constant(BROWSER),
  fc
    .constantFrom(PREFLIGHT, PREFLIGHT.slice(0, 1), PREFLIGHT.slice(1))
    .map((asked) => [`Origin: ${ORIGIN}`, ...asked]),
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom("Accept", "trpc-accept", "TRPC-Accept"),
        fc.constantFrom("application/jsonl", "*/*", "text/event-stream", "application/jsonl; q=1"),
      )
      .map(([name, value]) => [`${name}: ${value}`]),
  },
  oneOf("Content-Type", "application/json", "text/plain", "", "multipart/form-data"),
  oneOf("Content-Length", "0", "00", "-1", "x", "1e1", ""),
  oneOf(
    "Connection",
    "close",
    "keep-alive",
    "Keep-Alive",
    "close, keep-alive",
    "Upgrade",
    "x-user-token",
    "",
    "TE",
  ),
  fc.constantFrom("h2c", "websocket").map((to) => ["Connection: Upgrade, close", `Upgrade: ${to}`]),
  {
    weight: 6,
    arbitrary: fc
      .constantFrom<Header>(
        "If-None-Match: *",
        "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
        "Range: bytes=0-1",
        "Expect: 100-continue",
        "Expect: a miracle",
        "Accept-Encoding: identity",
        "X-Forwarded-For: 203.0.113.7",
        "Forwarded: for=203.0.113.7",
        "request-id: x",
        "X-Request-Id: r-1",
        "X-HTTP-Method-Override: POST",
        "trpc-batch-mode: stream",
        "Last-Event-Id: 1",
        "Transfer-Encoding: gzip",
        "Keep-Alive: timeout=1",
        "TE: trailers",
        "__proto__: x",
        "constructor: x",
        `X-Long: ${"x".repeat(5_000)}`,
        `X-Too-Long: ${"x".repeat(17_000)}`,
        "Bad Name: x",
        "X-Bad-Value: \u0001",
        "X-Folded: a\r\n b",
        ": x",
      )
      .map((header) => [header]),
  },
);

/** Headers of a request, in any order. */
export const anyHeaders: fc.Arbitrary<readonly Header[]> = fc
  .record({
    host: fc.oneof(
      { weight: 30, arbitrary: fc.constant<readonly Header[]>(["Host: platform.example"]) },
      { weight: 1, arbitrary: fc.constantFrom<readonly Header[]>([], ["Host: "], ["Host: a b"]) },
    ),
    credentials,
    more: fc.oneof(
      { weight: 5, arbitrary: fc.constant<readonly (readonly Header[])[]>([]) },
      { weight: 5, arbitrary: fc.array(unusual, { minLength: 1, maxLength: 3 }) },
    ),
    credentialsLast: fc.boolean(),
  })
  .map(({ host, credentials, more, credentialsLast }) =>
    credentialsLast ? [...host, ...more.flat(), ...credentials] : [...host, ...credentials, ...more.flat()],
  );

/** One good credential, alone or with what browsers send. */
export const usualHeaders: fc.Arbitrary<readonly Header[]> = fc
  .record({
    token,
    name: fc.constantFrom("Authorization", "authorization", "X-User-Token", "x-user-token"),
    browser: fc.constantFrom<readonly Header[]>([], [`Origin: ${ORIGIN}`], [...BROWSER, `Origin: ${ORIGIN}`]),
  })
  .map(({ token: each, name, browser }) => [
    "Host: platform.example",
    `${name}: ${name.toLowerCase() === "authorization" ? "Bearer " : ""}${each}`,
    ...browser,
  ]);

/** Good credentials with one thing about them that is unusual. */
export const oddHeaders: fc.Arbitrary<readonly Header[]> = fc
  .oneof(
    fc.tuple(token, good).map(([one, other]) => [`Authorization: Bearer ${one}`, `X-User-Token: ${other}`]),
    fc.tuple(good, good).chain((tokens) => fc.constantFrom(...oddCredentials(...tokens))),
    fc.tuple(good, unusual).map(([one, more]) => [`X-User-Token: ${one}`, ...more]),
  )
  .map((headers) => ["Host: platform.example", ...headers]);
