import { afterEach, expect, it } from "vitest";
import { ABSENT_ID, type Call, ORIGIN, runBackend } from "./testing/backend.ts";
import { startBrokenStore } from "./testing/store.ts";

const { platform, call, serveOn, storeEndpoint } = runBackend();
afterEach(() => platform.slowDown(0));

const LIMIT = "limit must be a whole number from 1 to 100";
const CURSOR = "cursor must be a UUID of version 7";
const ID = "id must be a UUID of version 7";
const TITLE = "title must be a text of 1 to 200 characters, one of them visible and none a control character";
const TEXT = "document must be a text of 1 to 20,000 characters, one of them visible";
const STATUS = "status must be one of queued, running, waiting, succeeded, failed, cancelled, stopped";
const BODY = "The body must be JSON, sent as application/json";
const FAILING = "failing is not allowed here (FAILING_STEPS)";
const OBJECT = "The body must be an object";

it.each<[string, string, Call, string]>([
  ["a limit of zero", "/runs?limit=0", {}, LIMIT],
  ["too large a limit", "/runs?limit=101", {}, LIMIT],
  ["a limit in words", "/runs?limit=ten", {}, LIMIT],
  ["half a limit", "/runs?limit=0.5", {}, LIMIT],
  ["two limits", "/runs?limit=1&limit=2", {}, LIMIT],
  ["an empty cursor", "/runs?cursor=", {}, CURSOR],
  ["two problems", "/runs?limit=0&cursor=a", {}, `${LIMIT}; ${CURSOR}`],
  ["an unknown status", "/runs?status=done", {}, STATUS],
  ["nothing", "/runs", { body: {} }, `${TITLE}; ${TEXT}`],
  ["no document", "/runs", { body: { title: "t" } }, TEXT],
  ["an empty document", "/runs", { body: { title: "t", document: "\n \u200b" } }, TEXT],
  ["a long document", "/runs", { body: { title: "t", document: "x".repeat(20_001) } }, TEXT],
  ["half a character", "/runs", { body: '{"title":"t","document":"\\ud800"}' }, TEXT],
  [
    "a wrong switch",
    "/runs",
    { body: { title: "t", document: "d", failing: 1 } },
    "failing must be true or false",
  ],
  ["a failure", "/runs", { body: { title: "t", document: "d", failing: true } }, FAILING],
  ["a number", "/runs", { body: { title: 5, document: "d" } }, TITLE],
  ["blanks", "/runs", { body: { title: "  ", document: "d" } }, TITLE],
  ["a long title", "/runs", { body: { title: "x".repeat(201), document: "d" } }, TITLE],
  ["a control character", "/runs", { body: { title: "a\u0000b", document: "d" } }, TITLE],
  ["half a character", "/runs", { body: '{"title":"\\ud800","document":"d"}' }, TITLE],
  ["invisible characters", "/runs", { body: { title: "\u200b\u2028\u200d\u2060", document: "d" } }, TITLE],
  ["an id of another kind", "/runs", { body: { id: crypto.randomUUID(), title: "t", document: "d" } }, ID],
  ["null", "/runs", { body: "null" }, OBJECT],
  ["no body", "/runs", { method: "POST" }, OBJECT],
  ["half of an object", "/runs", { body: "{" }, BODY],
  ["a body that is not JSON", "/runs", { body: "title=t", headers: { "content-type": "text/csv" } }, BODY],
])("refuses an invalid request and names the problem: %s", async (_, path, options, message) => {
  const answer = await call(path, platform.signIn(), options);
  expect([answer.status, answer.reason]).toEqual([400, "INPUT_INVALID"]);
  expect(answer.body.error?.message).toBe(message);
});

it.each<[string, Call, number, string | undefined]>([
  ["/runs/1", {}, 404, "NOT_FOUND"],
  ["/runs/", {}, 404, "NOT_FOUND"],
  [`/runs/${"x".repeat(900)}`, {}, 404, "NOT_FOUND"],
  ["/runs/%", {}, 404, "NOT_FOUND"],
  ["/elsewhere", {}, 404, "NOT_FOUND"],
  ["/runs", { body: { title: "t", document: "x".repeat(131_072) } }, 413, "TOO_LARGE"],
  ["/runs", { body: { title: "ü".repeat(200), document: "ü".repeat(20_000) } }, 201, undefined],
  ["/runs", { body: { title: "👩\u200d🚀", document: "👩\u200d🚀" } }, 201, undefined],
])("answers %.20s %.30j with %i %s", async (path, options, status, reason) => {
  const answer = await call(path, platform.signIn(), options);
  expect([answer.status, answer.reason]).toEqual([status, reason]);
});

