import { afterEach, describe, expect, it, vi } from "vitest";
import { ownerOf, type Run } from "./run.ts";
import { STEPS } from "./steps/steps.ts";
import {
  ABSENT_ID,
  DOCUMENT,
  reached,
  runBackend,
  type Shown,
  shownSchema,
  titles,
} from "./testing/backend.ts";
import { startBrokenStore } from "./testing/store.ts";

const { platform, log, call, create, list, leave, stored, serveOn, storeEndpoint, eventsOf } = runBackend();
const idOf = (n: number) => `01a210ab-d4a9-7682-b954-${String(n).padStart(12, "0")}`;
const statusIs = (status: Shown["status"]) => (run: Shown) => run.status === status;
const post = async (path: string, token: string, url?: string) => {
  const answer = await call(path, token, { method: "POST", ...(url !== undefined && { url }) });
  return answer.status === 200 ? shownSchema.parse(answer.body) : answer.reason;
};

describe("a run", () => {
  it("goes through its steps, waits for approval, and succeeds with a text that a person can use", async () => {
    const token = platform.signIn();
    const body = { title: "  The\u00a0move ", document: DOCUMENT };
    const answer = await call("/runs", token, { body });
    const run = shownSchema.parse(answer.body);
    expect([answer.status, answer.headers.get("location")]).toEqual([201, `/runs/${run.id}`]);
    expect(run).toMatchObject({ title: "The\u00a0move", status: "queued" });
    const events = eventsOf(run.id, token);
    const waiting = await reached(events, statusIs("waiting"));
    expect(waiting.steps.map(({ status }) => status)).toEqual(["done", "done", "done", "waiting"]);
    expect(await post(`/runs/${run.id}/approve`, token)).toMatchObject({ status: "running" });
    const { steps, ...succeeded } = await reached(events, statusIs("succeeded"));
    expect(await events.next()).toMatchObject({ done: true });
    const summary = "We move on 1 March 2027. It costs 40 euros.";
    const found = "No headings.\n1 date: 1 March 2027.\n1 number: 40 euros.";
    const read = "10 words on 1 line, less than a minute to read.";
    expect(steps.map(({ output }) => output)).toEqual([
      read,
      found,
      summary,
      `The\u00a0move\n\n${summary}\n\n${found}\n\n${read}`,
    ]);
    const startedBy = expect.stringMatching(/^jane-\d+@acme\.example$/);
    expect(succeeded).toMatchObject({
      startedBy,
      durationMs: expect.any(Number),
      finishedAt: expect.any(String),
    });
    const { runs, canFail } = await list(token);
    expect([canFail, runs.map((each) => each.steps.map(({ output }) => output))]).toEqual([
      false,
      [Array(4).fill(undefined)],
    ]);
    expect(await post(`/runs/${run.id}/approve`, token)).toMatchObject({ status: "succeeded" }); // a repeat
    expect(log.join("")).not.toMatch(/March|euros/);
  });

  it("fails once if that is wanted, and a retry goes on with the failed step", async () => {
    const { url, stop } = await serveOn(storeEndpoint(), [], { FAILING_STEPS: "1" });
    const token = platform.signIn();
    const body = { title: "t", document: DOCUMENT, failing: true };
    const { id } = shownSchema.parse((await call("/runs", token, { url, body })).body);
    const events = eventsOf(id, token, url);
    const { steps } = await reached(events, statusIs("failed"));
    const error = "This step failed, because you asked for it. Retry the run: it goes on with this step.";
    expect(steps[0]).toMatchObject({ status: "done" });
    expect(steps.filter((step) => step.status === "failed")).toMatchObject([{ error }]);
    expect(await post(`/runs/${id}/retry`, token, url)).toMatchObject({ status: "queued" });
    const waiting = await reached(events, statusIs("waiting"));
    expect(waiting.steps[0]).toEqual(steps[0]);
    await post(`/runs/${id}/approve`, token, url);
    expect(await reached(events, statusIs("succeeded"))).toMatchObject({ id });
    await stop();
  });

  it("has failed when a step throws, says so without the cause, and a retry keeps its approval", async () => {
    const broken = vi
      .spyOn(STEPS, "find")
      .mockImplementation(async () => Promise.reject(new Error("s3cret")));
    const token = platform.signIn();
    const { id } = shownSchema.parse(
      (await call("/runs", token, { body: { title: "t", document: DOCUMENT } })).body,
    );
    const events = eventsOf(id, token);
    const { steps } = await reached(events, statusIs("failed"));
    expect(steps.map(({ status, error }) => [status, error])).toEqual([
      ["done", undefined],
      ["failed", "This step failed. Retry the run: it goes on with this step."],
      ["pending", undefined],
      ["pending", undefined],
    ]);
    broken.mockRestore();
    await post(`/runs/${id}/retry`, token);
    await reached(events, statusIs("waiting"));
    const unpublished = vi.spyOn(STEPS, "publish").mockRejectedValue(new Error("s3cret"));
    await post(`/runs/${id}/approve`, token);
    await reached(events, statusIs("failed"));
    unpublished.mockRestore();
    await post(`/runs/${id}/retry`, token);
    await reached(events, statusIs("succeeded"));
    expect(log.join("")).toMatch(/"runId":"[\w-]+","step":"find","cause":"Error","msg":"step failed"/);
    expect(log.join("")).not.toContain("s3cret");
  });

  it("is stored once, and one of several concurrent changes of a revision wins", async () => {
    const userId = crypto.randomUUID();
    const run = await leave(userId);
    expect(await stored().commit(null, run)).toBeNull();
    const titled = Array.from({ length: 5 }, (_, n) => stored().commit(run, { ...run, title: `${n}` }));
    const won = (await Promise.all(titled)).filter((each) => each !== null);
    expect(won).toMatchObject([{ rev: 2 }]);
    expect(await stored().find(ownerOf(run.subject), run.id)).toEqual(won[0]);
    await stored().commit(won[0] ?? null, { ...run, status: "cancelled" });
  });

  it("is the stored one in every answer to concurrent requests with one id and several titles", async () => {
    const token = platform.signIn();
    const answers = await Promise.all(
      ["a", "b", "c", "d"].map((title) =>
        call("/runs", token, { body: { id: ABSENT_ID, title, document: "d" } }),
      ),
    );
    const { title, createdAt } = shownSchema.parse(
      (await call(`/runs/${ABSENT_ID.toUpperCase()}`, token)).body,
    );
    for (const { status, body } of answers.filter((each) => each.status === 201))
      expect([status, body]).toMatchObject([201, { title, createdAt }]);
    const again = await call("/runs", token, {
      body: { id: ABSENT_ID.toUpperCase(), title: "e", document: "d" },
    });
    expect([again.status, again.body]).toMatchObject([201, { title, createdAt }]);
    expect((await list(token)).runs).toMatchObject([{ id: ABSENT_ID, title }]);
  });

  it("is refused when its item is malformed", async () => {
    const Items = [{ id: { S: ABSENT_ID }, status: { S: "done" } }];
    const store = await startBrokenStore((_, response) => {
      response.writeHead(200, { "x-amzn-requestid": "1" }).end(JSON.stringify({ Items }));
    });
    const { url, stop } = await serveOn(store.endpoint, []);
    const answer = await call(`/runs/${ABSENT_ID}`, platform.signIn(), { url });
    expect(answer).toMatchObject({ status: 503, reason: "STORE_UNAVAILABLE" });
    await stop();
    store.close();
  });
});

