import { afterEach, describe, expect, it } from "vitest";
import { ABSENT_ID, type Call, ORIGIN, runBackend } from "./testing/backend.ts";
import { startBrokenStore } from "./testing/store.ts";

const { platform, log, call, create, serveOn, storeEndpoint } = runBackend();
afterEach(() => platform.slowDown(0));

describe("what cannot be read", () => {
  const TITLE = "title must be 1 to 200 characters, none of them a control character";
  const LIMIT = "limit must be 1 to 100";
  const CURSOR = "cursor must be a nextCursor";
  const csv = { body: "title=t", headers: { "content-type": "text/csv" } };
  it.each<[string, string, Call, string]>([
    ["no run", "/runs?limit=0", {}, LIMIT],
    ["too many runs", "/runs?limit=101", {}, LIMIT],
    ["runs in words", "/runs?limit=ten", {}, LIMIT],
    ["two limits", "/runs?limit=1&limit=2", {}, LIMIT],
    ["a wrong cursor", "/runs?cursor=a", {}, CURSOR],
    ["an empty cursor", "/runs?cursor=", {}, CURSOR],
    ["two wrongs", "/runs?limit=0&cursor=a", {}, `${LIMIT}; ${CURSOR}`],
    ["no title", "/runs", { body: {} }, TITLE],
    ["a number", "/runs", { body: { title: 5 } }, TITLE],
    ["blanks", "/runs", { body: { title: "  " } }, TITLE],
    ["a long title", "/runs", { body: { title: "x".repeat(201) } }, TITLE],
    ["a control character", "/runs", { body: { title: "a\u0000b" } }, TITLE],
    ["half a character", "/runs", { body: '{"title":"\\ud800"}' }, TITLE],
    ["null", "/runs", { body: "null" }, "body must be an object"],
    ["half of an object", "/runs", { body: "{" }, "The request is not valid"],
    ["no body", "/runs", { method: "POST" }, "body must be an object"],
    ["no JSON", "/runs", csv, "send content-type: application/json"],
    ["a broken path", "/runs/%", {}, "The request is not valid"],
  ])("%s: 400", async (_, path, options, message) => {
    const answer = await call(path, platform.signIn(), options);
    expect([answer.status, answer.reason]).toEqual([400, "INPUT_INVALID"]);
    expect(answer.body.error?.message).toContain(message);
  });

  it.each(["/runs/1", `/runs/${ABSENT_ID}`, `/runs/${"x".repeat(90)}`, "/elsewhere"])(
    "404: %s",
    async (path) => {
      const answer = await call(path, platform.signIn());
      expect([answer.status, answer.reason]).toEqual([404, "NOT_FOUND"]);
    },
  );

  it("more than 32 KiB: 413", async () => {
    const answer = await call("/runs", platform.signIn(), { body: { title: "x".repeat(32_768) } });
    expect([answer.status, answer.reason]).toEqual([413, "TOO_LARGE"]);
  });

  it("titles of 200 characters are taken", async () => {
    const title = "ü".repeat(200);
    expect((await create(platform.signIn(), title)).title).toBe(title);
  });
});

describe.concurrent("without a store", () => {
  it.each<[string, string | null, number]>([
    ["is silent", null, 0],
    ["fails", '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}', 500],
    ["is another server", "<html>welcome</html>", 200],
    ["says nothing", "", 200],
    ["holds nonsense", '{"ConsumedCapacity":5,"Items":[{"id":{"S":"1"}}]}', 200],
  ])("that %s", async (_, reply, status) => {
    const broken = await startBrokenStore((_request, response) => {
      if (reply !== null) response.writeHead(status).end(reply);
    });
    const lame = await serveOn(broken.endpoint);
    const token = platform.signIn();
    const calls: [string, Call][] = [
      ["/runs", {}],
      [`/runs/${ABSENT_ID}`, {}],
      ["/runs", { body: { title: "t" } }],
    ];
    await Promise.all(
      calls.map(async ([path, options]) => {
        const answer = await call(path, token, { ...options, url: lame.url });
        expect([answer.status, answer.reason]).toEqual([503, "STORE_UNAVAILABLE"]);
        expect(answer.headers.get("retry-after")).toBe("2");
      }),
    );
    expect((await call("/livez", null, { url: lame.url })).status).toBe(200);
    expect((await call("/readyz", null, { url: lame.url })).status).toBe(200);
    broken.close();
    await lame.stop();
  });
});

it("lets the browsers of its origins in, with the headers they need", async () => {
  const preflight = (origin: string) =>
    call("/runs", null, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
  const { headers } = await preflight(ORIGIN);
  expect(headers.get("access-control-allow-origin")).toBe(ORIGIN);
  expect(headers.get("access-control-allow-headers")).toBe("authorization, content-type, x-organization-id");
  expect(
    (await preflight("https://elsewhere.example")).headers.get("access-control-allow-origin"),
  ).toBeNull();
  const answer = await call("/runs", null, { headers: { origin: ORIGIN } });
  expect(answer.headers.get("access-control-expose-headers")).toBe("retry-after, www-authenticate");
  for (const { headers } of [await call("/livez", null), await call("/runs", platform.signIn())]) {
    expect(headers.get("cache-control")).toBe("no-store");
  }
});

it("stops when what is under way is answered", async () => {
  const second = await serveOn(storeEndpoint());
  const url = second.url;
  const token = platform.signIn();
  platform.slowDown(900); // twice: longer than it lingers, and than what is late gets
  const slow = call("/runs", token, { url });
  await expect.poll(() => platform.asked.at(-1)).toBe("auth.validate");
  const stopped = second.stop();
  const ready = await call("/readyz", null, { url });
  expect([ready.status, ready.body]).toEqual([503, { status: "draining" }]);
  expect(second.stop()).toBe(stopped);
  expect((await slow).status).toBe(200);
  await stopped;
  await expect(call("/livez", null, { url })).rejects.toThrow();
});

it("logs one JSON object a line, of no token, address, title, query or subject", async () => {
  log.length = 0;
  const token = platform.signIn();
  await call("/runs?limit=3&access_token=in-the-query", token);
  await call("/runs/in-the-path", token);
  await call("/runs", token, { body: '{"title":"in the title" oops' });
  await create(token, "in the title");
  const broken = platform.signIn();
  platform.change("auth.validate", (usual) => ({ ...usual, userId: "waad|abc123" }), { token: broken });
  await call("/runs", broken);
  await call("/runs", "test-token-of-nobody");
  await expect.poll(() => log.length).toBe(9);
  for (const line of log) expect(JSON.parse(line)).toMatchObject({ level: expect.any(String) });
  const answered = log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "answered");
  expect(answered[0]).toMatchObject({ method: "GET", route: "/runs", status: 200 });
  expect(log.join("")).not.toMatch(/test-token|jane|in.the|waad|limit=3/);
});
