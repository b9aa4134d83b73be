import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { oracle, startEmbeddedStore, TABLE_OPTIONS } from "../testing/embedded-store.ts";
import { UNBOUNDED } from "../testing/examples.ts";
import { listen } from "../testing/fault-proxy.ts";
import { createTable } from "./create-table.ts";
import { INDEXES } from "./keys.ts";
import { createDynamoTable } from "./table.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

/** A table that is closed after the test. */
function tableAt(endpoint: string, name = "platform") {
  const table = createDynamoTable({ ...TABLE_OPTIONS, table: name, endpoint });
  onTestFinished(() => table.close());
  return table;
}

describe("creating the table", () => {
  it("creates the table in exactly one of several processes, and waits until it is active", async () => {
    const table = tableAt(store.endpoint);
    const created = await Promise.all(Array.from({ length: 5 }, () => createTable(table, UNBOUNDED)));
    expect(created.filter((each) => each.created)).toHaveLength(1);
    const { unsupported, ...again } = await createTable(table, UNBOUNDED);
    expect(again).toEqual({ created: false, switchedOn: [] });
    const lacking = ["deletion protection", "point-in-time recovery"];
    if (oracle === null) expect(unsupported).toEqual(lacking);
  });

  it("refuses an existing table of another application", async () => {
    const table = tableAt(store.endpoint, "others");
    await (await table.client()).send(
      new CreateTableCommand({
        TableName: "others",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      }),
    );
    await expect(createTable(table, UNBOUNDED)).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
      cause: { message: "the table exists without the index byOrganization, byAttribute, byActor, byAction" },
    });
  });

  it("stops when the caller aborts", async () => {
    const table = tableAt(store.endpoint, "aborted");
    await expect(createTable(table, AbortSignal.abort())).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
    });
  });
});

/** A store with the operations that the embedded one lacks. Each first change fails, usually because it is busy. */
async function startProtectingStore(
  state: { exists: boolean; deletion: boolean; recovery: boolean; ttl: string | null },
  firstUpdate = "ResourceInUseException",
) {
  const sent: [string, unknown][] = [];
  const error = (name: string) => ({ __type: `com.amazonaws.dynamodb.v20120810#${name}` });
  const change = (operation: string, apply: () => void, busy: string) => {
    if (sent.filter(([each]) => each === operation).length === 1) return error(busy);
    apply();
    return {};
  };
  const operations: Record<string, () => object> = {
    CreateTable() {
      if (state.exists) return error("ResourceInUseException");
      Object.assign(state, { exists: true, deletion: true });
      return {};
    },
    DescribeTable: () => ({
      Table: {
        TableStatus: "ACTIVE",
        DeletionProtectionEnabled: state.deletion,
        GlobalSecondaryIndexes: Object.keys(INDEXES).map((IndexName) => ({
          IndexName,
          IndexStatus: "ACTIVE",
        })),
      },
    }),
    UpdateTable: () => change("UpdateTable", () => Object.assign(state, { deletion: true }), firstUpdate),
    DescribeContinuousBackups: () => ({
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: "ENABLED",
        PointInTimeRecoveryDescription: {
          PointInTimeRecoveryStatus: state.recovery ? "ENABLED" : "DISABLED",
        },
      },
    }),
    UpdateContinuousBackups: () =>
      change(
        "UpdateContinuousBackups",
        () => Object.assign(state, { recovery: true }),
        "ContinuousBackupsUnavailableException",
      ),
    DescribeTimeToLive: () => ({
      TimeToLiveDescription:
        state.ttl === null
          ? { TimeToLiveStatus: "DISABLED" }
          : { TimeToLiveStatus: "ENABLING", AttributeName: state.ttl },
    }),
    UpdateTimeToLive() {
      if (state.ttl === null)
        return change(
          "UpdateTimeToLive",
          () => Object.assign(state, { ttl: "deleteAfter" }),
          "ResourceInUseException",
        );
      return error("ValidationException");
    },
  };
  const server = createServer(async (request, response) => {
    const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
    const input = await json(request);
    const isOfItems = operation === "PutItem";
    if (!operation.startsWith("Describe") && !isOfItems) sent.push([operation, input]);
    const reply = operations[operation]?.() ?? (isOfItems ? { ConsumedCapacity: {} } : {});
    response.writeHead("__type" in reply ? 400 : 200, { "content-type": "application/x-amz-json-1.0" });
    response.end(JSON.stringify(reply));
  });
  const endpoint = `http://127.0.0.1:${await listen(server)}`;
  onTestFinished(() => void server.close());
  return { endpoint, sent };
}

