import { inspect } from "node:util";
import { expect, it } from "vitest";
import { readJson } from "./reply.ts";

const never = new AbortController().signal;
const malformed = { failure: "malformed" };

function reply(body: ConstructorParameters<typeof Response>[0], type = "application/json"): Response {
  return new Response(body, { headers: { "content-type": type } });
}

it.each(["application/json", "application/json;charset=utf-8", "Application/JSON ; charset=UTF-8"])(
  "reads JSON with the content type %o",
  async (type) => {
    expect(await readJson(reply('{"a":"ü"}', type), 99, never)).toEqual({ a: "ü" });
  },
);

it.each(["text/html", "text/json", "application/jsonp", "application/json-seq", "application/x-json", ""])(
  "refuses a reply with the content type %o",
  async (type) => {
    await expect(readJson(reply("{}", type), 99, never)).rejects.toMatchObject(malformed);
  },
);

it("refuses bytes that are not UTF-8, and does not quote text that is not JSON", async () => {
  const bytes = reply(new Uint8Array([0x22, 0xff, 0x22]));
  await expect(readJson(bytes, 99, never)).rejects.toMatchObject(malformed);
  const text = readJson(reply("secret"), 99, never);
  await expect(text).rejects.toSatisfy((error) => !inspect(error).includes("secret"));
});

it("counts bytes and accepts exactly the limit", async () => {
  expect(await readJson(reply('"üü"'), 6, never)).toBe("üü");
  await expect(readJson(reply('"üü"'), 5, never)).rejects.toMatchObject(malformed);
});

it("stops reading and cancels the source once a body exceeds the limit, whatever its content-length says", async () => {
  let pulled = 0;
  let cancelled = false;
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(++pulled && 1_000).fill(0x20)),
    cancel: () => {
      cancelled = true;
    },
  });
  const lying = new Response(body, {
    headers: { "content-type": "application/json", "content-length": "2" },
  });
  await expect(readJson(lying, 10_000, never)).rejects.toMatchObject(malformed);
  expect(cancelled).toBe(true);
  expect(pulled).toBeLessThan(20);
});

it("ends a stalled body when the signal aborts, even if its source ignores the signal", async () => {
  const signal = AbortSignal.timeout(10);
  const stalled = reply(new ReadableStream());
  await expect(readJson(stalled, 99, signal)).rejects.toMatchObject({ name: "TimeoutError" });
});

it("frees the connection of a reply that is not JSON", async () => {
  let cancelled = false;
  const body = new ReadableStream({
    cancel: () => {
      cancelled = true;
    },
  });
  await expect(readJson(reply(body, "text/html"), 99, never)).rejects.toMatchObject(malformed);
  expect(cancelled).toBe(true);
});

it("does not wait for a body whose signal has aborted before", async () => {
  const stalled = reply(new ReadableStream());
  await expect(readJson(stalled, 99, AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
});