describe("cancelling a run", () => {
  it("ends it for good, also where the caller repeats it, and no step is stored any more", async () => {
    const lines: string[] = [];
    const { url, stop } = await serveOn(storeEndpoint(), lines, { STEP_MS: "60000" });
    const token = platform.signIn();
    const { id } = await create(token, "long", { url });
    const events = eventsOf(id, token, url);
    await reached(events, statusIs("running"));
    const first = await post(`/runs/${id}/cancel`, token, url);
    expect(first).toMatchObject({ status: "cancelled", steps: Array(4).fill({ status: "pending" }) });
    expect(await reached(events, statusIs("cancelled"))).toMatchObject({ id });
    expect(await post(`/runs/${id}/cancel`, token, url)).toEqual(first);
    expect(await post(`/runs/${id}/retry`, token, url)).toBe("CONFLICT");
    await stop();
    expect((await call(`/runs/${id}`, token)).body).toEqual(first);
    expect(lines.filter((line) => line.includes(id)).map((line) => JSON.parse(line).msg)).toEqual([
      "run cancelled",
    ]);
  });

  it("has one winner against approving it at the same moment, whom every answer names", async () => {
    const token = platform.signIn();
    for (let race = 0; race < 5; race++) {
      const { id } = await create(token, "race");
      const [approved, cancelled] = await Promise.all([
        post(`/runs/${id}/approve`, token),
        post(`/runs/${id}/cancel`, token),
      ]);
      const { status } = await reached(eventsOf(id, token), ({ finishedAt }) => finishedAt !== undefined);
      if (status === "succeeded") expect(approved).not.toBe("CONFLICT");
      else expect([status, cancelled]).toMatchObject(["cancelled", { status: "cancelled" }]);
    }
  });

  it("is for its owner alone, as is every other request, and needs a run", async () => {
    const [jane, joe] = [platform.signIn(), platform.signIn()];
    const { id } = await create(jane, "jane's");
    for (const act of ["cancel", "approve", "retry"]) {
      expect(await post(`/runs/${id}/${act}`, joe)).toBe("NOT_FOUND");
      expect(await post(`/runs/1/${act}`, jane)).toBe("NOT_FOUND");
    }
    await expect(eventsOf(id, joe).next()).rejects.toThrow("404");
    expect((await call(`/runs/${id}`, jane)).body).toMatchObject({ status: "waiting" });
  });
});