describe("protecting the table, and letting notices expire", () => {
  const DELETION = ["UpdateTable", { TableName: "platform", DeletionProtectionEnabled: true }];
  const RECOVERY = [
    "UpdateContinuousBackups",
    { TableName: "platform", PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
  ];
  const EXPIRY = [
    "UpdateTimeToLive",
    { TableName: "platform", TimeToLiveSpecification: { AttributeName: "deleteAfter", Enabled: true } },
  ];
  const CREATION = ["CreateTable", expect.objectContaining({ DeletionProtectionEnabled: true })];
  it.each([
    {
      of: "a new table",
      state: { exists: false, deletion: false, recovery: false, ttl: null },
      changes: [CREATION, RECOVERY, RECOVERY, EXPIRY, EXPIRY],
      creation: { created: true, switchedOn: ["point-in-time recovery", "time to live"] },
    },
    {
      of: "a table that has nothing of it",
      state: { exists: true, deletion: false, recovery: false, ttl: null },
      changes: [CREATION, DELETION, DELETION, RECOVERY, RECOVERY, EXPIRY, EXPIRY],
      creation: {
        created: false,
        switchedOn: ["deletion protection", "point-in-time recovery", "time to live"],
      },
    },
    {
      of: "a table that has all of it",
      state: { exists: true, deletion: true, recovery: true, ttl: "deleteAfter" },
      changes: [CREATION],
      creation: { created: false, switchedOn: [] },
    },
  ])(
    "switches on what is missing, again while the store is busy: $of",
    async ({ state, changes, creation }) => {
      const protecting = await startProtectingStore(state);
      const table = tableAt(protecting.endpoint);
      expect(await createTable(table, UNBOUNDED)).toEqual({ ...creation, unsupported: [] });
      expect(protecting.sent).toEqual(changes);
      expect(state).toEqual({ exists: true, deletion: true, recovery: true, ttl: "deleteAfter" });
    },
  );

  it("fails when a store with deletion protection refuses to switch it on", async () => {
    const state = { exists: true, deletion: false, recovery: true, ttl: null };
    const refusing = await startProtectingStore(state, "ValidationException");
    const table = tableAt(refusing.endpoint);
    await expect(createTable(table, UNBOUNDED)).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
      cause: { name: "ValidationException" },
    });
  });

  it("finds time to live on already when another process has switched it on meanwhile", async () => {
    let isFirst = true;
    const protecting = await startProtectingStore({
      exists: true,
      deletion: true,
      recovery: true,
      get ttl() {
        const ttl = isFirst ? null : "deleteAfter";
        isFirst = false;
        return ttl;
      },
    });
    const creation = await createTable(tableAt(protecting.endpoint), UNBOUNDED);
    expect(creation).toEqual({ created: false, switchedOn: [], unsupported: [] });
    expect(protecting.sent.at(-1)).toEqual(EXPIRY);
  });

  it("fails when items expire by another attribute", async () => {
    const state = { exists: true, deletion: true, recovery: true, ttl: "other" };
    const table = tableAt((await startProtectingStore(state)).endpoint);
    await expect(createTable(table, UNBOUNDED)).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
      cause: { name: "ValidationException" },
    });
  });
});
