import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import type { TokenSource } from "../management-token.ts";
import { auth0Events, type Position } from "./event-source.ts";
import { CONNECTED, errorFrame, frame, HEARTBEAT, offsetOnly } from "./event-stream.fixture.ts";
import { EventsLost, type StreamMessage } from "./event-stream.ts";

const STREAM = { "content-type": "text/event-stream; charset=utf-8" };
const signal = () => AbortSignal.timeout(10_000);

/** A server whose answers the test writes, and a client of it. */
async function source(
  answer: (response: ServerResponse, query: URLSearchParams, authorization: string | undefined) => void,
  times: { readonly silenceMs?: number; readonly connectMs?: number } = {},
) {
  const server = createServer(({ url, headers }, response) => {
    const { pathname, searchParams } = new URL(url ?? "", "http://local");
    if (pathname === "/api/v2/events") answer(response, searchParams, headers.authorization);
    else response.writeHead(404).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  let token = 1;
  const tokens: TokenSource = {
    current: async () => ({ value: `t${token}`, scopes: null }),
    drop: () => {
      token += 1;
    },
  };
  return auth0Events({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tokens, ...times });
}

/** What is read until the stream ends or fails. */
async function readAll(events: Awaited<ReturnType<typeof source>>, position: Position) {
  const messages: StreamMessage[] = [];
  let failure: unknown = null;
  try {
    for await (const batch of events.open(position, signal())) messages.push(...batch);
  } catch (error) {
    failure = error;
  }
  return { messages, failure };
}

const FRAMES = [
  frame("o1", "updated", { user_id: "waad|jané", blocked: true }),
  HEARTBEAT,
  offsetOnly("o2"),
  frame("o3", "deleted", { user_id: "waad|jané" }),
];
const OFFSETS = ["o1", "o2", "o3"];
/** The first frame behind each offset. */
const BEHIND = [0, 1, 3, 4];
const offsetsOf = (messages: readonly StreamMessage[]) =>
  messages.flatMap((message) => (message.kind === "alive" ? [] : [message.offset]));

it("reads a stream of single bytes", async () => {
  const events = await source(async (response) => {
    response.writeHead(200, STREAM);
    response.socket?.setNoDelay(true);
    for (const byte of Buffer.from(CONNECTED + FRAMES.join(""))) {
      response.write(Buffer.of(byte));
      await setImmediate();
    }
    response.end();
  });
  const { messages, failure } = await readAll(events, { offset: "o0" });
  expect([offsetsOf(messages), failure]).toEqual([OFFSETS, null]);
});

it("a socket that is cut at any byte loses nothing and repeats nothing behind its last offset", async () => {
  let cut = 0;
  const events = await source((response, query) => {
    const from = Number(query.get("from")?.slice(1));
    const rest = Buffer.from(CONNECTED + FRAMES.slice(BEHIND[from]).join(""));
    response.writeHead(200, STREAM);
    response.write(rest.subarray(0, cut), () => response.destroy());
  });
  const length = Buffer.byteLength(CONNECTED + FRAMES.join(""));
  for (cut = 1; cut <= length; cut += 7) {
    const first = await readAll(events, { offset: "o0" });
    const last = offsetsOf(first.messages).at(-1) ?? "o0";
    const whole = cut;
    cut = length;
    const second = await readAll(events, { offset: last });
    cut = whole;
    expect([...offsetsOf(first.messages), ...offsetsOf(second.messages)]).toEqual(OFFSETS);
  }
});

it("asks for three types of events behind an offset or a time", async () => {
  const asked: string[] = [];
  const events = await source((response, query, authorization) => {
    asked.push(`${authorization} ${query}`);
    response.writeHead(200, STREAM).end();
  });
  await readAll(events, { offset: "a&b" });
  await readAll(events, { since: new Date("2026-11-30T12:00:00.000Z") });
  const types = "event_type=user.created&event_type=user.updated&event_type=user.deleted";
  expect(asked).toEqual([
    `Bearer t1 ${types}&from=a%26b`,
    `Bearer t1 ${types}&from_timestamp=2026-11-30T12%3A00%3A00.000Z`,
  ]);
});

it.each<[string, number, Record<string, string>, unknown]>([
  ["an offset that is too old", 410, {}, EventsLost],
  ["an offset that is unknown", 400, {}, EventsLost],
  ["no scope", 403, {}, "lacks the scope read:events"],
  ["too many connections", 429, {}, "too many connections read the events"],
  ["an outage", 503, {}, "the events: Auth0 answers 503"],
  ["a redirect", 302, { location: "/elsewhere" }, "the events: Auth0 answers 302"],
  ["a page", 200, { "content-type": "text/html" }, "the answer is not a stream of events"],
])("fails with %s", async (_, status, headers, expected) => {
  const events = await source((response) => response.writeHead(status, headers).end("<html>"));
  const { failure } = await readAll(events, { offset: "o1" });
  expect(() => {
    throw failure;
  }).toThrow(expected as string);
});

it("asks for a new token once where Auth0 does not accept its own any more", async () => {
  const seen: (string | undefined)[] = [];
  const events = await source((response, _query, authorization) => {
    seen.push(authorization);
    if (authorization === "Bearer t2") response.writeHead(200, STREAM).end(offsetOnly("o1"));
    else response.writeHead(401).end();
  });
  expect(await readAll(events, { offset: "o0" })).toMatchObject({
    failure: null,
    messages: [{ offset: "o1" }],
  });
  const again = await readAll(events, { offset: "o0" });
  expect([seen, again.failure]).toEqual([["Bearer t1", "Bearer t2", "Bearer t2"], null]);
});

it.each<[string, (response: ServerResponse) => void, string]>([
  ["says nothing", (response) => response.writeHead(200, STREAM).write(CONNECTED), "nothing was heard"],
  ["does not answer", () => {}, "Auth0 did not answer in time"],
  [
    "breaks",
    (response) => response.writeHead(200, STREAM).write("event", () => response.destroy()),
    "unreachable",
  ],
  [
    "tells of an error",
    (response) => response.writeHead(200, STREAM).write(errorFrame("timeout")),
    "the error timeout",
  ],
])("ends a connection that %s", async (_, answer, expected) => {
  const events = await source(answer, { silenceMs: 80, connectMs: 80 });
  const { failure } = await readAll(events, { offset: "o0" });
  expect(String(failure)).toContain(expected);
});