it.concurrent.each<[string, string | null, number]>([
  ["never answers", null, 0],
  ["fails", '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}', 500],
  ["is another server", "<html>welcome</html>", 200],
  ["sends an empty body", "", 200],
])("answers 503 when the store %s", async (_, reply, status) => {
  const broken = await startBrokenStore((_request, response) => {
    if (reply !== null) response.writeHead(status).end(reply);
  });
  const { url, stop } = await serveOn(broken.endpoint);
  const token = platform.signIn();
  const send = async (path: string, options: Call = {}) => {
    const answer = await call(path, token, { ...options, url });
    return [answer.status, answer.reason, answer.headers.get("retry-after")];
  };
  const answers = [
    send("/runs"),
    send(`/runs/${ABSENT_ID}`),
    send("/runs", { body: { title: "t", document: "d" } }),
  ];
  for (const answer of answers) expect(await answer).toEqual([503, "STORE_UNAVAILABLE", "2"]);
  for (const path of ["/livez", "/readyz"]) expect((await send(path))[0]).toBe(200);
  await stop();
  broken.close();
});

it("allows browsers of its origins, with the headers that they need", async () => {
  const preflight = (origin: string) =>
    call("/runs", null, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
  const { headers } = await preflight(ORIGIN);
  expect(headers.get("access-control-allow-origin")).toBe(ORIGIN);
  expect(headers.get("access-control-allow-headers")).toBe(
    "authorization, baggage, content-type, sentry-trace, traceparent, tracestate, x-organization-id",
  );
  const other = await preflight("https://elsewhere.example");
  expect(other.headers.get("access-control-allow-origin")).toBeNull();
  const answer = await call("/runs", platform.signIn(), { headers: { origin: ORIGIN } });
  expect(answer.headers.get("access-control-expose-headers")).toBe("retry-after, www-authenticate");
  expect(answer.headers.get("cache-control")).toBe("no-store");
});

it("stops after it has answered pending requests", async () => {
  const { url, stop } = await serveOn(storeEndpoint());
  platform.asked.length = 0;
  platform.slowDown(200);
  const slow = call("/runs", platform.signIn(), { url });
  await expect.poll(() => platform.asked).toContain("auth.validate");
  const stopped = [stop(), stop()];
  await expect(call("/readyz", null, { url })).rejects.toThrow();
  const { status, headers } = await slow;
  expect([status, headers.get("connection")]).toEqual([200, "close"]);
  await Promise.all(stopped);
});

it("logs one JSON object a line, without tokens, addresses, titles, queries or subjects", async () => {
  const log: string[] = [];
  const { url, stop } = await serveOn(storeEndpoint(), log);
  const token = platform.signIn();
  await call("/runs?limit=3&access_token=in-the-query", token, { url });
  await call("/runs/in-the-path", token, { url });
  await call("/runs", token, { url, body: '{"title":"in the title" oops' });
  await call("/runs", token, { url, body: { title: "in the title", document: "in the document" } });
  const broken = platform.signIn();
  platform.change("auth.validate", (usual) => ({ ...usual, userId: "waad|abc123" }), { token: broken });
  await call("/runs", broken, { url });
  await call("/runs", "test-token-of-nobody", { url });
  await call("/runs/%in-the-path", token, { url });
  const written = (text: string) => log.filter((line) => line.includes(text)).length;
  // Fastify logs no completion for a request whose path it cannot decode.
  await expect.poll(() => [written(`"request completed"`), written(`"runId"`)]).toEqual([6, 1]);
  const lines = log.map((line) => JSON.parse(line));
  const firstLine = {
    level: "info",
    service: "agentic-backend",
    msg: "incoming request",
    req: { method: "GET", route: "/runs" },
  };
  const { reqId } = lines.find(({ msg }) => msg === firstLine.msg);
  expect(lines.filter((line) => line.reqId === reqId)).toMatchObject([
    firstLine,
    { res: { statusCode: 200 } },
  ]);
  expect(log.join("")).not.toMatch(/test-token|jane|in.the|waad|limit=3/);
  await stop();
});
