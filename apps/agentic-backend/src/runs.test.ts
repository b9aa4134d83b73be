import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { dynamoRuns } from "./dynamo-runs.ts";
import { parseOwner, type Run } from "./run.ts";
import { connect } from "./runs-table.ts";
import { ABSENT_ID, configFor, runBackend, titles } from "./testing/backend.ts";

const { platform, log, call, create, list, storeEndpoint } = runBackend();

describe("a run", () => {
  it("is queued, runs, succeeds, and stays as it was asked for", async () => {
    const token = platform.signIn();
    const { status, headers, body } = await call("/runs", token, { body: { title: "  Sum up\u00a0May " } });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(String),
      title: "Sum up\u00a0May",
      status: "queued",
      createdAt: expect.any(String),
    });
    const location = headers.get("location") ?? "";
    expect(location).toBe(`/runs/${body.id}`);
    await expect
      .poll(async () => (await call(location, token)).body)
      .toEqual({ ...body, status: "succeeded" });
    const id = location.slice("/runs/".length);
    const mine = () => log.filter((line) => line.includes(id)).map((line) => JSON.parse(line));
    await expect.poll(mine).toMatchObject([{ msg: "run succeeded", words: 3 }]);
  });

  it.each(["queued", "running"] as const)(
    "left %s by a process that ended goes on when looked at",
    async (status) => {
      const userId = crypto.randomUUID();
      const token = platform.signIn({ userId });
      const left = { id: ABSENT_ID, title: "left", status, createdAt: new Date().toISOString() };
      const client = connect(configFor(storeEndpoint()));
      await dynamoRuns(client, "runs").put(parseOwner("acme", userId), left, null);
      client.destroy();
      await expect.poll(async () => (await list(token)).runs).toEqual([{ ...left, status: "succeeded" }]);
    },
  );

  it("is written over by nobody who believes it is as it was", async () => {
    const owner = parseOwner("acme", crypto.randomUUID());
    const client = connect(configFor(storeEndpoint()));
    const runs = dynamoRuns(client, "runs");
    const run: Run = { id: ABSENT_ID, title: "one", status: "queued", createdAt: new Date().toISOString() };
    const crowd = Array.from({ length: 10 }, () => runs.put(owner, run, null));
    expect((await Promise.all(crowd)).filter((won) => won)).toHaveLength(1);
    const workers = Array.from({ length: 10 }, () =>
      runs.put(owner, { ...run, status: "running" }, "queued"),
    );
    expect((await Promise.all(workers)).filter((won) => won)).toHaveLength(1);
    expect(await runs.put(owner, run, null)).toBe(false);
    expect(await runs.find(owner, run.id)).toMatchObject({ status: "running" });
    client.destroy();
  });
});

describe("a list", () => {
  it("goes from the newest to the oldest, page after page", async () => {
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
  });

  it("is of 20 unless asked", async () => {
    const token = platform.signIn();
    await Promise.all(Array.from({ length: 21 }, (_, index) => create(token, `run ${index}`)));
    const { runs, nextCursor } = await list(token);
    expect(runs).toHaveLength(20);
    expect((await list(token, `?cursor=${nextCursor}`)).runs).toHaveLength(1);
    expect((await list(token, "?limit=100")).runs).toHaveLength(21);
  });
});

describe("whose runs", () => {
  it("another person's are not there, not even by their id or cursor", async () => {
    const [jane, joe] = [platform.signIn(), platform.signIn()];
    const { id } = await create(jane, "jane's");
    await create(joe, "joe's");
    expect(titles(await list(joe))).toEqual(["joe's"]);
    const theirs = await call(`/runs/${id}`, joe);
    const none = await call(`/runs/${ABSENT_ID}`, joe);
    expect([theirs.status, theirs.body]).toEqual([none.status, none.body]);
    expect(theirs.reason).toBe("NOT_FOUND");
    expect((await call(`/runs/${id}`, jane)).status).toBe(200);
    expect(titles(await list(joe, "?cursor=ffffffff-ffff-7fff-bfff-ffffffffffff"))).toEqual(["joe's"]);
  });

  it("another organization's are apart", async () => {
    const token = platform.signIn({ organizationId: "acme" });
    const other = { "x-organization-id": "umbrella" };
    const { id } = await create(token, "at Acme");
    await create(token, "at Umbrella", other);
    expect(titles(await list(token))).toEqual(["at Acme"]);
    expect(titles(await list(token, "", { "x-organization-id": "acme" }))).toEqual(["at Acme"]);
    expect(titles(await list(token, "", other))).toEqual(["at Umbrella"]);
    expect((await call(`/runs/${id}`, token, { headers: other })).status).toBe(404);
  });

  it("two tokens of one person show the same", async () => {
    const userId = crypto.randomUUID();
    await create(platform.signIn({ userId }), "before");
    expect(titles(await list(platform.signIn({ userId })))).toEqual(["before"]);
  });
});
