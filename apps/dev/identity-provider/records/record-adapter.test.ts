import { chmodSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Adapter } from "oidc-provider";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { dataFolder } from "../running-tenant.fixture.ts";
import { recordAdapter } from "./record-adapter.ts";
import { RecordStore } from "./record-store.ts";

let folder: string;
let records: RecordStore;
let tokens: Adapter;

beforeEach(async () => {
  folder = await dataFolder();
  records = new RecordStore(folder);
  tokens = recordAdapter(records, "RefreshToken");
});
afterEach(() => records.close());

test("finds the latest record of its own kind by id and by uid", async () => {
  await tokens.upsert("t1", { uid: "u1", scope: "old" }, 60);
  await tokens.upsert("t1", { uid: "u2", scope: "new" }, 60);
  expect(await tokens.find("t1")).toEqual({ uid: "u2", scope: "new" });
  expect(await tokens.findByUid("u2")).toEqual({ uid: "u2", scope: "new" });
  expect(await tokens.findByUid("u1")).toBeUndefined();
  expect(await recordAdapter(records, "Session").find("t1")).toBeUndefined();
});

test("forgets expired records and keeps those that never expire", async () => {
  await tokens.upsert("gone", {}, -1);
  await tokens.upsert("alive", {}, 60);
  await tokens.upsert("eternal", {});
  expect(await tokens.find("gone")).toBeUndefined();
  expect(await tokens.find("alive")).toEqual({});
  expect(await tokens.find("eternal")).toEqual({});
});

test("marks a record as consumed without extending its life", async () => {
  const exp = Math.floor(Date.now() / 1000) + 60;
  const codes = recordAdapter(records, "AuthorizationCode");
  await codes.upsert("c1", { exp }, 60);
  await codes.consume("c1");
  expect(await codes.find("c1")).toEqual({ exp, consumed: expect.any(Number) });
  await codes.upsert("late", { exp: exp - 61 }, 60);
  await codes.consume("late");
  expect(await codes.find("late")).toBeUndefined();
  await codes.consume("unknown");
  expect(await codes.find("unknown")).toBeUndefined();
});

test.for([0, 999])(
  "takes a refresh token as consumed ten seconds after its first use at millisecond %i",
  async (millisecond) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Math.ceil(Date.now() / 1000) * 1000 + millisecond });
    onTestFinished(() => void vi.useRealTimers());
    const exp = Math.floor(Date.now() / 1000) + 60;
    await tokens.upsert("t1", { exp }, 60);
    await tokens.consume("t1");
    vi.advanceTimersByTime(9_990);
    expect(await tokens.find("t1")).toEqual({ exp });
    await tokens.consume("t1"); // a second use does not extend it
    vi.advanceTimersByTime(20);
    expect(await tokens.find("t1")).toEqual({ exp, consumed: expect.any(Number) });
  },
);

test("removes one record, or all records of a grant", async () => {
  for (const [id, grantId] of [
    ["a", "g1"],
    ["b", "g1"],
    ["c", "g2"],
    ["d", "g2"],
  ] as const) {
    await tokens.upsert(id, { grantId }, 60);
  }
  await tokens.revokeByGrantId("g1");
  await tokens.destroy("c");
  const found = await Promise.all(["a", "b", "c", "d"].map((id) => tokens.find(id)));
  expect(found).toEqual([undefined, undefined, undefined, { grantId: "g2" }]);
});

test("has written a record to disk when the write returns", async () => {
  await tokens.upsert("t1", { scope: "openid" }, 60);
  const reopened = new RecordStore(folder);
  expect(await recordAdapter(reopened, "RefreshToken").find("t1")).toEqual({ scope: "openid" });
  reopened.close();
});

test.each([
  ["a new folder", "new"],
  ["a folder that others could read", "."],
])("only the owner can read the keys in %s", (_, name) => {
  const inside = join(folder, name);
  chmodSync(folder, 0o755);
  new RecordStore(inside).close();
  expect(statSync(inside).mode & 0o777).toBe(0o700);
});
