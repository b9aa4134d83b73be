import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { dynamoRuns } from "./dynamo-runs.ts";
import { ownerOf, type Run, runSchema } from "./run.ts";
import { connect } from "./runs-table.ts";
import { ABSENT_ID, configFor, runBackend, titles } from "./testing/backend.ts";
import { startBrokenStore } from "./testing/store.ts";

const { platform, log, call, create, list, serveOn, storeEndpoint } = runBackend();
const stored = () => dynamoRuns(connect(configFor(storeEndpoint())), "runs");
const atAcme = (userId: string) => ownerOf({ organization: { id: "acme" }, identity: { userId } });
const counted = (words: number) => `Counted the words of the title: ${words}`;

describe("a run", () => {
  it("is queued, runs, succeeds with a result and keeps its title", async () => {
    const token = platform.signIn();
    const { status, headers, body } = await call("/runs", token, { body: { title: "  Sum up\u00a0May " } });
    const run = runSchema.parse(body);
    expect([status, headers.get("location")]).toEqual([201, `/runs/${run.id}`]);
    expect(run).toEqual({ ...body, title: "Sum up\u00a0May", status: "queued" });
    const seen = async () => (await call(`/runs/${run.id}`, token)).body;
    const startedBy = expect.stringMatching(/^jane-\d+@acme\.example$/);
    await expect.poll(seen).toEqual({ ...run, status: "succeeded", result: counted(3), startedBy });
    const mine = () => log.filter((line) => line.includes(run.id)).map((line) => JSON.parse(line));
    await expect.poll(mine).toMatchObject([{ msg: "run succeeded", words: 3 }]);
  });

  it.each(["queued", "running"] as const)(
    "resumes when it is read after a process ended and left it %s",
    async (status) => {
      const userId = crypto.randomUUID();
      const token = platform.signIn({ userId });
      const left = { id: ABSENT_ID, title: "left", status, createdAt: new Date().toISOString() };
      await stored().put(atAcme(userId), left, status);
      await expect
        .poll(async () => (await list(token)).runs)
        .toEqual([{ ...left, status: "succeeded", result: counted(1) }]);
    },
  );

  it("is still read when it succeeded before results existed", async () => {
    const userId = crypto.randomUUID();
    const old: Run = {
      id: ABSENT_ID,
      title: "old",
      status: "succeeded",
      createdAt: new Date().toISOString(),
    };
    await stored().put(atAcme(userId), old, "none");
    expect((await list(platform.signIn({ userId }))).runs).toEqual([old]);
  });

  it("is stored once, and one of several concurrent workers wins each step", async () => {
    const owner = atAcme(crypto.randomUUID());
    const runs = stored();
    const run: Run = { id: ABSENT_ID, title: "one", status: "queued", createdAt: new Date().toISOString() };
    const crowd = async (status: Run["status"], from: Run["status"]) => {
      const puts = Array.from({ length: 10 }, () => runs.put(owner, { ...run, status }, from));
      return (await Promise.all(puts)).filter((won) => won).length;
    };
    expect(await crowd("queued", "queued")).toBe(10); // a retry after a lost reply has no effect
    expect(await crowd("running", "queued")).toBe(1);
    expect(await crowd("queued", "queued")).toBe(0);
    expect(await runs.find(owner, run.id)).toEqual({ ...run, status: "running" });
    expect(await crowd("succeeded", "running")).toBe(1);
  });

  it("is the stored one in every answer to concurrent requests with one id and several titles", async () => {
    const token = platform.signIn();
    const posts = ["a", "b", "c", "d"].map((title) =>
      call("/runs", token, { body: { id: ABSENT_ID, title } }),
    );
    const answers = (await Promise.all(posts)).map(({ body }) => runSchema.parse(body));
    const { title, createdAt } = runSchema.parse((await call(`/runs/${ABSENT_ID}`, token)).body);
    for (const answer of answers) expect(answer).toMatchObject({ title, createdAt });
  });

  it("is not created twice by a repeat with its id, at any status and also in upper case", async () => {
    const token = platform.signIn();
    const body = { id: ABSENT_ID, title: "once" };
    const [first, second] = await Promise.all([
      call("/runs", token, { body }),
      call("/runs", token, { body }),
    ]);
    expect([first.status, second.status]).toEqual([201, 201]);
    const run = async () => (await call(`/runs/${ABSENT_ID.toUpperCase()}`, token)).body;
    await expect.poll(run).toMatchObject({ ...body, status: "succeeded" });
    const again = await call("/runs", token, { body: { ...body, id: ABSENT_ID.toUpperCase() } });
    expect(await run()).toMatchObject(again.body);
    expect((await list(token)).runs).toEqual([again.body]);
  });

  it.each<[string, object, string, string | undefined]>([
    ["keeps its status when the store fails during its work", {}, "run interrupted", undefined],
    ["is refused when its item is malformed", { status: "done" }, "request refused", "STORE_UNAVAILABLE"],
  ])("%s", async (_, change, logged, reason) => {
    const run = {
      id: ABSENT_ID,
      title: "one",
      status: "queued",
      createdAt: "2026-01-01T00:00:00Z",
      ...change,
    };
    const Items = [Object.fromEntries(Object.entries(run).map(([name, S]) => [name, { S }]))];
    const store = await startBrokenStore(({ headers }, response) => {
      const isQuery = headers["x-amz-target"]?.toString().endsWith("Query");
      response.writeHead(isQuery ? 200 : 500, { "x-amzn-requestid": "1" }).end(JSON.stringify({ Items }));
    });
    const { url, stop } = await serveOn(store.endpoint);
    log.length = 0;
    const answer = await call(`/runs/${ABSENT_ID}`, platform.signIn(), { url });
    expect(answer).toMatchObject(reason === undefined ? { status: 200, body: run } : { status: 503, reason });
    await stop(); // resolves after the work has ended
    expect(log.join("")).toContain(`"msg":"${logged}`);
    store.close();
  });
});

