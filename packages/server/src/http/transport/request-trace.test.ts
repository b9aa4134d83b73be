import { expect, it } from "vitest";
import { traceOf } from "./request-trace.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const [TRACE, SPAN] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];

it.each(["a", "req-1", "0b8f6d1c-3e5a-4c7b-9d2e-1f4a6b8c0d2e", "A_b.c-9", "x".repeat(64)])(
  "takes the request id %s",
  (id) => {
    expect(traceOf({ "x-request-id": id }).requestId).toBe(id);
  },
);

it.each([
  "",
  "x".repeat(65),
  "a b",
  "a,b",
  "a, a",
  'a"b',
  "a\tb",
  "jane@acme.example",
  "waad|abc",
  "ä",
  "a/b",
])("makes a new request id instead of %j", (id) => {
  expect(traceOf({ "x-request-id": id }).requestId).toMatch(UUID);
});

it("makes a new request id for each request without one", () => {
  const [one, other] = [traceOf({}), traceOf({})];
  expect(one.requestId).toMatch(UUID);
  expect(one.requestId).not.toBe(other.requestId);
  expect(one.parent).toBeNull();
});

it("carries a trace on, with a span of its own", () => {
  const [one, other] = [1, 2].map(() => traceOf({ traceparent: `00-${TRACE}-${SPAN}-01` }).parent);
  const spanId = expect.stringMatching(/^[0-9a-f]{16}$/);
  expect(one).toEqual({ traceId: TRACE, flags: "01", spanId, callerSpanId: SPAN });
  expect(new Set([SPAN, one?.spanId, other?.spanId]).size).toBe(3);
});

it("begins a sampled trace where a request has none, if it is asked to, and carries another on", () => {
  const [one, other] = [1, 2].map(() => traceOf({}, true).parent);
  const [traceId, spanId] = [
    expect.stringMatching(/^[0-9a-f]{32}$/),
    expect.stringMatching(/^[0-9a-f]{16}$/),
  ];
  expect(one).toEqual({ traceId, spanId, flags: "01" });
  expect(one?.traceId).not.toBe(other?.traceId);
  expect(traceOf({ traceparent: `00-${TRACE}-${SPAN}-00` }, true).parent).toMatchObject({ flags: "00" });
});

it.each([
  "",
  `01-${TRACE}-${SPAN}-01`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${TRACE}-${SPAN}-1`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${"0".repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
  ` 00-${TRACE}-${SPAN}-01`,
])("ignores the traceparent %j", (traceparent) => {
  expect(traceOf({ traceparent }).parent).toBeNull();
});
