import { expect, it } from "vitest";
import { CONNECTED, EVENT_AT, errorFrame, frame, HEARTBEAT, offsetOnly } from "./event-stream.fixture.ts";
import { EventStreamReader, EventsLost, type StreamMessage } from "./event-stream.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const at = new Date(EVENT_AT);
const jane = { user_id: "waad|jané", email: "jane@acme.example" };
const event = (type: "created" | "updated" | "deleted", isBlocked = false) => ({
  type,
  subject: jane.user_id,
  at,
  isBlocked,
});

const STREAM = [
  CONNECTED,
  frame("o1", "updated", { ...jane, blocked: true }),
  HEARTBEAT,
  offsetOnly("o2"),
  frame("o3", "deleted", jane),
].join("");
const MESSAGES: readonly StreamMessage[] = [
  { kind: "event", offset: "o1", event: event("updated", true) },
  { kind: "alive" },
  { kind: "offset", offset: "o2" },
  { kind: "event", offset: "o3", event: event("deleted") },
];

function read(...chunks: readonly Uint8Array[]): readonly StreamMessage[] {
  const reader = new EventStreamReader();
  return chunks.flatMap((chunk) => reader.read(chunk));
}

it.each(["\n", "\r\n", "\r"])(
  "reads the same wherever the stream is cut, with %j at the end of lines",
  (end) => {
    const whole = bytes(`${STREAM.replaceAll("\n", end)}${end}`);
    for (let cut = 0; cut <= whole.length; cut++)
      expect(read(whole.subarray(0, cut), whole.subarray(cut))).toEqual(MESSAGES);
    expect(read(...Array.from(whole, (byte) => Uint8Array.of(byte)))).toEqual(MESSAGES);
  },
);

it("says nothing of an event that is not complete", () => {
  const whole = bytes(frame("o1", "updated", jane));
  for (let cut = 0; cut < whole.length; cut++) expect(read(whole.subarray(0, cut))).toEqual([]);
});

const told = (changes: object) =>
  `event: user.updated\nid: o1\ndata: ${JSON.stringify({ offset: "o1", event: { time: EVENT_AT, data: { object: jane }, ...changes } })}\n\n`;

it.each<[string, string, StreamMessage]>([
  [
    "blocked false",
    frame("o1", "updated", { ...jane, blocked: false }),
    { kind: "event", offset: "o1", event: event("updated") },
  ],
  [
    "blocked as a text",
    frame("o1", "updated", { ...jane, blocked: "true" }),
    { kind: "event", offset: "o1", event: { ...event("updated"), isBlocked: null } },
  ],
  [
    "blocked as a text of somebody deleted",
    frame("o1", "deleted", { ...jane, blocked: "true" }),
    { kind: "event", offset: "o1", event: event("deleted") },
  ],
  ["an offset in the id alone", `event: offset-only\nid: o9\ndata: {}\n\n`, { kind: "offset", offset: "o9" }],
  [
    "another type",
    `event: organization.created\nid: o1\ndata: {"offset":"o1","event":{}}\n\n`,
    { kind: "offset", offset: "o1" },
  ],
  [
    "a type like a property of objects",
    `event: constructor\ndata: {"offset":"o1"}\n\n`,
    { kind: "offset", offset: "o1" },
  ],
  ["an event of a test", told({ a0purpose: "test" }), { kind: "offset", offset: "o1" }],
  ["no user", told({ data: { object: {} } }), { kind: "unreadable", offset: "o1" }],
  [
    "no time",
    told({ time: undefined }),
    { kind: "event", offset: "o1", event: { ...event("updated"), at: null } },
  ],
  [
    "a time without a zone",
    told({ time: "2026-11-30T12:00:00.000" }),
    { kind: "event", offset: "o1", event: { ...event("updated"), at: null } },
  ],
  [
    "a purpose that is not a text",
    told({ a0purpose: 7 }),
    { kind: "event", offset: "o1", event: event("updated") },
  ],
  ["data that is not JSON", "event: user.updated\nid: o1\ndata: {\n\n", { kind: "unreadable", offset: "o1" }],
  ["no offset", "event: user.updated\ndata: {}\n\n", { kind: "unreadable", offset: null }],
])("understands %s", (_, text, expected) => {
  expect(read(bytes(text))).toEqual([expected]);
});

it.each([
  ["invalid_cursor", EventsLost],
  ["cursor_expired", EventsLost],
  ["timeout", "the stream of events ends with the error timeout"],
  ["\u001b[2J", "the stream of events ends with the error unknown"],
])("ends with the error %j, behind what came before it", (code, expected) => {
  const reader = new EventStreamReader();
  expect(reader.read(bytes(`${offsetOnly("o1")}${errorFrame(code)}${offsetOnly("o2")}`))).toEqual([
    { kind: "offset", offset: "o1" },
  ]);
  expect(() => reader.throwIfEnded()).toThrow(expected);
});

it("does not keep an event without end", () => {
  const reader = new EventStreamReader();
  const part = bytes(`data: ${"x".repeat(1_048_576)}`);
  expect(() => {
    for (let parts = 0; parts < 5; parts++) {
      reader.read(part);
      reader.throwIfEnded();
    }
  }).toThrow("an event of the stream is too large");
});