describe("cancelling a run", () => {
  const cancel = (id: string, token: string, url?: string) =>
    call(`/runs/${id}/cancel`, token, { method: "POST", ...(url !== undefined && { url }) });
  const start = async (token: string, url: string) =>
    runSchema.parse((await call("/runs", token, { body: { title: "long" }, url })).body);

  it("ends it for good, also where the caller repeats it, and no result appears", async () => {
    const lines: string[] = [];
    const { url, stop } = await serveOn(storeEndpoint(), lines, { WORK_MS: "1000" });
    const token = platform.signIn();
    const run = await start(token, url);
    const first = await cancel(run.id, token, url);
    const startedBy = expect.stringMatching(/@acme\.example$/);
    expect(first).toMatchObject({ status: 200, body: { ...run, status: "cancelled", startedBy } });
    platform.asked.length = 0;
    await expect.poll(() => platform.asked).toContain("store"); // the write of the work
    expect((await cancel(run.id, token, url)).body).toEqual(first.body);
    expect((await call(`/runs/${run.id}`, token, { url })).body).toEqual(first.body);
    const again = await call("/runs", token, { body: { id: run.id, title: "long" }, url });
    expect(again.body).toMatchObject({ ...run, status: "cancelled" });
    await stop();
    const messages = lines.filter((line) => line.includes(run.id)).map((line) => JSON.parse(line).msg);
    expect(messages).toEqual(["run cancelled"]);
  });

  it("has one winner against completing it at the same moment, whom every answer names", async () => {
    const token = platform.signIn();
    for (let race = 0; race < 20; race++) {
      // One after another: many at once outlast the deadline of the store on a busy machine.
      const { id } = runSchema.parse((await call("/runs", token, { body: { title: "race" } })).body);
      const both = await Promise.all([cancel(id, token), cancel(id, token)]);
      const { status, result } = runSchema.parse((await call(`/runs/${id}`, token)).body);
      expect(both.map(({ body }) => body.status)).toEqual([status, status]);
      expect(result).toBe(status === "succeeded" ? counted(1) : undefined);
    }
  });

  it("leaves a finished run unchanged", async () => {
    const token = platform.signIn();
    const { id } = await create(token, "done");
    const finished = { title: "done", status: "succeeded", result: counted(1) };
    expect(await cancel(id, token)).toMatchObject({ status: 200, body: finished });
    expect((await call(`/runs/${id}`, token)).body).toMatchObject(finished);
  });

  it("is for its owner alone, and needs a run", async () => {
    const { url, stop } = await serveOn(storeEndpoint(), [], { WORK_MS: "60000" });
    const [jane, joe] = [platform.signIn(), platform.signIn()];
    const { id } = await start(jane, url);
    for (const wrong of [await cancel(id, joe, url), await cancel("1", jane, url)]) {
      expect([wrong.status, wrong.reason]).toEqual([404, "NOT_FOUND"]);
    }
    expect((await call(`/runs/${id}`, jane, { url })).body.status).toBe("running");
    await stop();
  });
});

it("a backend that stops does not wait for its work, which resumes elsewhere", async () => {
  const lines: string[] = [];
  const { url, stop } = await serveOn(storeEndpoint(), lines, { WORK_MS: "60000" });
  const token = platform.signIn();
  const { id } = runSchema.parse((await call("/runs", token, { body: { title: "long" }, url })).body);
  const status = async (at?: string) =>
    (await call(`/runs/${id}`, token, at === undefined ? {} : { url: at })).body.status;
  await expect.poll(() => status(url)).toBe("running");
  await stop();
  expect(lines.join("")).toContain('"msg":"run interrupted');
  await expect.poll(() => status()).toBe("succeeded");
});