describe("a list", () => {
  const succeeded = (n: number): Partial<Run> => ({ id: idOf(n), title: `run ${n}`, status: "succeeded" });
  async function withRuns(count: number, change = (_: number): Partial<Run> => ({})) {
    const userId = crypto.randomUUID();
    for (let n = 1; n <= count; n += 1) await leave(userId, { ...succeeded(n), ...change(n) });
    return platform.signIn({ userId });
  }

  it("returns the newest first, 20 by default, page by page", async () => {
    const token = await withRuns(21);
    const first = await list(token);
    expect(titles(first)).toEqual(Array.from({ length: 20 }, (_, n) => `run ${21 - n}`));
    expect(titles(await list(token, `?cursor=${first.nextCursor?.toUpperCase()}`))).toEqual(["run 1"]);
    expect(await list(token, "?limit=21")).toMatchObject({ nextCursor: null });
  });

  it("has, for one status, the runs of that status alone, across its pages", async () => {
    const token = await withRuns(9, (n) => (n % 4 === 1 ? { status: "failed" } : {}));
    const first = await list(token, "?status=failed&limit=2");
    expect(titles(first)).toEqual(["run 9", "run 5"]);
    const second = await list(token, `?status=failed&limit=2&cursor=${first.nextCursor}`);
    expect([titles(second), second.nextCursor]).toEqual([["run 1"], null]);
    expect((await list(token, "?status=stopped")).runs).toEqual([]);
  });
});

describe("the user who started a run", () => {
  afterEach(() => platform.reset());

  const LOOKUP = "org.members.lookup";
  const lookups = () => platform.asked.filter((procedure) => procedure === LOOKUP);
  /** A user with two runs, whose token the SDK knows by now. */
  async function withRuns() {
    const userId = crypto.randomUUID();
    for (const [n, title] of ["one", "two"].entries())
      await leave(userId, { id: idOf(n), title, status: "succeeded" });
    const token = platform.signIn({ userId });
    await list(token);
    platform.asked.length = 0;
    return token;
  }

  it("is shown by their address, with one lookup for a page, and is not logged", async () => {
    const token = await withRuns();
    const startedBy = expect.stringMatching(/^jane-\d+@acme\.example$/);
    expect((await list(token)).runs).toMatchObject([
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
    const { runs } = await list(token);
    expect(runs.map(({ title, startedBy }) => [title, startedBy])).toEqual([
      ["two", undefined],
      ["one", undefined],
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
    const taken = await call("/runs", joe, { body: { id, title: "joe's too", document: "d" } });
    expect(taken.body).toMatchObject({ id, title: "joe's too" });
    expect((await call(`/runs/${id}`, jane)).body).toMatchObject({ id, title: "jane's" });
    const theirOwn = await list(joe, "?cursor=ffffffff-ffff-7fff-bfff-ffffffffffff");
    expect(titles(theirOwn)).toEqual(["joe's", "joe's too"]);
  });

  it("has separate runs in each organization, and the same ones with every token", async () => {
    const userId = crypto.randomUUID();
    const token = platform.signIn({ organizationId: "acme", userId });
    const other = { "x-organization-id": "umbrella" };
    const { id } = await create(token, "at Acme");
    await create(token, "at Umbrella", { headers: other });
    expect(titles(await list(platform.signIn({ userId })))).toEqual(["at Acme"]);
    expect(titles(await list(token, "", { "x-organization-id": "acme" }))).toEqual(["at Acme"]);
    expect(titles(await list(token, "", other))).toEqual(["at Umbrella"]);
    expect((await call(`/runs/${id}`, token, { headers: other })).status).toBe(404);
  });
});
