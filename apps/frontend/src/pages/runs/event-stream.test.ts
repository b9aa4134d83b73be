import { expect, it } from "vitest";
import { eventsIn, limitSilence } from "./event-stream.ts";

const TEXT = `: hello\n\nid: 1\ndata: {"a":"é"}\n\n: alive\n\nid: 2\r\ndata: one\r\ndata:two\r\n\r\ndata: cut off`;

it.each([1, 2, 7, 1_000])("reads the same events from pieces of %i bytes", async (size) => {
  const bytes = new TextEncoder().encode(TEXT);
  let signs = 0;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let from = 0; from < bytes.length; from += size)
        controller.enqueue(bytes.slice(from, from + size));
      controller.close();
    },
  });
  const events = [];
  for await (const event of eventsIn(body, () => void signs++)) events.push(event);
  expect(events).toEqual(['{"a":"é"}', "one\ntwo"]);
  expect(signs).toBe(Math.ceil(bytes.length / size));
});

it("gives up on a silent stream, later once it has shown a sign of life, and with the caller", async () => {
  const aborted = (signal: AbortSignal) =>
    new Promise((resolve) => signal.addEventListener("abort", resolve));
  const outer = new AbortController();
  const silent = limitSilence(outer.signal, { firstMs: 1, laterMs: 60_000 });
  await aborted(silent.signal);
  expect(silent.signal.reason).toMatchObject({ name: "TimeoutError" });
  const alive = limitSilence(outer.signal, { firstMs: 60_000, laterMs: 1 });
  alive.onSign();
  await aborted(alive.signal);
  const left = limitSilence(outer.signal, { firstMs: 60_000, laterMs: 60_000 });
  outer.abort();
  expect(left.signal.aborted).toBe(true);
  left.end();
});