describe("a list", () => {
  it("returns the newest first, page by page", async () => {
    const token = platform.signIn();
    const names = ["1", "2", "3", "4", "5"];
    for (const name of names) {
      await create(token, name);
      await sleep(2); // within one millisecond there is no order
    }
    const seen: string[] = [];
    let cursor: string | null = "";
    for (const size of [2, 2, 1]) {
      const page = await list(token, `?limit=2${cursor && `&cursor=${cursor}`}`);
      expect(page.runs).toHaveLength(size);
      seen.push(...titles(page));
      cursor = page.nextCursor;
    }
    expect(cursor).toBeNull();
    expect(seen).toEqual(names.toReversed());
    expect(await list(token, "?limit=5")).toMatchObject({ nextCursor: null });
    const { nextCursor } = await list(token, "?limit=4");
    expect(titles(await list(token, `?cursor=${nextCursor?.toUpperCase()}`))).toEqual(["1"]);
  });

  it("has 20 runs by default", async () => {
    const token = platform.signIn();
    // One after the other: 21 at once can take a busy machine longer than the second that a request to the store has.
    for (let index = 0; index < 21; index += 1) await create(token, `run ${index}`);
    const { runs, nextCursor } = await list(token);
    expect(runs).toHaveLength(20);
    expect((await list(token, `?cursor=${nextCursor}`)).runs).toHaveLength(1);
    expect((await list(token, "?limit=100")).runs).toHaveLength(21);
  });
});

describe("the user who started a run", () => {
  afterEach(() => platform.reset());

  const LOOKUP = "org.members.lookup";
  const lookups = () => platform.asked.filter((procedure) => procedure === LOOKUP);
  /** A user with two runs, whose token the SDK knows by now. */
  async function withRuns() {
    const token = platform.signIn();
    for (const title of ["one", "two"]) await create(token, title);
    platform.asked.length = 0;
    return token;
  }

  it("is shown by their address, with one lookup for a page, and is not logged", async () => {
    const token = await withRuns();
    const { runs } = (await call("/runs", token)).body;
    const startedBy = expect.stringMatching(/^jane-\d+@acme\.example$/);
    expect(runs).toMatchObject([
      { title: "two", startedBy },
      { title: "one", startedBy },
    ]);
    expect(lookups()).toHaveLength(1);
    expect(log.join("")).not.toContain("@acme.example");
  });

  it.each<[string, (token: string) => void]>([
    ["refuses", (token) => platform.refuse("NOT_A_MEMBER", { procedure: LOOKUP, token })],
    ["fails once", (token) => platform.refuse("STORE_UNAVAILABLE", { procedure: LOOKUP, token, times: 1 })],
    ["finds nobody", (token) => platform.change(LOOKUP, () => [], { token })],
    ["is down", () => platform.goDown()],
    ["is slow", () => platform.slowDown(7_000)],
  ])("is left out where platform-api %s", async (_, trouble) => {
    const token = await withRuns();
    trouble(token);
    const { status, body } = await call("/runs", token);
    expect(status).toBe(200);
    const any = expect.any(String);
    const run = { id: any, createdAt: any, status: "succeeded", result: counted(1) };
    expect(body.runs).toEqual([
      { ...run, title: "two" },
      { ...run, title: "one" },
    ]);
    expect(lookups()).toHaveLength(1);
  });
});

describe("the owner of a run", () => {
  it("is the only user who can read it, even by its id or as a cursor", async () => {
    const [jane, joe] = [platform.signIn(), platform.signIn()];
    const { id } = await create(jane, "jane's");
    await create(joe, "joe's");
    expect(titles(await list(joe))).toEqual(["joe's"]);
    const theirs = await call(`/runs/${id}`, joe);
    const none = await call(`/runs/${ABSENT_ID}`, joe);
    expect([theirs.status, theirs.body]).toEqual([none.status, none.body]);
    expect(theirs.reason).toBe("NOT_FOUND");
    const taken = await call("/runs", joe, { body: { id, title: "joe's too" } });
    expect(taken.body).toMatchObject({ id, title: "joe's too" });
    expect((await call(`/runs/${id}`, jane)).body).toMatchObject({ id, title: "jane's" });
    const theirOwn = await list(joe, "?cursor=ffffffff-ffff-7fff-bfff-ffffffffffff");
    expect(titles(theirOwn)).toEqual(["joe's", "joe's too"]);
  });

  it("has separate runs in each organization", async () => {
    const token = platform.signIn({ organizationId: "acme" });
    const other = { "x-organization-id": "umbrella" };
    const { id } = await create(token, "at Acme");
    await create(token, "at Umbrella", other);
    expect(titles(await list(token))).toEqual(["at Acme"]);
    expect(titles(await list(token, "", { "x-organization-id": "acme" }))).toEqual(["at Acme"]);
    expect(titles(await list(token, "", other))).toEqual(["at Umbrella"]);
    expect((await call(`/runs/${id}`, token, { headers: other })).status).toBe(404);
  });

  it("sees the same runs with every token", async () => {
    const userId = crypto.randomUUID();
    await create(platform.signIn({ userId }), "before");
    expect(titles(await list(platform.signIn({ userId })))).toEqual(["before"]);
  });
});
